package casefile

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"dutydesk/workflow/sla/policy"
)

// closing is what a CLOSE says: "WARNING. Told: yes, by phone. Learning: …
// because …".
type closing struct {
	outcome             IDs
	told, learning, why string
}

var closingLabel = regexp.MustCompile(`(?i)\b(?:(told|learning)\s*:|(because)\b[\s:,]*)`)

// closingIn reads it. The labels may come in any order; the error is ErrUnclear
// or ErrNoReason.
func closingIn(text string) (x closing, err error) {
	marks := closingLabel.FindAllStringSubmatchIndex(text, -1)
	head := text
	if len(marks) > 0 {
		head = text[:marks[0][0]]
	}
	if x.outcome, _, err = codesIn("outcome", head, outcomes); err != nil {
		return x, err
	}
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		said := strings.Trim(inLine(text[m[1]:end]), " .,;:")
		switch label := strings.ToLower(strings.Trim(text[m[0]:m[1]], " \n\t:,")); label {
		case "told":
			x.told = said
		case "learning":
			x.learning = said
		default:
			x.why = said
		}
	}
	return x, x.lacks()
}

func (x closing) lacks() error {
	switch {
	case x.told == "" || strings.EqualFold(strings.Trim(x.told, "."), "no"):
		return fmt.Errorf("say \"told:\" and what the person affected was told, or why not: %w", ErrNoReason)
	case x.learning == "":
		return fmt.Errorf("say \"learning:\" and what would have prevented it: %w", ErrNoReason)
	case x.why == "" && x.outcome.Has("NFA"):
		return ErrNoReason
	}
	return nil
}

// close proposes to close a case on which casework has begun, or is the second
// person's word. Nothing may be owed.
func (d *doing) close() error {
	if d.State == CloseProposed {
		return d.closeWhole()
	}
	x, err := closingIn(d.cmd.Text)
	if err != nil {
		return err
	}
	d.file.Owed = d.file.Owed.settle("LEARNING", Fulfilled, d.cmd.By, x.learning, d.at)
	if err := d.nothingOwed(); err != nil {
		return err
	}
	d.file.Outcome, d.file.Told, d.file.Learning = x.outcome, x.told, x.learning
	return nil
}

// closeWhole is the second word. Who may say it was asked before: see MayClose.
func (d *doing) closeWhole() error {
	if err := d.nothingOwed(); err != nil {
		return err
	}
	d.story = d.story.and(d.at, policy.Closed, "")
	return nil
}

// nothingOwed is the guard of closing: a grave case waits for the answers of those
// who were asked, too.
func (d *doing) nothingOwed() error {
	var codes []string
	for _, o := range d.file.Owed.Open() {
		codes = append(codes, o.Code)
	}
	if len(codes) > 0 {
		return fmt.Errorf("still owed: %s: %w", strings.Join(codes, ", "), ErrNotAllowed)
	}
	if d.awaits() {
		return fmt.Errorf("no answer of %s is recorded: %w", strings.Join(d.file.Asked.List(), ", "), ErrNotAllowed)
	}
	return nil
}

// closeWorked is close as heed asks for it.
func (c Case) closeWorked(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	d := &doing{c, h, cmd, rules, at}
	d.act(at)
	if err := d.close(); err != nil {
		return h, err
	}
	return c.kept(d.heeded, rules), nil
}
