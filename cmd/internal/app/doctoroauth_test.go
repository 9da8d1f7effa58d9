package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/oauth"
	"dutydesk/config"
	"dutydesk/intake/mailbox"
	"dutydesk/notify/mailer"
)

// The end of a secret is warned of for 30 days, and is a failure after.
func TestSecretEnd(t *testing.T) {
	end := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		auth string
		end  time.Time
		days int // before the end
		want Grade
	}{
		{"microsoft", end, 31, OK}, {"microsoft", end, 29, Warn}, {"google", end, 1, Warn}, {"password", end, 0, Fail}, {"microsoft", end, -400, Fail},
		{"microsoft", time.Time{}, 0, Warn}, {"google", time.Time{}, 0, ""}, {"password", time.Time{}, 0, ""},
	} {
		l := namedLogin{config.Login{Auth: tt.auth, User: "desk", Expires: tt.end}, "smtp"}
		var got Grade
		if f := secretEnd(l, end.AddDate(0, 0, -tt.days)); len(f) == 1 {
			got = f[0].Grade
		}
		if got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
		if told := l.ending(end.AddDate(0, 0, -tt.days)); told != (!tt.end.IsZero() && tt.want != OK) {
			t.Errorf("%+v: managers told is %v", tt, told)
		}
	}
}

// A password for Microsoft 365 is warned of before anybody wonders.
func TestPasswordAtMicrosoft(t *testing.T) {
	cfg := &config.Config{Mailboxes: []config.Mailbox{{Name: "a", Address: "outlook.office365.com:993"}, {Name: "b", Address: "imap.council.example:993"}}}
	cfg.SMTP.Address = "smtp.office365.com:587"
	for name, want := range map[string]int{"smtp": 1, "mailbox a": 1, "mailbox b": 0} {
		if f := passwordAt(namedLogin{config.Login{Auth: "password", User: "desk"}, name}, cfg); len(f) != want {
			t.Errorf("%s: %v", name, f)
		}
		if f := passwordAt(namedLogin{config.Login{Auth: "microsoft", User: "desk"}, name}, cfg); len(f) != 0 {
			t.Errorf("%s by token: %v", name, f)
		}
	}
}

// Each refusal of a login has its step, the most exact one, and a password's
// wrongness is not blamed on an application.
func TestLoginRemedies(t *testing.T) {
	wrap := func(errs ...error) error { return fmt.Errorf("probe: %w", errors.Join(errs...)) }
	for _, tt := range []struct {
		err   error
		token bool
		want  string
	}{
		{wrap(mailbox.ErrRefused, &oauth.Refusal{Code: "AADSTS1", Step: "the step"}), true, "the step"},
		{wrap(mailbox.ErrRefused, mailbox.ErrNotConnected), true, "Add-MailboxPermission"},
		{wrap(mailbox.ErrRefused, mailbox.ErrDisabled), false, "-ImapEnabled"},
		{wrap(mailbox.ErrServer, mailbox.ErrMechanism), true, "takes no tokens"},
		{wrap(mailbox.ErrRefused), true, "IMAP.AccessAsApp"},
		{wrap(mailbox.ErrRefused), false, "otherwise"},
		{wrap(mailbox.ErrUnreachable), true, "otherwise"},
		{wrap(mailer.ErrUnsent, mailer.ErrRelay, mailer.ErrAuthOff), true, "-SmtpClientAuthenticationDisabled"},
		{wrap(mailer.ErrUnsent, mailer.ErrRelay, mailer.ErrPolicy), true, "Get-ApplicationAccessPolicy"},
		{wrap(mailer.ErrUnsent, mailer.ErrRelay, mailer.ErrSender), false, "SendAs"},
		{wrap(mailer.ErrUnsent, mailer.ErrRelay, mailer.ErrBasic), false, `auth = "microsoft"`},
		{wrap(mailer.ErrUnsent, mailer.ErrRelay), true, "SMTP.SendAsApp"},
		{wrap(mailer.ErrUnsent, mailer.ErrRelay), false, "otherwise"},
	} {
		if got := loginRemedy(tt.err, tt.token, "otherwise"); !strings.Contains(got, tt.want) {
			t.Errorf("%v, token %v: %s", tt.err, tt.token, got)
		}
	}
}
