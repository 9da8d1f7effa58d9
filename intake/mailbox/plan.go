package mailbox

import (
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// plan says which message is next. The newest and the oldest take turns, so
// that a backlog neither hides a new message nor starves behind many; what
// failed before comes after them, but at least every eighth time.
type plan struct {
	todo   []imap.UID // ascending
	turn   int
	trials map[imap.UID]*trial
}

// trial is a message that failed.
type trial struct {
	tries   int
	again   time.Time // not before
	running bool
	size    int64 // bytes it had when RFC822.SIZE named another size, or -1
}

const (
	asideAfter   = 3                // failures after which a person hears of it
	trialLongest = 10 * time.Minute // between tries
)

// add plans uids, which are ascending and not planned yet.
func (p *plan) add(uids []imap.UID) {
	n := len(p.todo)
	p.todo = append(p.todo, uids...)
	if n > 0 && len(uids) > 0 && uids[0] < p.todo[n-1] {
		slices.Sort(p.todo)
	}
}

// next takes one out of the plan.
func (p *plan) next(now time.Time) (imap.UID, bool) {
	p.turn++
	if len(p.todo) == 0 || p.turn%8 == 0 {
		if uid, ok := p.due(now); ok {
			return uid, true
		}
	}
	n := len(p.todo)
	if n == 0 {
		return 0, false
	}
	uid := p.todo[0]
	if p.turn%2 == 1 {
		uid, p.todo = p.todo[n-1], p.todo[:n-1]
	} else {
		p.todo = p.todo[1:]
	}
	return uid, true
}

// due starts the trial that has waited longest beyond its time.
func (p *plan) due(now time.Time) (uid imap.UID, ok bool) {
	for u, t := range p.trials {
		if !t.running && !t.again.After(now) && (!ok || t.again.Before(p.trials[uid].again)) {
			uid, ok = u, true
		}
	}
	if ok {
		p.trials[uid].running = true
	}
	return uid, ok
}

// failed notes one failure of uid. The second try is at once, each further one
// after twice the wait, from a second up.
func (p *plan) failed(uid imap.UID, now time.Time) *trial {
	t := p.trials[uid]
	if t == nil {
		t = &trial{size: -1}
		p.trials[uid] = t
	}
	t.running = false
	t.again = now
	if t.tries++; t.tries > 1 {
		t.again = now.Add(min(time.Second<<min(t.tries-2, 20), trialLongest))
	}
	return t
}

// amnesty lets all that failed try again at once: it was not their fault.
func (p *plan) amnesty() {
	for _, t := range p.trials {
		t.again = time.Time{}
	}
}

// soonest is when the next trial is due; ok is false when there is none.
func (p *plan) soonest() (at time.Time, ok bool) {
	for _, t := range p.trials {
		if !t.running && (!ok || t.again.Before(at)) {
			at, ok = t.again, true
		}
	}
	return at, ok
}

// aside counts the messages a person should hear of.
func (p *plan) aside() (n int) {
	for _, t := range p.trials {
		if t.tries >= asideAfter {
			n++
		}
	}
	return n
}
