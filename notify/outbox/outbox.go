// Package outbox pays the debt of letters: it has each one written, keeps it,
// sends it and records what became of it, at least once and always under the
// same Message-ID.
//
// It knows the ledger's letters and which answer of a mail server means "again"
// and which "never". It must never decide who is told or what a letter says, and
// it has no way to put evidence into a letter.
package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/notify/mailer"
	"dutydesk/workflow/ledger"
)

// Sender is what the outbox asks of the post. When Send returns nil the server
// has the letter. Any error is one of mailer's four: refused for ever, later,
// not sent, or perhaps sent.
type Sender interface {
	Send(ctx context.Context, from, to string, raw []byte) error
}

// Fallback is told when a letter did not reach its person, so that the next
// one is told now.
type Fallback interface {
	Undelivered(ctx context.Context, letterID, why string) error
}

// Box sends letters. All fields are set before first use.
type Box struct {
	Ledger   *ledger.Ledger
	Store    *evidence.Store
	Writer   *Writer
	Sender   Sender
	Fallback Fallback
	Now      func() time.Time
	Log      *slog.Logger
	Count    func(state ledger.LetterState, twice bool) // metrics; twice: may have gone before
	Answer   func(err error)                            // whether the server answers; nil after a letter went
}

// lease is how long a claim lives between two signs of life of its sender.
const lease = 25 * time.Second

// patience is how long one try may take, from dialling to the last answer.
const patience = 2 * time.Minute

// Send pays one letter's debt. It answers the ledger's sentinels when the job
// is not to be done now; any other error was written down with the letter.
func (b *Box) Send(ctx context.Context, jobID string) error {
	x, err := b.Ledger.Letter(ctx, strings.TrimPrefix(jobID, "letter/"))
	if err != nil {
		return fmt.Errorf("letter: %w", err)
	}
	mail, err := b.ready(ctx, x)
	if errors.Is(err, ErrLeft) {
		return b.nobody(ctx, x)
	}
	if err != nil {
		return b.putOff(ctx, x, err)
	}
	c, digest, err := b.Ledger.Begin(ctx, x, mail.digest, b.Now(), lease)
	if err != nil {
		return err
	}
	if digest != mail.digest {
		mail.raw = b.kept(ctx, digest, mail.raw)
	}
	return b.settle(context.WithoutCancel(ctx), x, c, b.post(ctx, c, mail))
}

// mail is a letter as bytes, kept under digest.
type mail struct {
	from, to, digest string
	raw              []byte
}

// ready has the letter written and kept, unless that was done by an earlier try.
func (b *Box) ready(ctx context.Context, x ledger.Letter) (m mail, err error) {
	if m.from, m.to, err = b.Writer.envelope(x); err != nil {
		return m, err
	}
	if m.digest = x.SHA256; m.digest != "" {
		if m.raw = b.kept(ctx, m.digest, nil); m.raw != nil {
			return m, nil
		}
	}
	if m.raw, err = b.Writer.write(ctx, x); err != nil {
		return m, err
	}
	s, err := b.Store.Seal(ctx, bytes.NewReader(m.raw))
	if err != nil {
		return m, fmt.Errorf("keep letter: %w", err)
	}
	m.digest = string(s.Digest)
	return m, nil
}

// kept reads a letter as it was kept. A copy that cannot be read is written
// anew: a lead is rather told twice in other words than not at all.
func (b *Box) kept(ctx context.Context, digest string, instead []byte) []byte {
	e, err := b.Store.Open(ctx, evidence.Digest(digest))
	if err != nil {
		return instead
	}
	defer e.Close()
	raw, err := io.ReadAll(io.NewSectionReader(e, 0, e.Size()))
	if err != nil {
		return instead
	}
	return raw
}

// post sends the mail and keeps the claim alive meanwhile.
func (b *Box) post(ctx context.Context, c ledger.Claim, m mail) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	alive := make(chan struct{})
	go func() {
		defer close(alive)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lease / 3):
				if b.Ledger.Extend(ctx, c, b.Now().Add(lease)) != nil {
					return
				}
			}
		}
	}()
	err := b.Sender.Send(ctx, m.from, m.to, m.raw)
	cancel()
	<-alive
	return err
}

// settle records what became of a try.
func (b *Box) settle(ctx context.Context, x ledger.Letter, c ledger.Claim, err error) error {
	b.Answer(err)
	now := b.Now()
	var e *mailer.Error
	code := 0
	if errors.As(err, &e) {
		code = e.Code()
	}
	maybe := errors.Is(err, mailer.ErrMaybeSent)
	b.Count(stateAfter(err), c.Attempts > 1 && (x.State == ledger.MaybeSent || err == nil && x.State == ledger.Due && x.Code == 0))
	switch {
	case err == nil:
		return b.Ledger.Posted(ctx, c, now)
	case errors.Is(err, mailer.ErrRefused):
		return errors.Join(b.Ledger.Refused(ctx, c, code, now), b.Fallback.Undelivered(ctx, x.ID, "the mail server refused the letter"))
	case maybe && x.State == ledger.MaybeSent:
		return b.Ledger.Unsure(ctx, c, now)
	}
	b.Log.Warn("letter put off", "letter", x.ID, "attempt", c.Attempts, "code", code, "maybe_sent", maybe)
	return errors.Join(b.Ledger.Delay(ctx, c, maybe, code, now.Add(pause(c.Attempts, maybe))), b.overtake(ctx, x, now))
}

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

// overtake tells the next rung when the post has used up half of the time the
// letter's reader had to act (F51). The letter itself is still tried.
func (b *Box) overtake(ctx context.Context, x ledger.Letter, now time.Time) error {
	if x.GiveUp.IsZero() || now.Before(x.GiveUp) {
		return nil
	}
	return b.Fallback.Undelivered(ctx, x.ID, "the mail server has not taken the letter in time")
}

// pause is the time until the next try: 1, 2, 4, 8, 15 minutes and 15 from then
// on (F51). A letter that may have gone waits ten (F54).
func pause(attempts int, maybe bool) time.Duration {
	if maybe {
		return 10 * time.Minute
	}
	return min(15*time.Minute, time.Minute<<min(max(attempts-1, 0), 4))
}

// putOff puts a letter off that could not be written or kept; that is not the
// post's fault and not the letter's.
func (b *Box) putOff(ctx context.Context, x ledger.Letter, cause error) error {
	c, err := b.Ledger.Claim(ctx, x.JobID(), b.Now(), lease)
	if err != nil {
		return err
	}
	err = b.Ledger.Release(context.WithoutCancel(ctx), c, b.Now().Add(time.Minute), "could not be written")
	return errors.Join(fmt.Errorf("letter %s: %w", x.ID, cause), err)
}

// nobody settles a letter whose person is not on the roster any more.
func (b *Box) nobody(ctx context.Context, x ledger.Letter) error {
	c, _, err := b.Ledger.Begin(ctx, x, "", b.Now(), lease)
	if err != nil {
		return err
	}
	return errors.Join(b.Ledger.Refused(ctx, c, 0, b.Now()), b.Fallback.Undelivered(ctx, x.ID, "the person is not on the roster any more"))
}
