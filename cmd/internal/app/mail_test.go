package app

import (
	"testing"

	"dutydesk/intake/mailbox"
)

// A mailbox is well when it is watched and nothing in it was set aside.
func TestCheckMailbox(t *testing.T) {
	a := &App{}
	if err := a.checkMailbox("main"); err != nil {
		t.Errorf("before its first word: %v", err)
	}
	for _, tt := range []struct {
		status mailbox.Status
		well   bool
	}{
		{mailbox.Status{State: mailbox.Starting}, true},
		{mailbox.Status{State: mailbox.Watching, Waiting: 9}, true},
		{mailbox.Status{State: mailbox.Watching, Aside: 1}, false},
		{mailbox.Status{State: mailbox.Refused}, false},
		{mailbox.Status{State: mailbox.DeskShut}, false},
	} {
		tt.status.Mailbox = "main"
		a.board.watch(tt.status)
		if err := a.checkMailbox("main"); (err == nil) != tt.well {
			t.Errorf("%s with %d aside: %v", tt.status.State, tt.status.Aside, err)
		}
	}
}
