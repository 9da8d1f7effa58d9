package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dutydesk/config"
	"dutydesk/intake/message"
	"dutydesk/notify"
	"dutydesk/notify/mailer"
	"dutydesk/templates"
	"dutydesk/workflow"
)

// canary sends the test mail of a period from the desk's address to itself. It
// is written down before; one that may have gone is not sent twice.
func (a *App) canary(ctx context.Context, period time.Time) (workflow.Then, error) {
	raw, err := canaryMail(a.cfg.Service.Name, a.cfg.Service.Address, a.Office.Key.Canary(period), period)
	if err != nil {
		return nil, fmt.Errorf("write test mail: %w", err)
	}
	m := message.Read(ctx, bytes.NewReader(raw), int64(len(raw)))
	due := a.clock.Now().Add(time.Duration(a.cfg.Canary.Within))
	if err := a.Office.LetFly(ctx, period, due, workflow.CanaryPrint(m.Subject, m.Body)); err != nil {
		return nil, err
	}
	if err := a.sender.Send(ctx, a.cfg.Service.Address, a.cfg.Service.Address, raw); err != nil && !errors.Is(err, mailer.ErrMaybeSent) {
		return nil, fmt.Errorf("send test mail: %w", err)
	}
	return nil, nil
}

// checkCanary looks whether anybody would notice that mail arrives no more.
func checkCanary(_ context.Context, cfg *config.Config) []Finding {
	if cfg.Environment != "production" || cfg.Canary.Every > 0 {
		return nil
	}
	return []Finding{warn("no test mail is sent (canary.every is 0s)", "mail that arrives nowhere is seen by nobody, as it looks like a quiet day", "set every = \"1h\" under [canary]")}
}

// canaryMail is the test mail. Its mark stands in the Message-ID and, as some
// servers change that, in the text. The same period gives the same bytes.
func canaryMail(service, address, mark string, period time.Time) ([]byte, error) {
	set, err := templates.ParseLetters()
	if err != nil {
		return nil, err
	}
	l := notify.Letter{From: address, FromName: service, To: address, ToName: service, Date: period, Language: notify.Language,
		Headers: []notify.Header{{Name: "Auto-Submitted", Value: "auto-generated"}, {Name: "X-Auto-Response-Suppress", Value: "All"}}}
	_, host, _ := strings.Cut(address, "@")
	l.MessageID = "<" + mark + "@" + host + ">"
	if l.Subject, err = set.Phrase("canary subject", nil); err != nil {
		return nil, err
	}
	if l.Text, err = set.Phrase("canary text", mark); err != nil {
		return nil, err
	}
	return mailer.Render(l)
}
