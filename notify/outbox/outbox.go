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
	"log/slog"
	"strings"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger"
)

// Sender is what the outbox asks of the post. When Send returns nil the server
// has the letter. Any error is one of mailer's four: refused for ever, later,
// not sent, or perhaps sent.
type Sender interface {
	Send(ctx context.Context, from, to string, raw []byte) error
}

// Fallback is told when a letter did not reach its person, so that the next
// one is told now. It may be told of the same letter again, and must tell the
// next person once.
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
	Count    func(state ledger.LetterState, twice bool) // metrics; twice: this copy may be the second that arrives
	Answer   func(err error)                            // whether the server answers; nil after a letter went

	idle int64 // atomic: since when the post as such does not work, in milliseconds, or postWorks
}

// lease is how long a claim lives between two signs of life of its sender.
const lease = 25 * time.Second

// patience is how long one try may take, from dialling to the last answer.
const patience = 2 * time.Minute

// Send pays one letter's debt, or tries to. It answers the ledger's sentinels
// when the job is not to be done now, and [ledger.ErrEarly] also when the letter
// was tried and put off, with the cause if it could not be written or kept.
// After any other error it is owed as before.
func (b *Box) Send(ctx context.Context, jobID string) error {
	x, err := b.Ledger.Letter(ctx, strings.TrimPrefix(jobID, "letter/"))
	if err != nil {
		return fmt.Errorf("letter: %w", err)
	}
	m, err := b.ready(ctx, x)
	if errors.Is(err, ErrLeft) {
		return b.nobody(ctx, x)
	}
	if err != nil {
		return b.unwritten(ctx, x, err)
	}
	t, err := b.begin(ctx, x, m)
	if err != nil {
		return err
	}
	return b.settle(ctx, t, b.post(ctx, t))
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
		if m.raw = b.kept(ctx, x, m.digest, nil); m.raw != nil {
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

// try is one attempt to send a letter that nobody else may send meanwhile.
type try struct {
	letter ledger.Letter
	claim  ledger.Claim
	mail   mail
}

// begin claims the letter. From here on its bytes stand.
func (b *Box) begin(ctx context.Context, x ledger.Letter, m mail) (t try, err error) {
	t = try{letter: x, mail: m}
	var stands string
	if t.claim, stands, err = b.Ledger.Begin(ctx, x, m.digest, b.Now(), lease); err != nil {
		return t, err
	}
	if stands != m.digest {
		t.mail.raw = b.kept(ctx, x, stands, m.raw)
	}
	if t.claim.Attempts > 1 { // another may have tried since x was read
		t.letter, err = b.Ledger.Letter(context.WithoutCancel(ctx), x.ID)
	}
	return t, err
}

// gone reports whether an earlier try may have reached its reader: its answer
// was lost, or its sender died before anything was written down.
func (t try) gone() bool {
	return t.letter.State == ledger.MaybeSent || t.claim.Attempts-1 > t.claim.Gen
}

// post sends the mail and keeps the claim alive meanwhile.
func (b *Box) post(ctx context.Context, t try) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	alive := make(chan struct{})
	go func() {
		defer close(alive)
		b.hold(ctx, cancel, t.claim)
	}()
	err := b.Sender.Send(ctx, t.mail.from, t.mail.to, t.mail.raw)
	cancel()
	<-alive
	return err
}

// hold keeps a claim alive until ctx ends. When another has taken it, stop is
// called: the letter is theirs to send.
func (b *Box) hold(ctx context.Context, stop func(), c ledger.Claim) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(lease / 3):
		}
		if err := b.Ledger.Extend(ctx, c, b.Now().Add(lease)); errors.Is(err, ledger.ErrLost) {
			stop()
			return
		}
	}
}
