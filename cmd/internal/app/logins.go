package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/cmd/internal/oauth"
	"dutydesk/config"
	"dutydesk/intake/mailbox"
	"dutydesk/notify/mailer"
)

// scopes are what a token must open, in the providers' public clouds: mail.
var scopes = map[string]string{
	"microsoft": "https://outlook.office365.com/.default",
	"google":    "https://mail.google.com/",
}

// tokens is the source of the tokens that a login uses.
func tokens(l config.Login) (*oauth.Source, error) {
	scope := l.Scope
	if scope == "" {
		scope = scopes[l.Auth]
	}
	s, err := oauth.New(oauth.Settings{Provider: oauth.Provider(l.Auth), TokenURL: l.TokenURL, Scope: scope,
		Tenant: l.Tenant, ClientID: l.ClientID, Subject: l.User, Secret: l.Secret})
	if err != nil {
		return nil, fmt.Errorf("auth = %q: %w", l.Auth, err)
	}
	return s, nil
}

// ready reports whether a login by token has one, and keeps it new; nil for a
// password.
type ready func(context.Context) error

// check is a look at r that our own haste does not spoil. It reports a provider
// that gives no token also while a line that was opened before still stands.
func (r ready) check(ctx context.Context) error {
	if r == nil {
		return nil
	}
	err := r(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// logIn makes w log in as configured.
func logIn(w *mailbox.Watcher, l config.Login) (ready, error) {
	if !l.Token() {
		w.Password = l.Secret
		return nil, nil
	}
	s, err := tokens(l)
	if err != nil {
		return nil, err
	}
	w.TokenRefused = s.Refused
	w.Token = func(ctx context.Context) (string, error) {
		token, err := s.Token(ctx)
		switch {
		case errors.Is(err, oauth.ErrRefused):
			return "", fmt.Errorf("%w: %w", mailbox.ErrRefused, err)
		case err != nil:
			return "", fmt.Errorf("%w: %w", mailbox.ErrUnreachable, err)
		}
		return token, nil
	}
	return s.Ready, nil
}

// postLogin makes the relay's settings log in as configured.
func postLogin(set *mailer.Settings, l config.Login) (ready, error) {
	set.Secret = func(context.Context) (string, error) { return l.Secret() }
	if !l.Token() {
		return nil, nil
	}
	s, err := tokens(l)
	if err != nil {
		return nil, err
	}
	set.Mechanism, set.Refused = "xoauth2", s.Refused
	set.Secret = func(ctx context.Context) (string, error) {
		token, err := s.Token(ctx)
		if errors.Is(err, oauth.ErrRefused) {
			err = fmt.Errorf("%w: %w", mailer.ErrRelay, err)
		}
		return token, err
	}
	return s.Ready, nil
}

// checkWatch looks at a watch and at its login.
func (a *App) checkWatch(ctx context.Context, w *mailbox.Watcher) error {
	if err := a.ready["mailbox "+w.Name].check(ctx); err != nil {
		return err
	}
	return a.checkMailbox(w.Name)
}

// namedLogin is a login and what it opens, "smtp" or "mailbox NAME".
type namedLogin struct {
	config.Login
	name string
}

// logins are all the logins of a configuration.
func logins(cfg *config.Config) []namedLogin {
	all := []namedLogin{{cfg.SMTP.Login(), "smtp"}}
	for i := range cfg.Mailboxes {
		all = append(all, namedLogin{cfg.Mailboxes[i].Login(), "mailbox " + cfg.Mailboxes[i].Name})
	}
	return all
}

// ahead is how long before its end a secret is warned of.
const ahead = 30 * 24 * time.Hour

// ending reports whether the secret of the login ends soon, or has ended.
func (l namedLogin) ending(now time.Time) bool {
	return !l.Expires.IsZero() && l.Expires.Sub(now) < ahead
}

// warnBeat is how often secrets are looked at.
const warnBeat = time.Hour

// warnOfSecrets tells managers, once, 30 days before a secret ends, until ctx
// ends. The desk works meanwhile, so that this is no part of readiness.
func (a *App) warnOfSecrets(ctx context.Context) error {
	tick := time.NewTicker(warnBeat)
	defer tick.Stop()
	for {
		for _, l := range logins(a.cfg) {
			if err := a.warnOf(ctx, l); err != nil && ctx.Err() == nil {
				a.log.Error("end of a secret could not be told", "login", l.name, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (a *App) warnOf(ctx context.Context, l namedLogin) error {
	part := "secret " + l.name
	if !l.ending(a.clock.Now()) {
		return a.Office.Recovered(ctx, part)
	}
	a.log.Warn("secret ends", "login", l.name, "on", l.Expires.Format(time.DateOnly))
	return a.Office.Trouble(ctx, part, 0)
}
