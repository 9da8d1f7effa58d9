package outbox_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o400) }
func mkfifo(path string) error          { return syscall.Mkfifo(path, 0o600) }
func remove(path string) error          { return os.Remove(path) }

// Somebody who has left gets nothing, not even a letter that is kept already;
// the next rung is told instead.
func TestLeftTheRoster(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("they wait for me at the gate"))
	d.die(d.letter("deputy", casefile.Opened))
	past := d.Writer.Roster.People["lead"]
	past.Until = d.Writer.Now()
	d.Writer.Roster.People["lead"] = past // their time has ended
	delete(d.Writer.Roster.People, "deputy")
	d.pass(time.Minute)
	for _, p := range []string{"lead", "deputy"} {
		x := d.letter(p, casefile.Opened)
		d.state(x, ledger.Failed)
		if len(d.post.to(p)) != 0 || len(d.tolds(x.ID)) != 1 {
			t.Errorf("%s got %d letters, told %v", p, len(d.post.to(p)), d.told)
		}
	}
	d.state(d.letter("la-lead", casefile.NotDelivered), ledger.Sent)
}

// A letter that cannot be written is put off minute by minute, not spun on, and
// the next rung is told: at once if these facts will never do, in time if it is
// the disk. It goes out when it can be written.
func TestUnwritten(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*desk)
		mend  func(*desk)
		told  time.Duration
	}{
		{"no words for it", func(d *desk) { d.Writer.Host = "" }, func(d *desk) { d.Writer.Host = "council.example" }, 0},
		{"not fit to be sent", func(d *desk) { d.Writer.Address = "a..b@council.example" }, func(d *desk) { d.Writer.Address = service }, 0},
		{"nowhere to keep it", func(d *desk) { d.Store = d.closed() }, func(d *desk) { d.Store = d.Writer.Store }, 15 * minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			tt.spoil(d)
			d.concern(mailed("they wait for me at the gate"))
			d.pass(0)
			x := d.letter("lead", casefile.Opened)
			d.pass(20*minute + time.Second)
			if told := d.tolds(x.ID); len(told) == 0 || !told[0].at.Equal(noon.Add(tt.told)) || len(d.letters("la-lead", casefile.NotDelivered)) != 1 {
				t.Errorf("told %v, %d letters to la-lead", told, len(d.letters("la-lead", casefile.NotDelivered)))
			}
			if len(d.post.got) != 0 {
				t.Errorf("sent %v", d.post.got)
			}
			for _, j := range d.jobs(ledger.LetterJob) {
				if j.Attempts != 0 || j.Gen > 21 {
					t.Errorf("%s was begun %d times and put off %d times", j.ID, j.Attempts, j.Gen)
				}
			}
			tt.mend(d)
			d.pass(22 * minute)
			d.state(x, ledger.Sent)
			if d.counts["twice"] != 0 {
				t.Errorf("counted %v", d.counts)
			}
		})
	}
}

// closed is an evidence folder that takes nothing.
func (d *desk) closed() *evidence.Store {
	s, err := evidence.Open(filepath.Join(d.t.TempDir(), "evidence"))
	d.must(errors.Join(err, s.Close()))
	return s
}
