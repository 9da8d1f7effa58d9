package workflow

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// OffCase is the letter to whoever took themselves off a case: the last that
// they hear of it.
const OffCase casefile.Kind = "off-case"

// because begins the reason for a word.
var because = regexp.MustCompile(`(?i)(?:^|[\s,;:.-]+)because\b[\s:,]*`)

// whom parts what follows CONFLICT or UNCONFLICT: the people, and why.
func whom(w reply.Word, note string) (people, why string) {
	if at := because.FindStringIndex(w.Text); at != nil {
		return strings.TrimSpace(w.Text[:at[0]]), strings.TrimSpace(w.Text[at[1]:] + "\n" + note)
	}
	return strings.TrimSpace(w.Text), note
}

// bar keeps people from the case who are too close to it: those whom the word
// names, or else its sender. It needs nobody's consent.
func (d *deeds) bar(w reply.Word, note string) {
	rules := d.office.rules(d.now)
	names, why := whom(w, note)
	ids, ok := []string{d.by}, true
	if names != "" && !strings.EqualFold(names, "me") {
		ids, ok = rules.Roster.Called(names)
	}
	if !ok {
		d.unmet(w, unknownPerson)
		return
	}
	d.closing = true
	d.say(Deed{Word: w.Verb, Did: didBar})
	d.add(d.out.Case.Exclude(ids, d.by, why, rules, d.now))
	d.barred = true
}

// readmit lets one person back whom two others say it does not concern.
func (d *deeds) readmit(w reply.Word, note string) {
	rules := d.office.rules(d.now)
	names, why := whom(w, note)
	ids, ok := rules.Roster.Called(names)
	switch {
	case !ok || len(ids) != 1:
		d.unmet(w, unknownPerson)
		return
	case why == "":
		d.unmet(w, needsReason)
		return
	}
	out, err := d.out.Case.Readmit(ids[0], d.by, why, rules, d.now)
	switch {
	case errors.Is(err, casefile.ErrSamePerson):
		d.unmet(w, readmitSame)
		return
	case err != nil:
		d.unmet(w, notBarred)
		return
	}
	d.closing = true
	did := didReadmit
	if out.Case.Excluded.Has(ids[0]) {
		did = didPardon
	}
	d.say(Deed{Word: w.Verb, Did: did})
	d.add(out)
}

// unmet says that a word did nothing, and keeps what was written.
func (d *deeds) unmet(w reply.Word, did string) {
	d.say(Deed{Word: w.Verb, Did: did})
	d.add(d.out.Case.Remark(d.by, string(w.Verb)+" refused: "+w.Text, d.arrival, d.office.rules(d.now), d.now))
}

// gone reports whether the sender may not know of the case any more: nothing
// that they wrote after that is a command.
func (d *deeds) gone() bool {
	return d.barred && !d.out.Case.MaySee(d.office.rules(d.now).Roster, d.by)
}

// conceal takes back what was written, and not yet sent, to people who may not
// know of the case any more.
func (o *Office) conceal(tx *ledger.Tx, c casefile.Case, now time.Time) error {
	roster := o.rules(now).Roster
	if _, err := tx.Withdraw(c.Ref, func(p string) bool { return c.MaySee(roster, p) }, now); err != nil {
		return err
	}
	return tx.Rewrite(DailyList)
}

// farewell tells somebody that they are off a case, and nothing of it.
func (o *Office) farewell(tx *ledger.Tx, d deeds, now time.Time) error {
	return tx.Write(o.blank(OffCase, d.by, Detail{Reason: string(d.out.Case.Ref), Trouble: string(d.out.Case.Ref), Since: now}, now))
}
