package mailbox

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// visit is one session with the folder selected. Its own goroutine sends every
// command and alone changes what is remembered; what other goroutines learn
// they hand over as events.
type visit struct {
	*watch
	*session
	events chan func() error // never full: each goroutine sends at most two
	wake   chan struct{}     // the server said EXISTS
	gone   atomic.Bool       // the server said EXPUNGE

	traffic   traffic
	onLine    int          // commands not yet answered
	inHand    int          // messages being fetched or kept
	cut       []*fetching  // fetches that a broken line ended
	looking   bool         // a look is on the line
	again     bool         // and another must follow
	whole     time.Time    // when to list the whole folder again
	beat      time.Time    // when to look again
	doubted   []imap.UID   // asked for and not given
	taken     []imap.UID   // kept or proven here, still in the folder
	moot      []imap.UID   // known by their UID only: not moved before they are proven
	moved     bool         // a move worked
	move      time.Time    // when to move them
	statusUse statusAnswer // what STATUS is good for on this server
	noIdle    bool         // the server refuses IDLE
	order     uint64       // fetches sent

	suspected  bool       // what lay there at the beginning was noted in unmeasured
	unmeasured []imap.UID // to ask the signs of: known by their UID only, or proven
	weighing   time.Time  // when to ask for them
	measuring  bool       // they are being asked for
	dating     bool       // with their dates
	writing    bool       // the book is being told

	keptThere bool // the folder for kept messages was seen

	keeping context.Context // outlives the line a little
}

// statusAnswer is what is known of STATUS on the selected folder.
type statusAnswer int

const (
	statusUntried statusAnswer = iota
	statusWorks
	statusUseless
)

const (
	moveBatch = 200             // messages per MOVE
	moveDelay = time.Second     // the longest a kept message waits for company
	moveSulk  = 5 * time.Minute // after a refused move
	keepGrace = 5 * time.Second // for keeps under way when everything ends
	wholeBeat = 8               // looks between two listings of the whole folder
)

// visit opens a line, and watches until it breaks or ctx ends. Before it
// returns, every delivery in hand is kept or given up.
func (m *watch) visit(ctx context.Context) error {
	v := &visit{watch: m, events: make(chan func() error, 4*m.Ahead+32), wake: make(chan struct{}, 1)}
	s, err := m.connect(ctx, v.listener())
	if err != nil {
		return err
	}
	v.session = s
	keeping, done := outlive(ctx, keepGrace)
	defer done()
	v.keeping = keeping
	return v.leave(ctx, v.stay(ctx))
}

// outlive returns a context that ends d after ctx does.
func outlive(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(d, cancel)
	})
	return longer, func() { stop(); cancel() }
}

// listener hears what the server says unasked. It runs in go-imap's reader, so
// it must never wait.
func (v *visit) listener() *imapclient.UnilateralDataHandler {
	return &imapclient.UnilateralDataHandler{
		Expunge: func(uint32) { v.gone.Store(true) },
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages == nil {
				return
			}
			select {
			case v.wake <- struct{}{}:
			default:
			}
		},
	}
}

// stay watches the folder; it returns only with an error.
func (v *visit) stay(ctx context.Context) error {
	if err := v.enter(); err != nil {
		return err
	}
	v.look(1)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.step(ctx); err != nil {
			return err
		}
	}
}

// step does the one thing that is most due.
func (v *visit) step(ctx context.Context) error {
	now := time.Now()
	if v.traffic.stuck(now, v.Stall) {
		return errCut
	}
	v.send(now)
	if at, news := v.rememberAt(); news && !now.Before(at) {
		v.remember(now)
	}
	switch {
	case len(v.doubted) > 0:
		v.doubt()
	case v.measures(now):
		return v.measure()
	case !v.looking && !now.Before(v.beat):
		v.look(v.from(now))
	case v.onLine > 0 || v.inHand >= v.ahead:
		return v.await(ctx)
	case len(v.taken) >= moveBatch || len(v.taken) > 0 && !now.Before(v.move):
		return v.shelve()
	default:
		return v.rest(ctx)
	}
	return nil
}

// enter selects the folder: read-only when nothing is ever moved out of it.
func (v *visit) enter() error {
	data, err := v.client.Select(v.Folder, &imap.SelectOptions{ReadOnly: v.Kept == ""}).Wait()
	if err != nil {
		return refused("select", err, ErrFolder)
	}
	if data.UIDValidity == 0 {
		return fmt.Errorf("%w: it gives the folder no UIDVALIDITY", ErrServer)
	}
	v.adopt(data.UIDValidity)
	return v.recall(data)
}

// await lets the next thing happen while commands are on the line.
func (v *visit) await(ctx context.Context) error {
	timer := time.NewTimer(max(0, min(time.Until(v.beat), v.Stall)))
	defer timer.Stop()
	select {
	case event := <-v.events:
		return event()
	case <-v.wake:
		v.look(v.folder.next)
	case now := <-timer.C:
		if v.looking && !now.Before(v.beat) {
			v.beat = now.Add(v.Poll) // the look that is under way will do
		}
	case <-ctx.Done():
	}
	return nil
}

// leave gives up the line, waits for what is in hand, and says why it ended. A
// message in the middle of which the line broke is noted: it may be the cause.
func (v *visit) leave(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, errCut) {
		v.misread()
	}
	_ = v.line.Conn.Close() // ends every reader of a body
	for v.inHand+v.onLine > 0 || v.writing {
		_ = (<-v.events)() // only the first error tells why
	}
	v.part()
	cut := errors.Is(err, errCut)
	err = v.explain(err)
	if cut && errors.Is(err, ErrLine) && ctx.Err() == nil {
		v.blame()
	}
	v.close()
	v.tell()
	return err
}

// blame notes a failure of the message that was on the line when it broke. One
// that did so three times must not cost the others their line again soon.
func (v *visit) blame() {
	var first *fetching
	for _, f := range v.cut {
		if first == nil || f.began && !first.began || f.began == first.began && f.order < first.order {
			first = f
		}
	}
	if first == nil {
		return
	}
	if t := v.failed(first.uid, ErrLine); t.tries >= asideAfter {
		t.again = time.Now().Add(trialLongest)
	}
}
