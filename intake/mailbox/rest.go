package mailbox

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// idleLongest bounds one IDLE, so that a line that died without a word is found
// within this and the stall of the answer that then is owed.
const idleLongest = 30 * time.Second

// rest waits for news, in IDLE where the server has it. Nothing is on the line.
func (v *visit) rest(ctx context.Context) error {
	idle, err := v.idle()
	if err != nil {
		return err
	}
	if err := v.line.rest(); err != nil {
		return errCut
	}
	woken, err := v.doze(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	if idle != nil {
		if err := v.rise(idle); err != nil {
			return err
		}
	}
	if woken {
		v.guess()
		v.look(v.folder.next)
	}
	return nil
}

// idle begins IDLE, or returns nil where the server has none.
func (v *visit) idle() (*imapclient.IdleCommand, error) {
	if v.noIdle || !v.caps.Has(imap.CapIdle) {
		return nil, nil
	}
	idle, err := v.client.Idle()
	if err == nil {
		return idle, nil
	}
	if said, no := refusal(err); !no || patient(said) {
		return nil, refused("idle", err, ErrServer)
	}
	v.noIdle = true
	return nil, nil
}

// rise ends IDLE. What follows is sent without waiting for the server's OK.
func (v *visit) rise(idle *imapclient.IdleCommand) error {
	if err := idle.Close(); err != nil {
		return errCut
	}
	v.onLine++
	go func() {
		err := idle.Wait()
		v.events <- func() error {
			if v.onLine--; err != nil {
				return refused("idle", err, ErrServer)
			}
			return nil
		}
	}()
	return nil
}

// doze waits until something is due. woken is true when the server said EXISTS.
func (v *visit) doze(ctx context.Context) (woken bool, err error) {
	slept := time.Now()
	for {
		timer := time.NewTimer(v.due(slept))
		select {
		case event := <-v.events:
			err = event()
			if err == nil && v.due(slept) > 0 && !v.ready() {
				timer.Stop()
				continue
			}
		case <-v.wake:
			woken = true
		case <-timer.C:
		case <-ctx.Done():
		case <-v.client.Closed():
			err = errCut
		}
		timer.Stop()
		return woken, err
	}
}

// ready reports whether there is a message to ask for at once.
func (v *visit) ready() bool {
	return (len(v.folder.plan.todo) > 0 || len(v.moot) > 0 && v.stays()) && v.inHand < v.ahead
}

// due is how long it is until the next thing to do, having slept since then.
func (v *visit) due(slept time.Time) time.Duration {
	at := v.beat
	if longest := slept.Add(idleLongest); longest.Before(at) {
		at = longest
	}
	if len(v.taken) > 0 && v.move.Before(at) {
		at = v.move
	}
	if len(v.unmeasured) > 0 && !v.measuring && v.weighing.Before(at) {
		at = v.weighing
	}
	if trial, ok := v.folder.plan.soonest(); ok && trial.Before(at) {
		at = trial
	}
	if news, ok := v.rememberAt(); ok && news.Before(at) {
		at = news
	}
	return max(0, time.Until(at))
}
