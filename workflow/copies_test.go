package workflow_test

import (
	"strings"
	"testing"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// resent is a mail with the same content as others, in bytes of its own.
func (d *desk) resent(bytes, held string) workflow.Arrived {
	a := d.arrive(bytes)
	a.Content = "the same plea"
	if err := d.Office.Open(d.t.Context(), a, held); err != nil {
		d.t.Fatal(err)
	}
	return a
}

// caseOf is the case an arrival is on now.
func (d *desk) caseOf(a workflow.Arrived) casefile.Case {
	row, err := d.Ledger.Arrival(d.t.Context(), a.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	c, err := d.Ledger.Case(d.t.Context(), row.Case)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// close closes a high concern as two people do, the local authority lead the second, each by a letter of their own. Letters
// that were not written yet are marked as written: only those are answered.
func (d *desk) close(c casefile.Case) {
	d.t.Helper()
	for _, step := range []struct {
		person, says string
		kind         casefile.Kind
	}{{"lead", "ACK", casefile.Opened}, {"lead", "CLOSE because it was a mistake", casefile.Opened}, {"la-lead", "CLOSE because it was a mistake", casefile.CloseProposal}} {
		for _, x := range d.letters(step.person, step.kind) {
			if x.Case == c.Ref {
				d.obey(d.answer(x, step.says))
				break
			}
		}
	}
}

// A plea that is sent again while its case is open joins it. When the case was
// closed it opens a new one, with letters and a clock, and each of the two says
// of the other; what comes after joins the new one.
func TestF42SentAgainAfterClosing(t *testing.T) {
	d := newDesk(t)
	first := d.resent("by one relay", "")
	d.exclude(first, "other-lead")
	if again := d.resent("by another relay", ""); d.caseOf(again).Ref != d.caseOf(first).Ref {
		t.Fatal("a copy opened a case of its own")
	}
	d.close(d.caseOf(first))
	if got := d.caseOf(first); got.State != casefile.Closed {
		t.Fatalf("the case is %s", got.State)
	}
	plea := d.resent("once more, later", "")
	old, fresh := d.caseOf(first), d.caseOf(plea)
	if fresh.Ref == old.Ref || fresh.State != casefile.Submitted || old.State != casefile.Closed {
		t.Fatalf("the plea is on %s (%s), the old case is %s", fresh.Ref, fresh.State, old.State)
	}
	if !d.says(fresh.Ref, string(old.Ref)) || !d.says(old.Ref, string(fresh.Ref)) {
		t.Error("the cases do not say of each other")
	}
	if !fresh.Excluded.Has("other-lead") {
		t.Error("whoever must not know of the old case learns of the new")
	}
	letters, err := d.Ledger.Letters(t.Context(), fresh.Ref)
	if err != nil || len(letters) == 0 {
		t.Errorf("nobody is told: %v", err)
	}
	if last := d.resent("and again", ""); d.caseOf(last).Ref != fresh.Ref {
		t.Error("copies breed cases")
	}
}

// exclude keeps a case from a person.
func (d *desk) exclude(a workflow.Arrived, person string) {
	d.t.Helper()
	if err := d.Office.Exclude(d.t.Context(), d.caseOf(a).Ref, []string{person}, "lead", "named in it"); err != nil {
		d.t.Fatal(err)
	}
}

// says reports whether the chronology of a case has these words.
func (d *desk) says(ref casefile.Ref, words string) bool {
	lines, err := d.Ledger.Chronology(d.t.Context(), ref)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range lines {
		if strings.Contains(l.Text, words) {
			return true
		}
	}
	return false
}

// The same bytes are the same delivery, seen again by a mailbox that was
// renumbered: they open nothing, also when the case is closed.
func TestF40SameBytesAfterClosing(t *testing.T) {
	d := newDesk(t)
	first := d.resent("the bytes", "")
	d.close(d.caseOf(first))
	if again := d.resent("the bytes", ""); d.caseOf(again).Ref != d.caseOf(first).Ref {
		t.Error("a renumbered mailbox opened a case")
	}
}
