package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/notify"
	"dutydesk/notify/mailer"
	"dutydesk/workflow/ledger"
)

// Why the next rung is told, for the chronology.
const (
	whyRefused = "the mail server refused the letter"
	whyLate    = "the mail server has not taken the letter in time"
	whyDoubt   = "the mail server never said whether it has the letter"
	whyLeft    = "the person is not on the roster any more"
	whyWords   = "the letter could not be written"
)

// settle records what became of a try, also when the process is about to end.
func (b *Box) settle(ctx context.Context, t try, err error) error {
	stopped := errors.Is(ctx.Err(), context.Canceled)
	ctx = context.WithoutCancel(ctx)
	if !errors.Is(err, context.Canceled) {
		b.Answer(err)
	}
	maybe := errors.Is(err, mailer.ErrMaybeSent)
	b.Count(stateAfter(err), t.gone() && (err == nil || maybe))
	if err := b.heard(ctx, err); err != nil {
		b.Log.Warn("letters that wait for the post are not sent at once", "err", err)
	}
	switch {
	case err == nil:
		return b.Ledger.Posted(ctx, t.claim, b.Now())
	case errors.Is(err, mailer.ErrRefused):
		return b.end(ctx, t, whyRefused, func() error { return b.Ledger.Refused(ctx, t.claim, code(err), b.Now()) })
	case maybe && t.letter.State == ledger.MaybeSent:
		return b.end(ctx, t, whyDoubt, func() error { return b.Ledger.Unsure(ctx, t.claim, b.Now()) })
	}
	return b.putOff(ctx, t, err, stopped)
}

// receiptLife is how long the desk tries to tell a reporter that a mail came.
const receiptLife = 24 * time.Hour

// stateAfter is what the letter is after a try.
func stateAfter(err error) ledger.LetterState {
	switch {
	case err == nil:
		return ledger.Sent
	case errors.Is(err, mailer.ErrRefused):
		return ledger.Failed
	case errors.Is(err, mailer.ErrMaybeSent):
		return ledger.MaybeSent
	}
	return ledger.Due
}

// code is the server's answer, 0 if there was none.
func code(err error) int {
	var e *mailer.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// end ends the debt of a letter that did not reach its person for certain. The
// next rung is told first: a crash in between has it told by the next try.
func (b *Box) end(ctx context.Context, t try, why string, record func() error) error {
	if err := b.climb(ctx, t.letter, t.claim, why); errors.Is(err, ledger.ErrLost) {
		return err
	} else if err != nil {
		again := b.Now().Add(pause(t.claim.Attempts, false))
		return errors.Join(err, b.Ledger.Delay(ctx, t.claim, t.letter.State == ledger.MaybeSent, t.letter.Code, again))
	}
	return record()
}

// climb has the next rung told, if the letter is still ours to decide on.
func (b *Box) climb(ctx context.Context, x ledger.Letter, c ledger.Claim, why string) error {
	if err := b.Ledger.Extend(ctx, c, b.Now().Add(lease)); err != nil {
		return err
	}
	return b.Fallback.Undelivered(ctx, x.ID, why)
}

// putOff has the letter tried again. Once the post has used up half of the time
// the letter's reader had to act, the next rung is told as well (F51). A letter
// that may have gone stays one, whatever later tries are answered (F54).
func (b *Box) putOff(ctx context.Context, t try, cause error, stopped bool) error {
	now, maybe := b.Now(), errors.Is(cause, mailer.ErrMaybeSent)
	wait := pause(t.claim.Attempts, maybe)
	whole := !maybe && wholePost(cause)
	if whole && t.letter.Address == "" { // a receipt has time
		wait = min(wait, postPause)
	}
	again := next(t.letter, now, wait, maybe)
	if stopped && !maybe {
		again = now // the next life sends it at once (F12)
	}
	b.Log.Warn("letter put off", "letter", t.letter.ID, "attempt", t.claim.Attempts, "code", code(cause), "maybe_sent", maybe, "relay", errors.Is(cause, mailer.ErrRelay))
	if t.letter.Address != "" && now.Sub(t.letter.Created) > receiptLife {
		return b.end(ctx, t, whyLate, func() error { return b.Ledger.Refused(ctx, t.claim, code(cause), now) })
	}
	var err error
	if overdue(t.letter, now, again, maybe) {
		if err = b.climb(ctx, t.letter, t.claim, whyLate); errors.Is(err, ledger.ErrLost) {
			return err
		}
	}
	if err = errors.Join(err, b.delay(ctx, t, cause, whole && wait <= postPause, again)); err != nil {
		return err
	}
	return fmt.Errorf("letter put off: %w", ledger.ErrEarly)
}

// delay writes down that a letter was put off, and whether only the post is
// waited for.
func (b *Box) delay(ctx context.Context, t try, cause error, whole bool, again time.Time) error {
	if whole {
		return b.Ledger.Await(ctx, t.claim, code(cause), again)
	}
	doubt := errors.Is(cause, mailer.ErrMaybeSent) || t.letter.State == ledger.MaybeSent
	return b.Ledger.Delay(ctx, t.claim, doubt, code(cause), again)
}

// pause is the time until the next try: 1, 2, 4, 8, 15 minutes and 15 from then
// on (F51). A letter that may have gone waits ten (F54).
func pause(attempts int, maybe bool) time.Duration {
	if maybe {
		return 10 * time.Minute
	}
	return min(15*time.Minute, time.Minute<<min(max(attempts-1, 0), 4))
}

// next is when to try again: after the pause, and also at the moment at which
// the next rung would be told, so that this moment is not slept through.
func next(x ledger.Letter, now time.Time, pause time.Duration, maybe bool) time.Time {
	again := now.Add(pause)
	if !maybe && x.GiveUp.After(now) && x.GiveUp.Before(again) {
		return x.GiveUp
	}
	return again
}

// overdue reports whether the next rung is to be told now. A letter that may
// have gone is not tried before again, which then must not be too late.
func overdue(x ledger.Letter, now, again time.Time, maybe bool) bool {
	if maybe {
		now = again
	}
	return !x.GiveUp.IsZero() && !now.Before(x.GiveUp)
}

// unwritten puts a letter off that could not be written or kept; that is not
// the post's fault and the try does not count. What cannot be written out of
// these facts will not be in a minute: then the next rung is told at once.
func (b *Box) unwritten(ctx context.Context, x ledger.Letter, cause error) error {
	c, err := b.Ledger.Claim(ctx, x.JobID(), b.Now(), lease)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	b.Log.Error("letter could not be written", "letter", x.ID, "kind", x.Kind, "err", cause)
	now := b.Now()
	if overdue(x, now, now, false) || errors.Is(cause, notify.ErrFacts) || errors.Is(cause, mailer.ErrUnfit) {
		err = b.climb(ctx, x, c, whyWords)
	}
	if err = errors.Join(err, b.Ledger.Release(ctx, c, next(x, now, time.Minute, false), ledger.Unwritten)); err != nil {
		return err
	}
	return fmt.Errorf("letter put off: %w: %w", ledger.ErrEarly, cause)
}

// nobody settles a letter whose person is not on the roster any more.
func (b *Box) nobody(ctx context.Context, x ledger.Letter) error {
	c, _, err := b.Ledger.Begin(ctx, x, "", b.Now(), lease)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	return b.end(ctx, try{letter: x, claim: c}, whyLeft, func() error { return b.Ledger.Refused(ctx, c, 0, b.Now()) })
}
