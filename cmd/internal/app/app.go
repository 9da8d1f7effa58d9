package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"dutydesk/config"
	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/intake/mailbox"
	"dutydesk/intake/message"
	"dutydesk/intake/webform"
	"dutydesk/notify/mailer"
	"dutydesk/notify/outbox"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/queue"
	"dutydesk/workflow/sla/policy"
)

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
	Rounds *workflow.Rounds

	cfg      *config.Config
	clock    Clock
	log      *slog.Logger
	metrics  *Metrics
	sender   *mailer.Sender
	ready    map[string]ready // by "smtp" and "mailbox NAME"
	watchers []*mailbox.Watcher
	board    board
	instance string
	slip     *slip
	fatal    chan error    // the first failure of the evidence disk
	form     *webform.Form // nil if there is none
	closes   []func() error
}

// New opens every part in order. What was opened is closed again when a later
// part cannot be.
func New(ctx context.Context, cfg *config.Config, clock Clock, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, clock: clock, log: log, fatal: make(chan error, 1)}
	for _, open := range []func(context.Context) error{a.openData, a.openLedger, a.openOffice, a.openRounds, a.openQueue, a.older, a.beat, a.openMail, a.openHealth, a.openForm} {
		if err := open(ctx); err != nil {
			cannotOpen(ctx, cfg, log, err)
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
	if a.slip, err = openSlip(a.cfg); err != nil {
		return err
	}
	a.Store, err = evidence.Open(a.cfg.EvidenceDir())
	if err == nil {
		a.closes = append(a.closes, a.Store.Close)
	}
	return err
}

// openLedger refuses to begin a new ledger beside an old desk.
func (a *App) openLedger(ctx context.Context) (err error) {
	if err := Lost(ctx, a.cfg); err != nil {
		return err
	}
	if a.Ledger, err = ledger.Open(ctx, a.cfg.LedgerTarget()); err != nil {
		return err
	}
	a.closes = append(a.closes, a.Ledger.Close)
	a.Ledger.As(a.instance)
	if err := a.begin(ctx); err != nil {
		return err
	}
	if err := sameFolder(ctx, a.Ledger, a.Store, a.cfg.EvidenceDir()); err != nil {
		return err
	}
	return a.Ledger.Abandon(ctx)
}

func (a *App) openOffice(ctx context.Context) error {
	key, err := ledgerKey(ctx, a.Ledger, a.cfg.KeyFile())
	if err != nil {
		return err
	}
	rules, err := a.rules(ctx)
	if err != nil {
		return err
	}
	a.Office = &workflow.Office{Ledger: a.Ledger, Rules: rules, Key: key, Prefix: a.cfg.Service.ReferencePrefix, Now: a.clock.Now,
		Reopen: func(ctx context.Context) (policy.Books, error) { return reopenAll(ctx, a.Ledger) }}
	a.Desk = &intake.Desk{Store: a.Store, Ledger: a.Ledger, Office: a.Office, Address: strings.ToLower(a.cfg.Service.Address),
		Reader: message.Reader{Keys: keys(a.cfg)}, Trust: trust(a.cfg), Now: a.clock.Now}
	a.metrics = NewMetrics(a.Ledger, a.clock.Now, a.log)
	return nil
}

// rules are those new cases begin under, and the policies of those that are there.
func (a *App) rules(ctx context.Context) (casefile.Rules, error) {
	b, err := Book(a.cfg)
	if err != nil {
		return casefile.Rules{}, err
	}
	if err := keepPolicy(ctx, a.Ledger, b, a.clock.Now()); err != nil {
		return casefile.Rules{}, err
	}
	r, err := LedgerRules(ctx, a.cfg, a.Ledger)
	r.Version = b.Version
	return r, err
}

func (a *App) openQueue(ctx context.Context) error {
	r, err := a.redis()
	if err != nil {
		return err
	}
	name, err := a.Ledger.Marked(ctx, begunMark)
	if err != nil {
		return err
	}
	a.Queue, err = queue.New(queue.Options{Redis: r, Desk: name, Book: a.Ledger, Now: a.clock.Now, Wait: a.clock.Wait, Done: a.metrics.Done, Log: a.log,
		Do: map[ledger.Kind]queue.Doer{ledger.DisposeJob: a.Desk.Dispose, ledger.LetterJob: a.send, ledger.AlarmJob: a.Office.Elapse, ledger.TickJob: a.Rounds.Do}})
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

// Run runs every part until ctx ends or one fails. A clean stop is no error. It
// says that the desk runs once that is so: what listens listens, the ledger
// answers, and Redis was found fit or absent.
func (a *App) Run(ctx context.Context) error {
	doors, err := a.listen(ctx)
	if err != nil {
		return err
	}
	defer doors.close()
	without, err := a.admit(ctx)
	if ctx.Err() != nil {
		return nil // told to stop before it began
	}
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	run := func(part func(context.Context) error) {
		g.Go(func() error { return Guarded(func() error { return part(ctx) }) })
	}
	run(a.Queue.Run)
	run(a.replan)
	for _, w := range a.watchers {
		run(func(ctx context.Context) error { return a.watch(ctx, w) })
	}
	run(a.Health.Run)
	past := newBypass(a.cfg, a.slip, a.sender.Send, a.log)
	past.Now = a.clock.Now
	run(past.run)
	run(a.tellMissing)
	run(a.beats)
	run(a.warnOfSecrets)
	run(doors.serve)
	run(a.disk)
	if a.form != nil {
		run(a.form.Run)
	}
	tellSystemd(ctx, "READY=1")
	stopping := context.AfterFunc(ctx, func() { tellSystemd(context.WithoutCancel(ctx), "STOPPING=1") })
	defer stopping()
	a.log.Info("dutydesk runs"+without, "ledger", a.Ledger.Dialect(), "mailboxes", len(a.watchers))
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// admit asks the ledger and Redis before the desk says that it runs. Redis may
// be absent, which without says in words; one that answers and is unfit is
// refused.
func (a *App) admit(ctx context.Context) (without string, err error) {
	if err := a.Ledger.Ping(ctx); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	facts, err := a.Queue.Inspect(ctx)
	if err != nil {
		return " without Redis", nil
	}
	if err := facts.Refusal(); err != nil {
		return "", fmt.Errorf("redis: %w", err)
	}
	if err := a.Queue.Claim(ctx); errors.Is(err, queue.ErrForeign) {
		return "", fmt.Errorf("redis: %w", err)
	}
	return "", nil
}

// disk waits for the first failure of the evidence disk.
func (a *App) disk(ctx context.Context) error {
	select {
	case err := <-a.fatal:
		return err
	case <-ctx.Done():
		return nil
	}
}
