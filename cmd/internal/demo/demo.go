package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
	book "dutydesk/workflow/sla/policy"
)

// Options of a demo. The zero value runs at the machine's own speed and logs
// nothing.
type Options struct {
	Speed float64 // desk seconds in a real second, 1 if 0
	Log   *slog.Logger
}

// Demo is a council in a box: the post, the desk that runs on it, and the clock
// they share.
type Demo struct {
	Council *Council
	Clock   *Clock
	Config  string // path of the desk's configuration, for the reading commands

	app     *app.App
	speed   float64
	rules   casefile.Rules
	dir     string
	ended   chan error // what Run of the desk returned
	stop    context.CancelFunc
	zone    *time.Location
	service string
}

// Start opens the post office and a desk on it, in a folder of its own that
// Close removes. The desk runs until then.
func Start(ctx context.Context, o Options) (*Demo, error) {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Demo{Clock: NewClock(time.Now().Truncate(time.Second), o.Speed), speed: o.Speed}
	if err := d.open(ctx, o.Log); err != nil {
		return nil, errors.Join(fmt.Errorf("start demo: %w", err), d.Close())
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop, d.ended = stop, make(chan error, 1)
	go func() { d.ended <- d.app.Run(run) }()
	return d, nil
}

func (d *Demo) open(ctx context.Context, log *slog.Logger) (err error) {
	if d.Council, err = Open(d.Clock.Now); err != nil {
		return err
	}
	if d.dir, err = os.MkdirTemp("", "dutydesk-demo-"); err != nil {
		return err
	}
	cfg, err := d.configure()
	if err != nil {
		return err
	}
	d.rules, d.zone, d.service = app.Rules(cfg), cfg.Zone(), cfg.Service.Name
	d.app, err = app.New(ctx, cfg, app.Clock{Now: d.Clock.Now, Wait: d.Clock.Wait}, log)
	return err
}

// configure writes the desk's configuration as a council would, and reads it.
// The listeners are left shut: the demo has a page of its own.
func (d *Demo) configure() (*config.Config, error) {
	d.Config = filepath.Join(d.dir, "dutydesk.toml")
	secret := filepath.Join(d.dir, "password")
	text := d.toml(secret)
	p, err := rules()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.WriteFile(d.policyFile(), []byte(p), 0o600), os.WriteFile(secret, []byte(d.Council.Password()), 0o600), os.WriteFile(d.Config, []byte(text), 0o600)); err != nil {
		return nil, err
	}
	cfg, err := config.Load(d.Config, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	cfg.Web.Listen, cfg.Metrics.Listen = "", ""
	return cfg, nil
}

func (d *Demo) policyFile() string { return filepath.Join(d.dir, "policy.toml") }

// rules are the default policy without what only the night has: the demo tells
// the same story at every hour.
func rules() (string, error) {
	p, err := book.Default()
	p.Stages = slices.DeleteFunc(p.Stages, func(t sla.Term) bool { return t.Stage == sla.Screen })
	p.Ladder = slices.DeleteFunc(p.Ladder, func(r book.Rung) bool { return slices.Contains(r.Stages, sla.Screen) })
	return p.String(), err
}

func (d *Demo) toml(secret string) string {
	var b strings.Builder
	fmt.Fprintf(&b, settings, filepath.Join(d.dir, "data"), DeskAddress, d.Council.IMAPAddr(), DeskAddress, secret, Kept, d.Council.SMTPAddr(), d.policyFile(), d.patience())
	for _, p := range People()[1:] {
		disclosure := "minimal"
		if p.Full {
			disclosure = "full"
		}
		fmt.Fprintf(&b, "\n[[person]]\nid = %q\nname = %q\naddress = %q\ndisclosure = %q\n", p.ID, p.Name, p.Address, disclosure)
	}
	return b.String()
}

// patience with a part that is down is real time, however fast the clock runs.
func (d *Demo) patience() string {
	return time.Duration(3 * float64(time.Minute) * max(1, d.speed)).String()
}

// settings is the configuration without its people.
const settings = `environment = "trial"
data = %q

[service]
name = "Skills and Employment safeguarding desk"
address = %q
organisation = "northgate"

[[mailbox]]
name = "safeguarding"
address = %q
tls = "none"
user = %q
password_file = %q
kept = %q

[smtp]
address = %q
tls = "none"
hello = "desk.council.example"

[mail]
trusted_domains = ["council.example"]

[sla]
policy = %q
acknowledge = "1h"

[desk]
patience = %q

[roles]
service_lead = "service-lead"
la_lead = "la-lead"
managers = ["manager"]

[[organisation]]
id = "northgate"
name = "Northgate Training"
lead = "lead"
deputy = "deputy"
`

// Close stops the desk, closes the post office and removes everything. What a
// part of the desk says when it is closed is of no interest: what it kept goes.
func (d *Demo) Close() error {
	var err error
	if d.stop != nil {
		d.stop()
		err = <-d.ended
	}
	if d.app != nil {
		_ = d.app.Close()
	}
	if d.Council != nil {
		err = errors.Join(err, d.Council.Close())
	}
	return errors.Join(err, os.RemoveAll(d.dir))
}

// Books is everything that can be read of the desk.
func (d *Demo) Books(ctx context.Context) (app.Books, error) { return d.reader().All(ctx) }

func (d *Demo) reader() app.Reader { return app.Reader{Ledger: d.app.Ledger, Rules: d.rules} }

// Forward puts the clock forward to t and has the queue look at it anew.
func (d *Demo) Forward(ctx context.Context, t time.Time) error {
	d.Clock.Forward(t)
	return d.Reset(ctx)
}

// Reset offers every reminder to the queue again. It is due after each change
// of the clock, since the queue counts in real time.
func (d *Demo) Reset(ctx context.Context) error {
	if err := d.app.Ledger.Forget(ctx); err != nil {
		return fmt.Errorf("reset reminders: %w", err)
	}
	now := d.Clock.Now()
	jobs, err := d.app.Ledger.Upcoming(ctx, now, now.Add(time.Hour), 500)
	if err != nil {
		return fmt.Errorf("reset reminders: %w", err)
	}
	d.app.Queue.Offer(jobs...)
	return nil
}
