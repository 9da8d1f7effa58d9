package mailer

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// quick is how long a parked line may take to show that it lives.
const quick = 5 * time.Second

// line is one connection to the relay. It is used by one goroutine at a time.
type line struct {
	smtp   *smtp.Client
	wire   *wire
	set    *Settings
	tied   func() bool // stops the watch on the context of the present letter
	expiry *time.Timer // owned by Sender, runs while parked
	dirty  bool        // the last letter was not accepted: RSET first
}

// wire remembers whether anything we wrote did not leave.
type wire struct {
	net.Conn
	torn atomic.Bool
}

// Write marks the wire torn when not every byte could be handed to the network.
func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	if err != nil {
		w.torn.Store(true)
	}
	return n, err
}

// tie makes the end of ctx the end of the line, whatever it waits for.
func (l *line) tie(ctx context.Context) {
	l.tied = context.AfterFunc(ctx, func() { l.wire.Close() })
}

// loose undoes tie and reports whether the line survived.
func (l *line) loose() bool { return l.tied() }

// mailAgain begins a letter on a parked line. MAIL changes nothing at the
// relay, so that a dead line costs one short wait and no doubt.
func (l *line) mailAgain(ctx context.Context, from string) error {
	l.tie(ctx)
	if l.dirty {
		if err := l.do(ctx, stepReset, quick, l.smtp.Reset); err != nil {
			return err
		}
	}
	return l.do(ctx, stepMail, quick, func() error { return l.smtp.Mail("<" + from + ">") })
}

// mail begins a letter on a fresh line.
func (l *line) mail(ctx context.Context, from string) error {
	return l.do(ctx, stepMail, l.set.Patience, func() error { return l.smtp.Mail("<" + from + ">") })
}

// deliver names the recipient and hands over raw. A letter that cannot be
// written whole is never ended by a dot: the line is dropped instead, so that
// no half letter is delivered.
func (l *line) deliver(ctx context.Context, to string, raw []byte) error {
	err := l.do(ctx, stepRcpt, l.set.Patience, func() error { return l.smtp.Rcpt("<" + to + ">") })
	if err != nil {
		return err
	}
	var body interface {
		Write([]byte) (int, error)
		Close() error
	}
	err = l.do(ctx, stepData, l.set.Patience, func() (err error) {
		body, err = l.smtp.Data()
		return err
	})
	if err != nil {
		return err
	}
	err = l.do(ctx, stepBody, l.set.Patience, func() error {
		_, err := body.Write(raw)
		return err
	})
	if err != nil {
		return err
	}
	return l.do(ctx, stepDot, l.set.Verdict, body.Close)
}

// do runs one step with its own patience and says in our words what went wrong.
func (l *line) do(ctx context.Context, s step, patience time.Duration, f func() error) error {
	err := l.smtp.UpdateDeadline(patience)
	if err == nil {
		err = f()
	}
	if err == nil {
		return nil
	}
	return judge(ctx, s, l.wire.torn.Load(), err)
}

// quit ends the line politely, within a second.
func (l *line) quit() {
	if err := l.smtp.UpdateDeadline(time.Second); err == nil {
		_ = l.smtp.Quit()
	}
	l.hang()
}

// hang drops the line.
func (l *line) hang() { _ = l.wire.Close() }
