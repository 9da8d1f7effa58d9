package outbox_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/notify/outbox"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// sender is a Sender that is a function.
type sender func(ctx context.Context, raw []byte) error

func (s sender) Send(ctx context.Context, _, _ string, raw []byte) error { return s(ctx, raw) }

// While a slow server thinks, the claim outlives its lease again and again.
func TestClaimLivesWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.concern(mailed("they wait for me at the gate"))
		d.runs = time.Now()
		x := d.letter("lead", casefile.Opened)
		sent := 0
		d.Sender = sender(func(context.Context, []byte) error {
			for range 23 { // 115 s, less than a try may take
				time.Sleep(5 * time.Second)
				_, err := d.Ledger.Claim(t.Context(), x.JobID(), d.now(), time.Second)
				if !errors.Is(err, ledger.ErrTaken) {
					t.Errorf("claim after %v: %v", d.now().Sub(noon), err)
				}
			}
			sent++
			return nil
		})
		d.must(d.Send(t.Context(), x.JobID()))
		d.state(x, ledger.Sent)
		if sent != 1 {
			t.Errorf("sent %d times", sent)
		}
	})
}

// A server that never answers is given up after two minutes, with the line.
func TestPatienceWithASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.concern(mailed("they wait for me at the gate"))
		d.runs = time.Now()
		d.Sender = sender(func(ctx context.Context, _ []byte) error {
			<-ctx.Done()
			return errors.Join(mailer.ErrUnsent, ctx.Err())
		})
		x := d.letter("lead", casefile.Opened)
		d.send(x)
		if took := d.now().Sub(noon); took != 2*minute {
			t.Errorf("took %v", took)
		}
		if j := d.jobs(ledger.LetterJob); j[len(j)-1].Due.Sub(noon) != 3*minute {
			t.Errorf("again at %v", j[len(j)-1].Due.Sub(noon))
		}
	})
}

// A worker that lost its claim, because it was frozen too long, stops sending
// and marks nothing, whatever its server answers.
func TestF62LostClaimMarksNothing(t *testing.T) {
	for _, cause := range []error{nil, mailer.ErrRefused, mailer.ErrLater, mailer.ErrUnsent, mailer.ErrMaybeSent} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.concern(mailed("they wait for me at the gate"))
			x := d.letter("lead", casefile.Opened)
			d.Sender = sender(func(ctx context.Context, _ []byte) error {
				d.at(time.Hour) // long past the half of the first step too
				_, err := d.Ledger.Claim(t.Context(), x.JobID(), d.now(), 2*time.Hour)
				d.must(err)
				select {
				case <-ctx.Done():
				case <-time.After(20 * time.Second):
					t.Error("goes on sending without a claim")
				}
				return cause
			})
			if err := d.Send(t.Context(), x.JobID()); !errors.Is(err, ledger.ErrLost) {
				t.Errorf("%v: said %v", cause, err)
			}
			d.state(x, ledger.Due)
			if len(d.told) != 0 {
				t.Errorf("%v: told %v", cause, d.told)
			}
		})
	}
}

// Told to stop while sending: what has certainly not gone is let go at once, for
// the next life to send; what may have gone waits its ten minutes.
func TestF12StoppedWhileSending(t *testing.T) {
	for cause, due := range map[error]time.Duration{mailer.ErrUnsent: 0, mailer.ErrLater: 0, mailer.ErrMaybeSent: 10 * minute} {
		d := newDesk(t)
		d.concern(mailed("they wait for me at the gate"))
		x := d.letter("lead", casefile.Opened)
		ctx, stop := context.WithCancel(t.Context())
		d.Sender = sender(func(ctx context.Context, _ []byte) error {
			stop()
			<-ctx.Done()
			return errors.Join(cause, ctx.Err())
		})
		if err := d.Send(ctx, x.JobID()); !errors.Is(err, ledger.ErrEarly) {
			t.Errorf("said %v", err)
		}
		i := slices.IndexFunc(d.jobs(ledger.LetterJob), func(j ledger.Job) bool { return j.Subject == x.ID })
		if i < 0 || d.jobs(ledger.LetterJob)[i].Due.Sub(noon) != due {
			t.Errorf("%v: jobs %+v", cause, d.jobs(ledger.LetterJob))
		}
		d.Sender = d.post
		d.pass(12 * minute)
		d.state(x, ledger.Sent)
		if len(d.heard) != 2 || errors.Join(d.heard...) != nil {
			t.Errorf("the post is blamed: %v", d.heard)
		}
	}
}

// Told to stop before sending, or while writing: nothing is claimed.
func TestF12StoppedBefore(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("they wait for me at the gate"))
	ctx, stop := context.WithCancel(t.Context())
	now := d.Writer.Now
	d.Writer.Now = func() time.Time { stop(); return now() }
	x := d.letter("lead", casefile.Opened)
	if err := d.Send(ctx, x.JobID()); !errors.Is(err, context.Canceled) {
		t.Errorf("said %v", err)
	}
	d.Writer.Now = now
	d.send(x)
	d.state(x, ledger.Sent)
	if len(d.post.to("lead")) != 1 || d.counts["twice"] != 0 {
		t.Errorf("sent %d times, counted %v", len(d.post.to("lead")), d.counts)
	}
}

// Two workers on one ledger, both rung for every letter: each goes once.
func TestTwoBoxesSendEachLetterOnce(t *testing.T) {
	d := newDesk(t)
	for range 20 {
		d.concern(mailed("concern " + time.Duration(d.n).String()))
	}
	other, l := *d.Box, *d.Ledger
	l.As("two")
	other.Ledger = &l
	var all sync.WaitGroup
	jobs := d.jobs(ledger.LetterJob)
	for _, b := range []*outbox.Box{d.Box, &other} {
		all.Go(func() {
			for _, j := range jobs {
				err := b.Send(t.Context(), j.ID)
				if err != nil && !errors.Is(err, ledger.ErrDone) && !errors.Is(err, ledger.ErrTaken) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	ids := map[string]bool{}
	for _, m := range d.post.got {
		ids[header(t, m.raw, "Message-ID")] = true
	}
	if len(jobs) < 40 || len(ids) != len(jobs) || len(d.post.got) != len(jobs) {
		t.Errorf("%d letters, %d sent under %d names", len(jobs), len(d.post.got), len(ids))
	}
	if d.counts["twice"] != 0 {
		t.Errorf("counted %v", d.counts)
	}
}
