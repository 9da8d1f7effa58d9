package intake

import (
	"context"

	"dutydesk/workflow/ledger"
)

// Memory is what a watch must know of its folder after it has begun anew.
type Memory struct {
	Validity uint32 // UIDVALIDITY of the folder
	Next     uint32 // highest UIDNEXT ever seen with it
	Settled  uint32 // every UID below was taken in or counted as gone

	// Messages that went before they were taken in, and taken ones that somebody
	// else removed: since the last time this was remembered.
	Vanished, Removed uint64
}

// Recall returns what was remembered last of the folder that the watch called
// name watches; zero if nothing was.
func (d *Desk) Recall(ctx context.Context, name string) (Memory, error) {
	f, err := d.Ledger.Folder(ctx, name)
	return Memory{Validity: f.Validity, Next: f.Next, Settled: f.Settled}, err
}

// Remember replaces what is remembered of a folder.
func (d *Desk) Remember(ctx context.Context, name string, m Memory) error {
	return d.Ledger.SeeFolder(ctx, ledger.Folder{Name: name, Validity: m.Validity, Next: m.Next, Settled: m.Settled, Seen: d.Now(),
		Vanished: m.Vanished, Removed: m.Removed})
}
