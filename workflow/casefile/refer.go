package casefile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// refer is that a person decided to refer the case to an outside body: the clock
// of the referral begins, and for the LADO that of the written one too. It ends
// with DONE referral, or once all have answered who were asked. Where casework has
// begun, or begins by it because a hand writes it down, what is owed to that
// agency is met, and no severity is too low.
func (c Case) refer(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	if strings.TrimSpace(cmd.Text) == "" {
		return h, fmt.Errorf("nobody is named to refer it to: %w", ErrUnclear)
	}
	worked := c.File.begun() || cmd.Hand != ""
	d := &doing{c, h, cmd, rules, at}
	if worked {
		d.act(at)
		d.file = c.begin(d.file, rules, at)
		if err := d.referTo(); err != nil {
			return h, err
		}
	}
	h = d.heeded
	h.story = h.story.and(at, policy.Raised, string(sla.Refer))
	if slices.Contains(split(fold(cmd.Text)), "lado") {
		h.story = h.story.and(at, policy.Raised, string(sla.ReferInWriting))
	}
	next := c
	next.Story = h.story
	if k, ok := next.clock(sla.Refer, rules, at); !worked && c.clocked(rules) && (!ok || !k.Running()) {
		return h, fmt.Errorf("no time is set for a referral of %s: %w", c.Severity, ErrLighter)
	}
	h.notices = c.others(Changed, cmd.By, "decided to refer it to an outside body", rules, at)
	return c.kept(h, rules), nil
}

// agency begins what names an outside body that safeguarding people refer to
// (DOMAIN.md section 6.6).
var agency = regexp.MustCompile(`^(?:to )?(?:the )?(?:` + Agencies + `)\b`)

// Agencies is a pattern of such names, in small letters.
const Agencies = `lado|police|999|101|ambulance|mash|i-?art|edt|emergency duty|social (?:care|services|work)|children'?s?\b|adults?'?s? (?:social|safeguarding)|prevent|channel|ceop|nca|iwf|nspcc|dbs|ofsted|dfe|camhs|nhs|gp|health|local authority|front door|action fraud|charity commission|ico`

// toAgency reports whether a text names an outside body first.
func toAgency(text string) bool { return agency.MatchString(strings.TrimSpace(fold(text))) }
