package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// agencyIn reads whom a referral goes to, also by what people call them.
func agencyIn(text string) (code, rest string, err error) {
	word, rest := firstWord(text)
	if code, known := agencyNames[strings.ToLower(squeezed(word))]; known {
		return code, rest, nil
	}
	return firstCode("agency", text, agencies)
}

// awaiting is the reference of a referral that has none yet.
const awaiting = "awaiting a reference"

// referTo records that an agency is asked, with its reference, or that one is
// awaited: what is owed to that agency is met, and the clock of the referral runs
// in its place. A hand that writes for a person names one of the list; a letter
// may name any outside body.
func (d *doing) referTo() error {
	code, rest, err := agencyIn(d.cmd.Text)
	if err != nil && d.cmd.Hand == "" {
		return nil
	}
	if err != nil {
		return err
	}
	d.referred(code, cmp.Or(strings.Trim(rest, " .,:;"), awaiting))
	d.file.Asked = d.file.Asked.With(code)
	return nil
}

// referred is that a referral is recorded. The funder is told of every one to
// police or social care within a day.
func (d *doing) referred(code, ref string) {
	d.file.Owed = d.file.Owed.settle(code, Fulfilled, d.cmd.By, ref, d.at)
	told := slices.ContainsFunc(d.file.Owed.List(), func(o Obligation) bool { return o.Code == "DFE_24H" })
	if !told && code != "DBS" && code != "PREVENT" {
		d.file = d.owe(d.file, owing{"DFE_24H", addedLimits["DFE_24H"]}, "referral "+code, d.rules, d.at)
	}
}

// made is that a referral was made: its clock ends, and that to the LADO in
// writing begins.
func (d *doing) made(code string) {
	d.story = d.story.and(d.at, policy.Did, string(sla.Refer))
	if code == "LADO" {
		d.story = d.story.and(d.at, policy.Raised, string(sla.ReferInWriting))
	}
}

// heard records what an agency answered. A grave case stays referred until all
// have.
func (d *doing) heard() error {
	code, rest, err := agencyIn(d.cmd.Text)
	if err != nil {
		return err
	}
	if !d.file.Asked.Has(code) {
		return fmt.Errorf("%s was not asked: %w", code, ErrNotAllowed)
	}
	if strings.Trim(rest, " .,:;") == "" {
		return fmt.Errorf("what they answered is missing: %w", ErrUnclear)
	}
	if d.file.Asked = d.file.Asked.Without(code); d.file.Asked == "" {
		d.story = d.story.and(d.at, policy.Did, string(sla.Refer)) // who answers was asked
	}
	d.stays = d.awaits()
	d.tell("recorded an agency's answer")
	return nil
}

// oweMore adds obligations that no flag brought.
func (d *doing) oweMore() error {
	codes, _, err := codesIn("obligation", d.cmd.Text, obligationCodes)
	for _, code := range codes.List() {
		d.file = d.owe(d.file, owing{code, addedLimits[code]}, d.cmd.By+" added it", d.rules, d.at)
	}
	return err
}

// notNeeded records why something is not done. With a possible indecent image
// not to go to the police takes two people (DOMAIN.md 5.3 rule 10).
func (d *doing) notNeeded() error {
	codes, why, err := codesIn("obligation", d.cmd.Text, obligationCodes)
	if err != nil {
		return err
	}
	if why == "" {
		return ErrNoReason
	}
	for _, code := range codes.List() {
		if !d.file.Owed.Owes(code) {
			return fmt.Errorf("%s is not owed: %w", code, ErrNotAllowed)
		}
		if strings.HasPrefix(code, "POLICE") && d.file.Flags.Has("IIOC") {
			whole, err := d.half("NOT-NEEDED/"+code, sla.LALead)
			if err != nil || !whole {
				return err
			}
		}
		d.file.Owed = d.file.Owed.settle(code, NotRequired, d.cmd.By, why, d.at)
	}
	return nil
}

// block records on whom an obligation waits: "LADO on the agency's office". It
// is owed all the same, and its clock goes on.
func (d *doing) block() error {
	code, rest, err := firstCode("obligation", d.cmd.Text, obligationCodes)
	if err != nil {
		return err
	}
	if !d.file.Owed.Owes(code) {
		return fmt.Errorf("%s is not owed: %w", code, ErrNotAllowed)
	}
	on := strings.Trim(rest, " .,:;")
	if after, ok := strings.CutPrefix(strings.ToLower(on), "on "); ok {
		on = on[len(on)-len(after):]
	}
	if on == "" {
		return fmt.Errorf("on whom it waits is missing: %w", ErrUnclear)
	}
	d.file.Owed = d.file.Owed.settle(code, Blocked, d.cmd.By, on, d.at)
	return nil
}

// doneWith are the obligations that are met when a stage of the policy is done.
var doneWith = map[sla.Stage]string{sla.Triage: "TRIAGE", sla.LAAcknowledge: "LA_NOTIFY", sla.UpdateReporter: "UPDATE_REPORTER", sla.Review: "REVIEW"}

// obligationIn reads the obligation that a text begins with, and the reference
// behind it. What says that it was not done is none.
func obligationIn(text string) (code, ref string, ok bool) {
	if word, rest := firstWord(text); strings.EqualFold(word, "obligation") { // as letters name its clock
		text = rest
	}
	code, rest, err := firstCode("obligation", text, obligationCodes)
	return code, strings.Trim(rest, " .,:;"), err == nil && !denied(fold(rest))
}

// fulfil is that an obligation was met.
func (d *doing) fulfil(code, ref string) error {
	switch {
	case code == "ACK" || code == "TRIAGE":
		return fmt.Errorf("say %s: %w", code, ErrUnclear)
	case code == "LEARNING":
		return fmt.Errorf("learning is said with CLOSE: %w", ErrUnclear)
	case slices.Contains(agencies, code):
		d.referred(code, cmp.Or(ref, awaiting))
		d.made(code)
	default:
		d.file.Owed = d.file.Owed.settle(code, Fulfilled, d.cmd.By, ref, d.at)
	}
	return nil
}

// met is that something was done which is no stage of the policy. No letter says
// so of a case on which casework has not begun: it would bind by rules that no
// letter told of.
func (c Case) met(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	code, ref, ok := obligationIn(cmd.Text)
	if !ok {
		_, _, err := firstCode("stage or obligation", cmd.Text, obligationCodes)
		return h, cmp.Or(err, fmt.Errorf("it says that it was not done: %w", ErrUnclear))
	}
	d := &doing{c, h, cmd, rules, at}
	d.act(at)
	d.file = c.begin(d.file, rules, at)
	if err := d.fulfil(code, ref); err != nil {
		return h, err
	}
	return c.kept(d.heeded, rules), nil
}
