package mailbox

import (
	"context"
	"errors"
	"time"

	"dutydesk/intake"

	"github.com/emersion/go-imap/v2"
)

// watch is what one Run remembers between its visits. It belongs to Run's
// goroutine alone.
type watch struct {
	*Watcher
	folder *folder
	status Status
	ahead  int // messages in hand at one time; shrinks when throttled

	refusing map[imap.UID]bool // messages the desk refused since it last took one
	shut     bool              // the desk refused several: its fault, not theirs
	liar     int               // messages kept although RFC822.SIZE named another size
	unmoved  time.Time         // no move is tried before
	dateless bool              // a date was not understood

	recalled   bool          // the book was asked what an earlier life knew
	remembered intake.Memory // what the book has now
	unsaid     intake.Memory // counts it was not told yet
	told       time.Time     // when it was told last
}

func newWatch(w *Watcher) *watch {
	m := &watch{Watcher: w, folder: newFolder(0), ahead: w.Ahead, refusing: make(map[imap.UID]bool)}
	m.status = Status{Mailbox: w.Name, State: Starting, Since: w.Now().UTC(), Moving: MovingWorks}
	if w.Kept == "" {
		m.status.Moving = MovingOff
	}
	return m
}

// steady is how long a visit must have lasted, unless it took something in, for
// the next trouble to be a new one.
const steady = time.Minute

// attend visits again and again until ctx ends, with patience in between. visit
// opens a line and returns when it is no longer any good.
func (m *watch) attend(ctx context.Context, visit func(context.Context) error) error {
	m.tell()
	for tries := 0; ; tries++ {
		began, taken := time.Now(), m.status.Taken
		err := visit(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > steady || m.status.Taken > taken {
			tries = 0
		}
		wait := patience(err, tries)
		m.troubled(err, wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// troubled notes why a visit ended.
func (m *watch) troubled(err error, wait time.Duration) {
	if errors.Is(err, ErrThrottled) {
		m.ahead = max(1, m.ahead/2)
	}
	state := stateOf(err)
	if state != m.status.State {
		m.Log.Warn("mailbox waits", "mailbox", m.Name, "folder", m.Folder, "state", state, "wait", wait.Round(time.Millisecond), "err", err)
	}
	m.stand(state)
}

// listed notes that all is well: the folder was listed, and the desk does not
// refuse what is in it.
func (m *watch) listed() {
	if m.shut && len(m.folder.plan.trials) > 0 {
		m.tell()
		return
	}
	m.shut = false
	m.status.LastSuccess = m.Now().UTC()
	m.ahead = min(m.ahead+1, m.Ahead)
	if m.status.State != Watching {
		m.Log.Info("mailbox watched", "mailbox", m.Name)
	}
	m.stand(Watching)
}

// stand enters state and tells it.
func (m *watch) stand(state State) {
	if state != m.status.State {
		m.status.State, m.status.Since = state, m.Now().UTC()
	}
	m.tell()
}

// tell reports how things stand.
func (m *watch) tell() {
	m.status.Aside = m.folder.plan.aside()
	m.status.Waiting = len(m.folder.hand) + len(m.folder.plan.trials)
	m.Report(m.status)
}

// adopt begins with a folder of the given UIDVALIDITY: another one than before
// means that every UID has a new meaning, and the whole folder is taken again;
// the desk knows the bytes.
func (m *watch) adopt(validity uint32) {
	if validity == m.folder.validity {
		m.folder.begin()
		return
	}
	if m.folder.validity != 0 {
		m.renumbered(validity)
	}
	m.folder = newFolder(validity)
}

func (m *watch) renumbered(validity uint32) {
	m.status.Resets++
	m.Log.Info("folder renumbered, taking it anew", "mailbox", m.Name, "uidvalidity", validity)
}
