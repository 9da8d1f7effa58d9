package workflow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// act is an instruction by the operator.
func (d *desk) act(ref casefile.Ref, person, said string) (workflow.Acted, error) {
	d.t.Helper()
	w, _, ok := reply.Act(said)
	if !ok {
		d.t.Fatalf("%q is no command", said)
	}
	return d.Act(d.t.Context(), workflow.Instruction{Ref: ref, Person: person, Word: w, Because: "she rang", Hand: "operator"})
}

func (d *desk) acts(ref casefile.Ref, person string, all ...string) (done workflow.Acted) {
	d.t.Helper()
	for _, said := range all {
		var err error
		if done, err = d.act(ref, person, said); err != nil {
			d.t.Fatalf("%s: %v", said, err)
		}
	}
	return done
}

// An operator's act is the person's, says whose hand it was and why, reaches the
// person by letter, and what is refused is not written down.
func TestActOnBehalf(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	ref := d.only().Ref
	d.acts(ref, "lead", "ACK", "FLAG staffsubj")
	c := d.only()
	if c.State != casefile.Acknowledged || c.By != "lead" || !c.File.Owed.Owes("LADO") {
		t.Errorf("%+v", c)
	}
	lines, err := d.Ledger.Chronology(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(lines, func(l ledger.Line) bool { return l.By == "operator" })
	if i < 0 || lines[i].Text != "on behalf of lead, because she rang: ACK " || lines[i+1].By != "lead" || lines[i+1].Verb != casefile.Acknowledge {
		t.Errorf("%+v", lines)
	}
	if got := d.told(casefile.Changed); got["lead"] != 2 {
		t.Errorf("told %v", got)
	}
	for said, want := range map[string]error{"CLOSE because it is over": casefile.ErrUnclear, "NOT-NEEDED LADO": casefile.ErrNoReason, "REOPEN because": casefile.ErrNotAllowed} {
		if _, err := d.act(ref, "lead", said); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", said, err, want)
		}
	}
	for _, person := range []string{"other-lead", "manager", "nobody"} {
		if _, err := d.act(ref, person, "NOTE x"); !errors.Is(err, workflow.ErrNotEntitled) {
			t.Errorf("%s: %v", person, err)
		}
	}
	if _, err := d.act("SG-NONE0", "lead", "NOTE x"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no such case: %v", err)
	}
	if after, err := d.Ledger.Chronology(t.Context(), ref); err != nil || len(after) != len(lines) || d.only() != c {
		t.Errorf("refusals left %d lines, %v", len(after)-len(lines), err)
	}
}

// The clock of an obligation rings through the ledger and tells managers, and
// the replay of the case agrees with what happened.
func TestObligationRings(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	d.acts(d.only().Ref, "lead", "ACK", "FLAG CRIME")
	letters := func() (n int) {
		all, err := d.Ledger.Letters(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if x.Kind == casefile.StageBreach && x.Person == "manager" && strings.Contains(x.Detail, `"stage":"obligation-police-101"`) {
				n++
			}
		}
		return n
	}
	for range 60 {
		if d.ring(); letters() > 0 {
			break
		}
	}
	if letters() != 1 {
		t.Fatal("nobody was told that the police were not")
	}
	d.audits()
	d.acts(d.only().Ref, "lead", "REFER police CR-1")
	d.audits()
	if c := d.only(); c.Breached.IsZero() || c.File.Owed.Owes("POLICE_101") {
		t.Errorf("%+v", c)
	}
}

// A party who stands on the roster is kept from the case from then on: letters
// that wait for them are withdrawn.
func TestPartyIsShutOut(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	done := d.acts(d.only().Ref, "deputy", "PARTY responsible: unknown, staff, lead@council.example")
	if done.Case.Excluded != "lead" {
		t.Fatalf("excluded %q", done.Case.Excluded)
	}
	for _, x := range d.letters("lead", casefile.Opened) {
		if x.State != ledger.Withdrawn {
			t.Errorf("a letter to the lead is %s", x.State)
		}
	}
	if _, err := d.act(d.only().Ref, "lead", "NOTE x"); !errors.Is(err, workflow.ErrNotEntitled) {
		t.Errorf("the lead acts: %v", err)
	}
}

// The same trace in another case is named to who may see that case, and to
// nobody else.
func TestSamePartyElsewhere(t *testing.T) {
	d := newDesk(t)
	first := d.open("one")
	d.open("two")
	cases, err := d.Ledger.Cases(t.Context())
	if err != nil || len(cases) != 2 {
		t.Fatal(len(cases), err)
	}
	one, two := cases[0], cases[1]
	if one.Arrival != first.ID {
		one, two = two, one
	}
	d.acts(one.Ref, "lead", "PARTY responsible: alias @Sammy")
	if done := d.acts(two.Ref, "deputy", "PARTY responsible: unknown, @sammy"); len(done.Elsewhere) != 1 || done.Elsewhere[0] != (casefile.Related{Ref: one.Ref, Within: 90, Course: true, Traces: "@sammy"}) {
		t.Errorf("found %+v, want %s", done.Elsewhere, one.Ref)
	}
	if err := d.Exclude(t.Context(), one.Ref, []string{"deputy"}, "lead", "related"); err != nil {
		t.Fatal(err)
	}
	if done := d.acts(two.Ref, "deputy", "NOTE again"); len(done.Elsewhere) != 0 {
		t.Errorf("the deputy learns of %+v", done.Elsewhere)
	}
}

// A grave case is not closed by a letter either while something is owed, and
// what is said of it then is kept.
func TestLetterCannotCloseWhatIsOwed(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	letter := d.letters("deputy", casefile.Opened)[0]
	d.acts(d.only().Ref, "lead", "ACK", "FLAG CRIME")
	d.obey(d.answer(letter, "CLOSE ADVICE. Told: yes, by phone. Learning: less. because it is over"))
	c := d.only()
	if c.State != casefile.Acknowledged || !c.File.Owed.Owes("POLICE_101") || !c.File.Owed.Owes("LEARNING") {
		t.Errorf("%s owing %+v", c.State, c.File.Owed.Open())
	}
	d.obey(d.answer(d.letters("deputy", casefile.TakenBy)[0], "DONE obligation police 101 CR-1"))
	if c = d.only(); c.File.Owed.Owes("POLICE_101") || !c.File.Owed.Owes("DFE_24H") {
		t.Errorf("a letter's own words did nothing: %+v", c.File.Owed.Open())
	}
}
