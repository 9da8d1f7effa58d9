package workflow

import (
	"errors"
	"regexp"
	"slices"
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

// ofInterest is how people go on after CONFLICT without naming anybody.
var ofInterest = regexp.MustCompile(`(?i)^of interest\b[\s,;:.-]*`)

// whom parts what follows CONFLICT or UNCONFLICT: the people, and why.
func whom(w reply.Word, note string) (people, why string) {
	text := ofInterest.ReplaceAllString(w.Text, "")
	if at := because.FindStringIndex(text); at != nil {
		return strings.TrimSpace(text[:at[0]]), strings.TrimSpace(text[at[1]:] + "\n" + note)
	}
	return strings.TrimSpace(text), note
}

// bar keeps people from the case who are too close to it: those whom the word
// names, or else its sender. It needs nobody's consent. Where it is not clear
// whom it names, its sender is off the case as well, until two others undo that:
// who says the word has a doubt that somebody must look into.
func (d *deeds) bar(w reply.Word, note string) {
	rules := d.office.rules(d.now)
	names, why := whom(w, note)
	ids, sure := []string{d.by}, true
	if names != "" {
		ids, sure = rules.Roster.Whom(names, d.by)
	}
	if !sure {
		ids, why = append(ids, d.by), strings.TrimSpace("it is not clear whom this means: "+names+"\n"+why)
		d.unsure = !slices.Contains(ids[:len(ids)-1], d.by)
	}
	d.closing, d.barred = true, true
	d.say(Deed{Word: w.Verb, Did: didBar})
	d.add(d.out.Case.Exclude(ids, d.by, why, rules, d.now))
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

// stands reports whether the sender may say a word: who only hears of a case may
// say no more than that somebody is too close to it.
func (d *deeds) stands(v casefile.Verb) bool {
	return v == casefile.Exclude || d.out.Case.MayAct(d.office.rules(d.now).Roster, d.by)
}

// warns reports whether somebody who may not act on a case, but may know of it,
// says that somebody is too close to it.
func (o *Office) warns(c casefile.Case, person string, said reply.Reply, now time.Time) bool {
	return c.MaySee(o.rules(now).Roster, person) && slices.ContainsFunc(said.Words, func(w reply.Word) bool { return w.Verb == casefile.Exclude })
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
	detail := Detail{Reason: string(d.out.Case.Ref), Trouble: string(d.out.Case.Ref), Since: now}
	if d.unsure {
		detail.Deeds = []Deed{{Word: casefile.Exclude, Did: unknownPerson}}
	}
	return tx.Write(o.blank(OffCase, d.by, detail, now))
}
