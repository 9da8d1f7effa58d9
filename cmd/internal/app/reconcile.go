package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"dutydesk/intake/mailbox"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// Reconciliation is how one mailbox stands: what is on the server must be in the
// ledger, and what is in the ledger must be disposed of.
type Reconciliation struct {
	Mailbox   string `json:"mailbox"`
	Asked     bool   `json:"asked"`      // the server answered; otherwise only the ledger was looked at
	Why       string `json:"why"`        // why it was not asked
	Server    int    `json:"server"`     // messages in the watched folder
	Kept      int    `json:"kept"`       // messages in the folder for kept messages
	Ledger    int    `json:"ledger"`     // arrivals from this mailbox
	Disposed  int    `json:"disposed"`   // of these, disposed of
	Vanished  uint64 `json:"vanished"`   // messages that ever went before they were taken in
	Removed   uint64 `json:"removed"`    // taken messages that others ever removed
	NotLooked int    `json:"not_looked"` // messages beyond those that one look reads; whether they are in the ledger is not known
	Gaps      []Gap  `json:"gaps"`
}

// Gap is one message that is in one place and not in the next.
type Gap struct {
	What     string     `json:"what"` // not-in-ledger or not-disposed
	Folder   string     `json:"folder"`
	UID      uint32     `json:"uid"`
	Size     int64      `json:"size"`
	SHA256   string     `json:"sha256"`
	Arrival  string     `json:"arrival"`
	Received *time.Time `json:"received_at"`
}

// The kinds of gap.
const (
	NotInLedger = "not-in-ledger" // on the server only
	NotDisposed = "not-disposed"  // in the ledger, and waiting for longer than it should
)

const (
	readMost   = 500             // messages that one look reads to know them
	disposedIn = 2 * time.Minute // an arrival is disposed of within
	fullDays   = 7               // what was sealed in this time is read in full, and each other mail once in
	sampleDays = 30              // this time: a UID that was given out again is told by its bytes only
)

// Reconciler compares mailboxes with a ledger and changes neither.
type Reconciler struct {
	Ledger *ledger.Ledger
	Now    func() time.Time
	// Patience is how long a message that is on the server only may take to be
	// taken in by a worker that runs.
	Patience time.Duration
}

// Reconcile compares one mailbox. A server that does not answer is no error:
// the ledger's half is told all the same.
func (r Reconciler) Reconcile(ctx context.Context, w *mailbox.Watcher) (Reconciliation, error) {
	c := &comparison{Reconciliation: Reconciliation{Mailbox: w.Name, Gaps: []Gap{}}, now: r.Now(),
		digests: map[string]bool{}, byKey: map[string][]int64{}, lately: map[string]bool{}, bySize: map[int64]int{}}
	if err := r.Ledger.SealedFrom(ctx, w.Name, c.sealed); err != nil {
		return c.Reconciliation, err
	}
	f, err := r.Ledger.Folder(ctx, w.Name)
	if err != nil {
		return c.Reconciliation, err
	}
	c.Vanished, c.Removed = f.Vanished, f.Removed
	c.folder, c.kept = w.Folder, w.Kept
	if err := mailbox.Survey(ctx, w, c.pick, c.read); err != nil {
		c.Why = err.Error()
		return c.Reconciliation, ctx.Err()
	}
	c.Asked = true
	return c.Reconciliation, r.settle(ctx, c)
}

// settle drops the gaps that are none any more: what came while we looked.
func (r Reconciler) settle(ctx context.Context, c *comparison) error {
	for end := time.Now().Add(r.Patience); ; {
		open := func(g Gap) bool { return g.What == NotInLedger && g.Folder == c.folder }
		c.Gaps = slices.DeleteFunc(c.Gaps, func(g Gap) bool { return g.What == NotInLedger && c.digests[g.SHA256] })
		if !slices.ContainsFunc(c.Gaps, open) || !time.Now().Before(end) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
		if err := r.Ledger.SealedFrom(ctx, c.Mailbox, func(s ledger.Sealed) { c.digests[s.SHA256] = true }); err != nil {
			return err
		}
	}
}

// comparison is one reconciliation on its way.
type comparison struct {
	Reconciliation
	now          time.Time
	folder, kept string
	digests      map[string]bool    // of all that is sealed
	byKey        map[string][]int64 // sizes sealed under each key
	bySize       map[int64]int      // how many were sealed of each size
	lately       map[string]bool    // keys under which something was sealed within fullDays
}

// sealed counts one arrival.
func (c *comparison) sealed(s ledger.Sealed) {
	c.Ledger++
	c.digests[s.SHA256] = true
	c.byKey[s.Key] = append(c.byKey[s.Key], s.Size)
	c.bySize[s.Size]++
	if c.now.Sub(s.Received) < fullDays*24*time.Hour {
		c.lately[s.Key] = true
	}
	if s.State != ledger.Waiting {
		c.Disposed++
		return
	}
	if c.now.Sub(s.Received) > disposedIn {
		at := s.Received
		c.Gaps = append(c.Gaps, Gap{What: NotDisposed, Size: s.Size, SHA256: s.SHA256, Arrival: s.ID, Received: &at})
	}
}

// pick chooses what must be read to be known: in the watched folder whatever
// has not the size that was sealed under its key, in the other whatever has a
// size of which no more were sealed. What room is left goes to mails of the right
// size: those of late, and of the others some each day.
func (c *comparison) pick(all []mailbox.Lying) []mailbox.Lying {
	var odd, likely []mailbox.Lying
	for _, l := range all {
		switch {
		case l.Folder != c.folder:
			c.Kept++
			if c.bySize[l.Size] <= 0 {
				odd = append(odd, l)
				continue
			}
		case !slices.Contains(c.byKey[l.Key], l.Size):
			c.Server++
			odd = append(odd, l)
			continue
		default:
			c.Server++
			if c.lately[l.Key] || c.today(l.UID) {
				likely = append(likely, l)
			}
		}
		c.bySize[l.Size]--
	}
	c.newestFirst(odd)
	c.newestFirst(likely)
	c.NotLooked = max(0, len(odd)-readMost)
	both := append(odd[:len(odd)-c.NotLooked], likely...)
	return both[:min(len(both), readMost)]
}

// today reports whether it is the day of this UID.
func (c *comparison) today(uid uint32) bool {
	return (c.now.Unix()/86400+int64(uid))%sampleDays == 0
}

// newestFirst sorts, and puts the watched folder before the other.
func (c *comparison) newestFirst(ls []mailbox.Lying) {
	slices.SortStableFunc(ls, func(a, b mailbox.Lying) int {
		return cmp.Or(cmp.Compare(order(a.Folder != c.folder), order(b.Folder != c.folder)), cmp.Compare(b.UID, a.UID))
	})
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}

// read finds out whether the bytes of one message are sealed.
func (c *comparison) read(l mailbox.Lying, body io.Reader) error {
	sum := sha256.New()
	size, err := io.Copy(sum, body)
	if err != nil {
		return err
	}
	if digest := hex.EncodeToString(sum.Sum(nil)); !c.digests[digest] {
		c.Gaps = append(c.Gaps, Gap{What: NotInLedger, Folder: l.Folder, UID: l.UID, Size: size, SHA256: digest})
	}
	return nil
}

// reconcile is the daily round: every mailbox, and one letter to managers.
func (a *App) reconcile(ctx context.Context, _ time.Time) (workflow.Then, error) {
	r := Reconciler{Ledger: a.Ledger, Now: a.clock.Now, Patience: time.Minute}
	var tallies []workflow.Tally
	for _, w := range a.watchers {
		c, err := r.Reconcile(ctx, w)
		if err != nil {
			return nil, err
		}
		tallies = append(tallies, c.tally())
		a.log.Info("mailbox reconciled", "mailbox", c.Mailbox, "asked", c.Asked, "server", c.Server, "kept", c.Kept, "ledger", c.Ledger, "disposed", c.Disposed, "gaps", len(c.Gaps))
	}
	return func(tx *ledger.Tx, now time.Time) error { return a.Office.Reconciled(tx, tallies, now) }, nil
}

func (r Reconciliation) tally() workflow.Tally {
	t := workflow.Tally{Mailbox: r.Mailbox, Asked: r.Asked, Server: r.Server, Kept: r.Kept, Ledger: r.Ledger, NotLooked: r.NotLooked}
	for _, g := range r.Gaps {
		if g.What == NotDisposed {
			t.Waiting++
		} else {
			t.Strange++
		}
	}
	return t
}
