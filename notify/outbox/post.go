package outbox

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/workflow/ledger"
)

// postPause is the longest time between two tries while the post as such does
// not work: nobody is asked to wait who waits for one recipient's server.
const postPause = ledger.AwaitMost - time.Minute

// wholePost reports a failure that says nothing of the letter or its recipient:
// any other letter would have had it too.
func wholePost(err error) bool {
	var e *mailer.Error
	switch {
	case err == nil, errors.Is(err, mailer.ErrRefused), errors.Is(err, mailer.ErrMaybeSent):
		return false
	case errors.Is(err, mailer.ErrUnsent), !errors.As(err, &e):
		return errors.Is(err, mailer.ErrUnsent)
	}
	return e.Code() == 421 || !slices.Contains([]string{"rcpt", "data", "body", "dot"}, e.Step()) // RFC 5321, 3.8: the service closes
}

// Lineless reports a failure before the post was asked to take a letter at all:
// whether it still holds can be found out without one.
func Lineless(err error) bool {
	var e *mailer.Error
	return errors.As(err, &e) && slices.Contains([]string{"connect", "hello", "tls", "auth", "noop"}, e.Step())
}

// postWorks stands for the time since when the post does not work; zero is a
// time before this life.
const postWorks = -1

// lull is how long the post must not have worked for its first answer to count
// as a return. One line that breaks is none: what is wrong may be the letter.
const lull = time.Minute

// heard takes note of what the post answered. The first answer after it did not
// work for a while has everything sent that waited for it.
func (b *Box) heard(ctx context.Context, err error) error {
	switch now := b.Now().UnixMilli(); {
	case errors.Is(err, mailer.ErrMaybeSent):
		return nil
	case wholePost(err):
		if !atomic.CompareAndSwapInt64(&b.idle, postWorks, now) {
			atomic.CompareAndSwapInt64(&b.idle, 0, now)
		}
		return nil
	default:
		if since := atomic.SwapInt64(&b.idle, postWorks); since == postWorks || now-since < lull.Milliseconds() {
			return nil
		}
	}
	return b.Resume(ctx)
}

// Resume has everything sent now that waits for the post, because it works.
func (b *Box) Resume(ctx context.Context) error {
	n, err := b.Ledger.Resume(ctx, b.Now())
	if n > 0 {
		b.Log.Info("the post works again", "letters", n)
	}
	return err
}
