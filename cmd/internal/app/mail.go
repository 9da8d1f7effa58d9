package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"dutydesk/config"
	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/intake/mailbox"
	"dutydesk/notify/mailer"
	"dutydesk/notify/outbox"
)

func (a *App) openMail(context.Context) error {
	set, post, err := postSettings(a.cfg)
	if err != nil {
		return err
	}
	a.ready = map[string]ready{"smtp": post}
	if a.sender, err = mailer.New(set); err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	a.closes = append(a.closes, a.sender.Close)
	a.Box = &outbox.Box{Ledger: a.Ledger, Store: a.Store, Writer: a.writer(), Sender: a.sender, Fallback: a.Office,
		Now: a.clock.Now, Log: a.log, Count: a.metrics.Letter, Answer: a.board.setPost}
	for i := range a.cfg.Mailboxes {
		w, ready, err := watcher(a.cfg, &a.cfg.Mailboxes[i])
		if err != nil {
			return err
		}
		a.ready["mailbox "+w.Name] = ready
		w.Desk, w.Book, w.Now, w.Log = door{a}, a.Desk, a.clock.Now, a.log
		w.Report = func(s mailbox.Status) { a.metrics.Mailbox(s); a.board.watch(s) }
		a.watchers = append(a.watchers, w)
	}
	return nil
}

// PostSettings are the relay's settings of a configuration.
func PostSettings(cfg *config.Config) (mailer.Settings, error) {
	s, _, err := postSettings(cfg)
	return s, err
}

// postSettings also says whether the relay can be logged in to.
func postSettings(cfg *config.Config) (s mailer.Settings, r ready, err error) {
	host, port, err := net.SplitHostPort(cfg.SMTP.Address)
	if err != nil {
		return s, nil, fmt.Errorf("smtp.address: %w", err)
	}
	s = mailer.Settings{Host: host, Hello: cfg.SMTP.Hello, User: cfg.SMTP.User}
	if s.Hello == "" || s.Hello == "localhost" { // which strict relays refuse
		_, s.Hello, _ = strings.Cut(cfg.Service.Address, "@")
	}
	if s.Port, err = strconv.Atoi(port); err != nil {
		return s, nil, fmt.Errorf("smtp.address: %w", err)
	}
	s.Security = map[string]mailer.Security{"starttls": mailer.StartTLS, "implicit": mailer.Implicit, "none": mailer.Plain}[cfg.SMTP.TLS]
	if s.Roots, err = roots(cfg.SMTP.CAFile); err != nil {
		return s, nil, err
	}
	r, err = postLogin(&s, cfg.SMTP.Login())
	return s, r, err
}

// Watcher is the watch of one configured mailbox, without its desk.
func Watcher(cfg *config.Config, m *config.Mailbox) (*mailbox.Watcher, error) {
	w, _, err := watcher(cfg, m)
	return w, err
}

// watcher also says whether the mailbox can be logged in to.
func watcher(cfg *config.Config, m *config.Mailbox) (*mailbox.Watcher, ready, error) {
	pool, err := roots(m.CAFile)
	if err != nil {
		return nil, nil, err
	}
	w := &mailbox.Watcher{Name: m.Name, Org: m.Organisation, Addr: m.Address, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		StartTLS: m.TLS == "starttls", Plain: m.TLS == "none", User: m.User, Folder: m.Folder, Kept: m.Kept, Poll: time.Duration(m.Poll)}
	r, err := logIn(w, m.Login())
	return w, r, err
}

// roots are the authorities in file, or nil for the system's.
func roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read ca_file %s: no certificate in it", file)
	}
	return pool, nil
}

// door hands deliveries to the desk and stops the worker when the disk under
// the evidence has failed: after such an error nothing more can be promised.
type door struct{ a *App }

// Take implements mailbox.Desk.
func (d door) Take(ctx context.Context, in intake.Delivery) (func(context.Context) error, error) {
	keep, err := d.a.Desk.Take(ctx, in)
	if err != nil {
		return nil, d.a.watchDisk(err)
	}
	return func(ctx context.Context) error { return d.a.watchDisk(keep(ctx)) }, nil
}

func (a *App) watchDisk(err error) error {
	if errors.Is(err, evidence.ErrDisk) {
		select {
		case a.fatal <- err:
		default:
		}
	}
	return err
}

// leaseFor is how long a watch may be silent before another worker takes over.
const leaseFor = 20 * time.Second

// watch runs one watch while this worker holds its lease, so that two workers
// never watch one folder.
func (a *App) watch(ctx context.Context, w *mailbox.Watcher) error {
	for ctx.Err() == nil {
		held, err := a.lease(ctx, w.Name)
		if held && err == nil {
			err = a.watchLeased(ctx, w)
		}
		if err != nil && ctx.Err() == nil {
			a.board.watch(mailbox.Status{Mailbox: w.Name, State: mailbox.DeskShut})
			a.log.Warn("watch waits", "mailbox", w.Name, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(leaseFor / 4):
		}
	}
	return nil
}

// watchLeased runs the watch and gives it up when the lease cannot be kept.
func (a *App) watchLeased(ctx context.Context, w *mailbox.Watcher) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- Guarded(func() error { return w.Run(ctx) }) }()
	kept := time.Now()
	for {
		select {
		case err := <-ended:
			return err
		case <-time.After(leaseFor / 4):
		}
		if held, err := a.lease(ctx, w.Name); held {
			kept = time.Now()
		} else if err == nil || time.Since(kept) > leaseFor/2 {
			stop()
			return errors.Join(err, <-ended)
		}
	}
}

// lease goes by the machine's clock: a lease is between workers, and must not
// end early or last for ever because the desk's clock was set or leaps.
func (a *App) lease(ctx context.Context, name string) (bool, error) {
	now := time.Now()
	return a.Ledger.Lease(ctx, "mailbox/"+name, a.instance, now, now.Add(leaseFor))
}

// writer composes letters for the configured service.
func (a *App) writer() *outbox.Writer {
	s := a.cfg.Service
	_, host, _ := strings.Cut(s.Address, "@")
	return &outbox.Writer{Ledger: a.Ledger, Store: a.Store, Roster: a.Office.Rules.Roster, Rules: a.Office.Rules, Key: a.Office.Key,
		Service: s.Name, Address: s.Address, Host: host, Zone: a.cfg.Zone(), Now: a.clock.Now,
		Teller: a.Office, Ring: a.cfg.Digest.Ring}
}

// checkMailbox reports a watch that does not work, or that works and cannot
// take in some of the messages: a person must look at those.
func (a *App) checkMailbox(name string) error {
	switch s := a.board.mailbox(name); {
	case s.State != "" && s.State != mailbox.Starting && s.State != mailbox.Watching:
		return fmt.Errorf("mailbox is %s", s.State)
	case s.Aside > 0:
		return fmt.Errorf("%d messages could not be taken in", s.Aside)
	}
	return nil
}

// checkMoving reports a mailbox whose taken messages cannot be moved away.
func (a *App) checkMoving(name string) error {
	if s := a.board.mailbox(name); s.Moving == mailbox.MovingRefused {
		return fmt.Errorf("moving kept messages is %s", s.Moving)
	}
	return nil
}

// checkPost reports a mail server that did not take the last letter and does
// not answer now.
func (a *App) checkPost(ctx context.Context) error {
	if err := a.ready["smtp"].check(ctx); err != nil {
		return err
	}
	err := a.board.lastPost()
	if err == nil || errors.Is(err, mailer.ErrRefused) {
		return nil
	}
	if p := a.sender.Probe(ctx); p.Err != nil {
		return p.Err
	}
	a.board.setPost(nil)
	if outbox.Lineless(err) {
		return a.Box.Resume(ctx)
	}
	return nil
}
