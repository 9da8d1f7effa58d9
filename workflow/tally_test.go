package workflow_test

import (
	"encoding/json"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// T21, T22: managers hear at once how many messages went missing, and then of
// all further ones together, an hour later: a deletion of hundreds, one by one,
// is no flood of letters.
func TestT22MissingIsTold(t *testing.T) {
	d := newDesk(t)
	gone := func(vanished, removed uint64) {
		t.Helper()
		if err := d.Ledger.SeeFolder(t.Context(), ledger.Folder{Name: "main", Validity: 1, Next: 9, Settled: 9, Seen: d.now(), Vanished: vanished, Removed: removed}); err != nil {
			t.Fatal(err)
		}
		if err := d.Office.Missing(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	told := func() (all []workflow.Tally) {
		for _, x := range d.letters("manager", workflow.Missing) {
			var detail workflow.Detail
			if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil {
				t.Fatal(err)
			}
			all = append(all, detail.Tallies...)
		}
		return all
	}
	gone(0, 0)
	if all := told(); len(all) != 0 {
		t.Fatalf("told of nothing: %+v", all)
	}
	gone(3, 0)
	for range 100 {
		gone(0, 1)
	}
	if all := told(); len(all) != 1 || all[0].Vanished != 3 || all[0].Removed != 0 {
		t.Errorf("at once: %+v", all)
	}
	d.forward(time.Hour)
	gone(0, 0)
	gone(0, 0)
	if all := told(); len(all) != 2 || all[1].Vanished != 0 || all[1].Removed != 100 || all[1].Mailbox != "main" {
		t.Errorf("after an hour: %+v", all)
	}
}

// Counts of messages are of no case: a manager who must not know of one hears the
// same as the others, and learns nothing from a number that is smaller.
func TestReconciledCountsAreForEverybody(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Managers = []string{"manager", "other-lead"}
	d.open("words")
	if err := d.Exclude(t.Context(), d.only().Ref, []string{"manager"}, "la-lead", "named"); err != nil {
		t.Fatal(err)
	}
	err := d.Ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		return d.Reconciled(tx, []workflow.Tally{{Mailbox: "main", Asked: true, Server: 1, Ledger: 1}}, d.now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.letter("manager", workflow.Reconciled).Detail, d.letter("other-lead", workflow.Reconciled).Detail; got != want {
		t.Errorf("%s\nthe other heard %s", got, want)
	}
}
