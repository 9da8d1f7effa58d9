package main

import (
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
)

// Without its mail server a desk still says what is in the ledger, that nobody
// was asked, and ends with 69.
func TestReconcileWithoutServer(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	text, code := d.run("arrivals", "reconcile", "--json")
	if code != 69 || !strings.Contains(text, `"asked": false`) || !strings.Contains(text, `"disposed": 1`) || !strings.Contains(text, "not every mail server answered") {
		t.Errorf("exit %d, %s", code, text)
	}
}

// The desk's own test mails are no arrivals unless they are asked for.
func TestArrivalsListCanary(t *testing.T) {
	all := []app.Arrival{{ID: "a", State: "case"}, {ID: "b", State: "canary"}, {ID: "c", State: "waiting"}}
	if some := app.WithoutCanaries(all); len(some) != 2 || some[0].ID != "a" || some[1].ID != "c" {
		t.Errorf("%+v", some)
	}
}

// An arrival can be looked at alone, with what it proves.
func TestArrivalsShow(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	id := rows[app.Arrival](d, "arrivals", "list")[0].ID
	if text, code := d.run("arrivals", "show", id); code != 0 || !strings.Contains(text, "authentic") || !strings.Contains(text, id) {
		t.Errorf("exit %d, %s", code, text)
	}
}

// What could not be looked at is said, and is no gap.
func TestNotLookedIsNoGap(t *testing.T) {
	all := []app.Reconciliation{{Mailbox: "main", Asked: true, NotLooked: 7, Gaps: []app.Gap{}}}
	if err := verdictOf(all); err != nil {
		t.Error(err)
	}
	if row := reconcileRows(all)[0]; row[8] != "7" {
		t.Errorf("%q", row)
	}
}
