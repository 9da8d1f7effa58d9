package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"dutydesk/config"
	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/intake/mailbox"
	"dutydesk/notify/mailer"
	"dutydesk/notify/outbox"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/queue"
)

// Clock is the desk's one clock. Wait is how long, in real time, until it shows
// an instant; the two differ from the machine's only in the demo.
type Clock struct {
	Now  func() time.Time
	Wait func(time.Time) time.Duration
}

// RealClock is the machine's clock.
func RealClock() Clock { return Clock{Now: time.Now, Wait: time.Until} }

// App is a desk whose parts are open. Parts may be used by the demo and by
// tests; they are never replaced.
type App struct {
	Ledger *ledger.Ledger
	Store  *evidence.Store
	Office *workflow.Office
	Desk   *intake.Desk
	Queue  *queue.Queue
	Box    *outbox.Box
	Health *Health

	cfg      *config.Config
	clock    Clock
	log      *slog.Logger
	metrics  *Metrics
	sender   *mailer.Sender
	watchers []*mailbox.Watcher
	board    board
	instance string
	fatal    chan error // the first failure of the evidence disk
	closes   []func() error
}

// New opens every part in order. What was opened is closed again when a later
// part cannot be.
func New(ctx context.Context, cfg *config.Config, clock Clock, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, clock: clock, log: log, fatal: make(chan error, 1)}
	for _, open := range []func(context.Context) error{a.openData, a.openLedger, a.openOffice, a.openQueue, a.openMail, a.openHealth} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// Close closes what New opened, last opened first.
func (a *App) Close() (err error) {
	for _, c := range slices.Backward(a.closes) {
		err = errors.Join(err, c())
	}
	a.closes = nil
	return err
}

func (a *App) openData(context.Context) error {
	lock, err := lockData(a.cfg.Data)
	if err != nil {
		return err
	}
	a.closes = append(a.closes, lock.Close)
	if a.instance, err = instance(a.cfg.Data); err != nil {
		return err
	}
	a.Store, err = evidence.Open(a.cfg.EvidenceDir())
	if err == nil {
		a.closes = append(a.closes, a.Store.Close)
	}
	return err
}

// ErrGone reports evidence without the ledger that says what it is.
var ErrGone = errors.New("the ledger is gone but the evidence is there: restore the ledger from the backup; to begin anew, move the evidence folder away")

// openLedger refuses to begin a new ledger beside old evidence.
func (a *App) openLedger(ctx context.Context) (err error) {
	target := a.cfg.LedgerTarget()
	if _, missing := os.Stat(target); missing != nil && !a.cfg.Postgres() {
		for _, err := range a.Store.Digests(ctx) {
			return errors.Join(fmt.Errorf("open ledger %s: %w", target, ErrGone), err)
		}
	}
	if a.Ledger, err = ledger.Open(ctx, target); err != nil {
		return err
	}
	a.closes = append(a.closes, a.Ledger.Close)
	a.Ledger.As(a.instance)
	return a.Ledger.Abandon(ctx)
}

func (a *App) openOffice(context.Context) error {
	key, err := loadKey(a.cfg.KeyFile())
	if err != nil {
		return err
	}
	a.Office = &workflow.Office{Ledger: a.Ledger, Rules: Rules(a.cfg), Key: key, Prefix: a.cfg.Service.ReferencePrefix, Now: a.clock.Now}
	a.Desk = &intake.Desk{Store: a.Store, Ledger: a.Ledger, Office: a.Office, Address: strings.ToLower(a.cfg.Service.Address), Now: a.clock.Now, Log: a.log}
	a.metrics = NewMetrics(a.Ledger, a.clock.Now, a.log)
	return nil
}

func (a *App) openQueue(context.Context) error {
	r, err := a.redis()
	if err != nil {
		return err
	}
	a.Queue, err = queue.New(queue.Options{Redis: r, Book: a.Ledger, Now: a.clock.Now, Wait: a.clock.Wait, Done: a.metrics.Done, Log: a.log,
		Do: map[ledger.Kind]queue.Doer{ledger.DisposeJob: a.Desk.Dispose, ledger.LetterJob: a.send, ledger.AlarmJob: a.Office.Elapse}})
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	a.closes = append(a.closes, a.Queue.Close)
	a.Office.Reminder, a.Desk.Reminder = a.Queue, a.Queue
	return nil
}

// redis is the configured Redis, or one started in this process.
func (a *App) redis() (queue.Redis, error) {
	if a.cfg.EmbeddedRedis() {
		r, stop, err := queue.StartEmbedded()
		if err == nil {
			a.closes = append(a.closes, func() error { stop(); return nil })
		}
		return r, err
	}
	return Redis(a.cfg)
}

// send exists because the box is opened after the queue. A letter is kept on the
// same disk as what arrives.
func (a *App) send(ctx context.Context, id string) error { return a.watchDisk(a.Box.Send(ctx, id)) }

// Run runs every part until ctx ends or one fails. A clean stop is no error.
func (a *App) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Queue.Run(ctx) })
	for _, w := range a.watchers {
		g.Go(func() error { return a.watch(ctx, w) })
	}
	g.Go(func() error { return a.Health.Run(ctx) })
	g.Go(func() error { return a.serve(ctx) })
	g.Go(func() error {
		select {
		case err := <-a.fatal:
			return err
		case <-ctx.Done():
			return nil
		}
	})
	tellSystemd(ctx, "READY=1")
	a.log.Info("dutydesk runs", "ledger", a.Ledger.Dialect(), "mailboxes", len(a.watchers))
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
