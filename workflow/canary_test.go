package workflow_test

import (
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// A test mail that comes back opens no case. One with a forged mark, one that
// was never sent, and another mail with its mark, before it or after, are not it.
func TestCanaryComesBackOnce(t *testing.T) {
	d := newDesk(t)
	mark, sent := d.Office.Key.Canary(noon), workflow.CanaryPrint("test", "body")
	if err := d.Office.LetFly(t.Context(), noon, noon.Add(time.Hour), sent); err != nil {
		t.Fatal(err)
	}
	ids := d.Office.Key.Canaries("<" + mark + "@council.example>")
	if len(ids) != 1 {
		t.Fatalf("the mark %q is not known", mark)
	}
	for _, forged := range []string{strings.Replace(mark, ".1", ".2", 1), mark[:len(mark)-1] + "7", mark[:len(mark)-1], workflow.Key("another").Canary(noon)} {
		if got := d.Office.Key.Canaries("<" + forged + "@council.example>"); forged != mark && len(got) > 0 {
			t.Errorf("%q passes", forged)
		}
	}
	for _, tt := range []struct {
		id, words, print string
		want             bool
	}{
		{"12", "never sent", "", false},
		{ids[0], "a threat under a mark in flight", workflow.CanaryPrint("test", "another"), false},
		{ids[0], "another subject", workflow.CanaryPrint("help", "body"), false},
		{ids[0], "no print", "", false},
		{ids[0], "test", sent, true},
		{ids[0], "the same with another Received line", sent, true},
		{ids[0], "a threat under a used mark", workflow.CanaryPrint("test", "another"), false},
	} {
		a := d.arrive(tt.words)
		back, err := d.Office.CameBack(t.Context(), a, tt.id, tt.print)
		if err != nil || back != tt.want {
			t.Errorf("%s: %v, %v", tt.words, back, err)
		}
		row, err := d.Ledger.Arrival(t.Context(), a.ID)
		if err != nil || (row.State == ledger.Canary) != tt.want || row.Case != "" {
			t.Errorf("%s: %+v, %v", tt.words, row, err)
		}
	}
	if cases, err := d.Ledger.Cases(t.Context()); err != nil || len(cases) > 0 {
		t.Errorf("%d cases, %v", len(cases), err)
	}
}

// A test mail that is late is a trouble until the next one that is due is back.
func TestCanaryIsLate(t *testing.T) {
	d := newDesk(t)
	check := func(well bool) {
		t.Helper()
		if err := d.Office.CheckCanary(t.Context()); (err == nil) != well {
			t.Errorf("at %v: %v", d.now(), err)
		}
	}
	check(true)
	fly := func() string {
		if err := d.Office.LetFly(t.Context(), d.now(), d.now().Add(10*time.Minute), "print"); err != nil {
			t.Fatal(err)
		}
		return d.Office.Key.Canaries(d.Office.Key.Canary(d.now()))[0]
	}
	fly()
	check(true)
	d.forward(11 * time.Minute)
	check(false)
	second := fly()
	check(false)
	if back, err := d.Office.CameBack(t.Context(), d.arrive("test"), second, "print"); !back || err != nil {
		t.Fatal(back, err)
	}
	d.forward(11 * time.Minute)
	check(true)
}
