package intake_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// listed is a desk whose lead was sent a list of three concerns.
func listed(t *testing.T) (*desk, ledger.Letter) {
	d := newDesk(t, staff())
	d.Office.Rules.Flood = casefile.Flood{After: 1, Within: 10 * time.Minute}
	for i := range 4 {
		d.arrives(fmt.Sprintf("From: learner%d@mail.example\nTo: safeguarding@council.example\nMessage-ID: <%d@mail.example>\nSubject: help\n\nplease help %d", i, i, i))
	}
	all, err := d.Ledger.Letters(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(x ledger.Letter) bool { return x.Kind == casefile.Digest && x.Person == "lead" })
	d.wait(11 * time.Minute)
	if _, _, err := d.Ledger.Begin(t.Context(), all[i], "list", d.clock, time.Minute); err != nil {
		t.Fatal(err)
	}
	return d, all[i]
}

// An absence notice that names no letter, after a list, is about every line of
// the list, also when it comes from another of the person's addresses.
func TestAwayAfterAList(t *testing.T) {
	d, x := listed(t)
	p := d.Office.Rules.Roster.People["lead"]
	p.Also = []string{"amira@home.example"}
	d.Office.Rules.Roster.People["lead"] = p
	d.arrives("From: amira@home.example\nTo: safeguarding@council.example\nSubject: Automatic reply\nAuto-Submitted: auto-replied\n\nI am away until 1 December 2026.")
	lines, err := d.Ledger.Lines(t.Context(), x.ID)
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for _, l := range lines {
		if !l.GiveUp.IsZero() {
			t.Errorf("nobody else is told of %s", l.Case)
		}
	}
	if as, err := d.Ledger.Absences(t.Context(), d.clock); err != nil || len(as) > 0 {
		t.Errorf("a mail that names no letter is believed: absences %+v, %v", as, err)
	}
	d.arrives("From: lead.person@council.example\nTo: safeguarding@council.example\nSubject: Automatic reply\nAuto-Submitted: auto-replied\nIn-Reply-To: " + d.name(x) +
		"\n\nI am away until 1 December 2026.")
	if as, err := d.Ledger.Absences(t.Context(), d.clock); err != nil || len(as) != 1 || as[0].Person != "lead" {
		t.Errorf("absences %+v, %v", as, err)
	}
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 4 {
		t.Errorf("%d cases, %v", len(cs), err)
	}
}
