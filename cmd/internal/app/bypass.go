package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dutydesk/config"
	"dutydesk/notify"
	"dutydesk/notify/mailer"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// bypass tells managers that the ledger is down while it is: by a letter that no
// ledger owes, made from the configuration and handed straight to the mail
// server. The desk's other letters never go this way.
type bypass struct {
	Slip     *slip
	Patience time.Duration // how long the ledger may be down before
	Roster   casefile.Roster
	Facts    notify.Facts // the service's part of them
	Send     func(ctx context.Context, from, to string, raw []byte) error
	Log      *slog.Logger
	Now      func() time.Time // the desk's clock: what it says stands in the letter

	settled map[string]bool // whose letter is not tried again: true if they have it
	again   time.Time       // not tried before
}

// bypassPause is the time between two tries of a mail server that did not take
// the letter.
const bypassPause = time.Minute

// newBypass makes one for a configured desk.
func newBypass(cfg *config.Config, s *slip, send func(context.Context, string, string, []byte) error, log *slog.Logger) *bypass {
	_, host, _ := strings.Cut(cfg.Service.Address, "@")
	return &bypass{Slip: s, Patience: time.Duration(cfg.Desk.Patience), Roster: Rules(cfg).Roster, Send: send, Log: log, Now: time.Now,
		Facts: notify.Facts{Kind: notify.Trouble, Service: cfg.Service.Name, ServiceAddress: cfg.Service.Address, Zone: cfg.Zone(), Host: host}}
}

// run looks at the slip until ctx ends.
func (b *bypass) run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		b.look(ctx, b.Now())
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look tells managers of an outage that lasts, each of them once.
func (b *bypass) look(ctx context.Context, now time.Time) {
	o := b.Slip.outage()
	if o.Since.IsZero() {
		b.settled, b.again = nil, time.Time{}
		return
	}
	if !o.long(b.Patience) || now.Before(b.again) || !o.Told.IsZero() && b.settled == nil {
		return
	}
	b.again = now.Add(bypassPause)
	if b.tell(ctx, o) && o.Told.IsZero() {
		if err := b.Slip.told(now); err != nil {
			b.Log.Warn("outage cannot be noted", "err", err)
		}
	}
}

// tell reports whether anybody has the letter by now.
func (b *bypass) tell(ctx context.Context, o outage) (anybody bool) {
	if b.settled == nil {
		b.settled = map[string]bool{}
	}
	for _, id := range b.people(o.Seen) {
		has, settled := b.settled[id]
		if !settled {
			err := b.post(ctx, o, id)
			if has = err == nil || errors.Is(err, mailer.ErrMaybeSent); has || errors.Is(err, mailer.ErrRefused) {
				b.settled[id] = has
			}
		}
		anybody = anybody || has
	}
	return anybody
}

// people are the managers, or the local authority lead if there is none.
func (b *bypass) people(now time.Time) []string {
	r := b.Roster.On(now)
	if to := r.Holders("", sla.Manager); len(to) > 0 {
		return to
	}
	return r.Holders("", sla.LALead)
}

// post hands the letter for a person to the mail server.
func (b *bypass) post(ctx context.Context, o outage, person string) error {
	ctx, cancel := context.WithTimeout(ctx, bypassPause)
	defer cancel()
	raw, err := b.letter(o, person)
	if err == nil {
		err = b.Send(ctx, b.Facts.ServiceAddress, b.Roster.People[person].Address, raw)
	}
	if err != nil {
		b.Log.Warn("a manager cannot be told that the ledger is down", "err", err)
		return err
	}
	b.Log.Info("a manager was told that the ledger is down")
	return nil
}

// letter is the same mail under the same Message-ID however often it is made for
// one outage and person.
func (b *bypass) letter(o outage, person string) ([]byte, error) {
	p := b.Roster.People[person]
	f := b.Facts
	f.Trouble = notify.Down{Part: ledgerPart, Since: o.Since}
	f.Now, f.To = o.Since.Add(b.Patience), notify.Person{ID: p.ID, Name: p.Name, Address: p.Address}
	sum := sha256.Sum256([]byte("dutydesk/bypass/1\n" + ledgerPart + "\n" + strconv.FormatInt(o.Since.Unix(), 10) + "\n" + p.ID))
	f.LetterID = hex.EncodeToString(sum[:16])
	l, err := notify.Compose(f)
	if err != nil {
		return nil, err
	}
	return mailer.Render(l)
}

// sqliteFull is SQLITE_FULL.
const sqliteFull = 13

// standsStill reports an error of opening for which a later start may be better:
// the ledger is away, or there is no room.
func standsStill(err error) bool {
	var coded interface{ Code() int }
	return errors.Is(err, ledger.ErrAway) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		errors.As(err, &coded) && coded.Code()&0xff == sqliteFull
}

// cannotOpen notes a start that failed for want of the ledger. When such starts
// follow each other for longer than patience, managers are told.
func cannotOpen(ctx context.Context, cfg *config.Config, log *slog.Logger, err error) {
	if !standsStill(err) {
		return
	}
	s, noted := openSlip(cfg)
	if noted != nil {
		log.Warn("outage cannot be noted", "err", noted)
	}
	if _, err := s.down(time.Now()); err != nil {
		log.Warn("outage cannot be noted", "err", err)
	}
	set, err := PostSettings(cfg)
	if err != nil {
		return // said by the configuration's check
	}
	post, err := mailer.New(set)
	if err != nil {
		return
	}
	defer post.Close()
	newBypass(cfg, s, post.Send, log).look(ctx, time.Now())
}
