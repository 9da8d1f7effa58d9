package app

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"dutydesk/cmd/internal/oauth"
	"dutydesk/config"
	"dutydesk/intake/mailbox"
	"dutydesk/notify/mailer"
)

// checkLogins asks for the tokens that are logged in with, and when secrets end.
func checkLogins(ctx context.Context, cfg *config.Config) (out []Finding) {
	all := logins(cfg)
	asked := make([]Finding, len(all))
	var wg sync.WaitGroup
	for i, l := range all {
		if l.Token() && l.User != "" {
			wg.Go(func() { asked[i] = askForToken(ctx, l) })
		}
	}
	wg.Wait()
	for i, l := range all {
		if asked[i].Grade != "" {
			out = append(out, asked[i])
		}
		out = append(out, secretEnd(l, time.Now())...)
		out = append(out, passwordAt(l, cfg)...)
	}
	return out
}

func askForToken(ctx context.Context, l namedLogin) Finding {
	const why = "the desk cannot log in without it"
	s, err := tokens(l.Login)
	if err != nil {
		return fail(l.name+": "+err.Error(), why, "correct the login of "+l.name)
	}
	_, err = s.Token(ctx)
	var no *oauth.Refusal
	switch {
	case errors.As(err, &no):
		what := l.name + ": " + l.Auth + " gives no token"
		if no.Code != "" {
			what += " (" + no.Code + ")"
		}
		return fail(what, why, no.Step)
	case err != nil:
		return fail(l.name+": "+err.Error(), why, "let this machine reach the token endpoint by HTTPS: login.microsoftonline.com or oauth2.googleapis.com, or the host in token_url")
	}
	return ok("%s gives a token for %s", l.Auth, l.name)
}

// secretEnd warns before a secret ends.
func secretEnd(l namedLogin, now time.Time) []Finding {
	day := l.Expires.Format("2 January 2006")
	const fix = "make a new secret, put it in place of the old one, and set secret_expires"
	switch {
	case l.Expires.IsZero() && l.Auth == "microsoft" && l.User != "":
		return []Finding{warn(l.name+": secret_expires is not set", "client secrets end after two years at most, without a word", "copy the day from the Entra admin centre, App registrations, the app, Certificates & secrets")}
	case l.Expires.IsZero():
		return nil
	case !now.Before(l.Expires):
		return []Finding{fail(l.name+": the secret ended on "+day, "the desk cannot log in without it", fix)}
	case l.ending(now):
		return []Finding{warn(l.name+": the secret ends on "+day, "after that the desk cannot log in", fix)}
	}
	return []Finding{ok("the secret of %s ends on %s", l.name, day)}
}

// passwordAt warns of a password for a server that takes none.
func passwordAt(l namedLogin, cfg *config.Config) []Finding {
	address := cfg.SMTP.Address
	for i := range cfg.Mailboxes {
		if l.name == "mailbox "+cfg.Mailboxes[i].Name {
			address = cfg.Mailboxes[i].Address
		}
	}
	host, _, err := net.SplitHostPort(strings.ToLower(address))
	if err != nil || l.Token() || l.User == "" || !strings.HasSuffix(host, ".office365.com") && !strings.HasSuffix(host, ".outlook.com") {
		return nil
	}
	return []Finding{warn(l.name+": a password for Microsoft 365", "Exchange Online takes no passwords for IMAP, and ends them for SMTP", `set auth = "microsoft", tenant, client_id and secret_file; the README says how`)}
}

const (
	fixPermission = "as Exchange administrator run New-ServicePrincipal with the app's ids, then Add-MailboxPermission with -AccessRights FullAccess for it; wait up to an hour"
	fixAuthOff    = "as Exchange administrator run Set-CASMailbox ADDRESS -SmtpClientAuthenticationDisabled $false"
	fixGoogle     = "Google: check the scope in Domain-wide delegation and that IMAP is on for the user"
)

// loginRemedies are what to do about a login that a mail server refuses; those
// that are for tokens say nothing about a password.
var loginRemedies = []struct {
	err   error
	token bool
	fix   string
}{
	{mailbox.ErrNotConnected, false, fixPermission},
	{mailbox.ErrDisabled, false, "switch IMAP on for the mailbox: Set-CASMailbox ADDRESS -ImapEnabled $true at Microsoft; Apps, Google Workspace, Gmail, End user access at Google"},
	{mailbox.ErrMechanism, true, `the server takes no tokens: check address, or set auth = "password"`},
	{mailbox.ErrRefused, true, "Microsoft: the app needs the application permission IMAP.AccessAsApp with admin consent; " + fixPermission + "; and user must be the mailbox's own address. " + fixGoogle},
	{mailer.ErrAuthOff, false, fixAuthOff + "; for the whole organisation Set-TransportConfig -SmtpClientAuthenticationDisabled $false"},
	{mailer.ErrPolicy, false, "add the mailbox to the policy: see Get-ApplicationAccessPolicy, and RBAC for Applications, in Exchange Online PowerShell"},
	{mailer.ErrSender, false, "letters are sent from service.address: log in as that mailbox, or give the login Send As on it (Add-RecipientPermission … -AccessRights SendAs)"},
	{mailer.ErrBasic, false, `set auth = "microsoft" or "google"; the README says how`},
	{mailer.ErrRelay, true, "Microsoft: the app needs the application permission SMTP.SendAsApp with admin consent; " + fixPermission + "; " + fixAuthOff + ". " + fixGoogle},
}

// loginRemedy is what to do about a refused login, with a token or a password;
// otherwise if there is nothing better.
func loginRemedy(err error, token bool, otherwise string) string {
	var no *oauth.Refusal
	if errors.As(err, &no) {
		return no.Step
	}
	for _, r := range loginRemedies {
		if errors.Is(err, r.err) && (token || !r.token) {
			return r.fix
		}
	}
	return otherwise
}
