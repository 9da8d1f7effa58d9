package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/queue"
)

func (a *App) openHealth(context.Context) error {
	checks := map[string]func(context.Context) error{
		ledgerPart: a.checkLedger, "smtp": a.checkPost, "late": a.checkLate, "redis": a.checkRedis, lettersPart: a.checkLetters, "rounds": a.Rounds.Check,
		workflow.UnownedPart: a.Office.CheckUnowned,
	}
	if a.clock.Check != nil {
		checks["clock"] = a.checkClock
	}
	if a.cfg.Canary.Every > 0 {
		checks["canary"] = a.Office.CheckCanary
	}
	for _, w := range a.watchers {
		checks["mailbox "+w.Name] = func(ctx context.Context) error { return a.checkWatch(ctx, w) }
		checks["moving "+w.Name] = func(context.Context) error { return a.checkMoving(w.Name) }
	}
	a.Health = &Health{since: map[string]time.Time{}, Office: a.Office, Patience: time.Duration(a.cfg.Desk.Patience), Checks: checks, Log: a.log, Slip: a.slip,
		Alive: func() { tellSystemd(context.Background(), "WATCHDOG=1") }}
	return nil
}

// checkLedger reports a ledger that cannot be written, as on a full disk. Its
// lease ends at once, so that the machine's clock does for it.
func (a *App) checkLedger(ctx context.Context) error {
	now := time.Now()
	_, err := a.Ledger.Lease(ctx, "health/"+a.instance, a.instance, now, now)
	return err
}

var errRedisDown = errors.New("redis does not answer")

// checkRedis reports a Redis that is down, is full or another desk's, or began to
// throw tasks away.
func (a *App) checkRedis(ctx context.Context) error {
	if !a.Queue.Status(ctx).Reachable {
		return errRedisDown
	}
	if err := a.Queue.Unfit(); err != nil {
		return err
	}
	f, err := a.Queue.Inspect(ctx)
	if err != nil {
		return err
	}
	if err := f.Refusal(); errors.Is(err, queue.ErrEvicts) {
		return err
	}
	return nil
}

// public answers whether the worker lives and whether it is ready. It names the
// parts that are down and nothing else. All other pages are the report form's.
func (a *App) public() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if down := a.Health.Down(); len(down) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, "degraded: "+strings.Join(down, ", "))
			return
		}
		fmt.Fprintln(w, "ok")
	})
	if a.form != nil {
		mux.Handle("/", a.form)
	}
	return mux
}
