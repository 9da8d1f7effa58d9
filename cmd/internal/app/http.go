package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"dutydesk/workflow/queue"
)

func (a *App) openHealth(context.Context) error {
	checks := map[string]func(context.Context) error{
		ledgerPart: a.checkLedger, "smtp": a.checkPost, "late": a.checkLate, "redis": a.checkRedis, lettersPart: a.checkLetters,
	}
	for _, w := range a.watchers {
		checks["mailbox "+w.Name] = func(context.Context) error { return a.checkMailbox(w.Name) }
	}
	a.Health = &Health{since: map[string]time.Time{}, Office: a.Office, Patience: time.Duration(a.cfg.Desk.Patience), Checks: checks, Log: a.log,
		Alive: func() { tellSystemd(context.Background(), "WATCHDOG=1") }}
	return nil
}

// checkLedger reports a ledger that cannot be written, as on a full disk.
func (a *App) checkLedger(ctx context.Context) error {
	now := time.Now()
	_, err := a.Ledger.Lease(ctx, "health/"+a.instance, a.instance, now, now)
	return err
}

var errRedisDown = errors.New("redis does not answer")

// checkRedis reports a Redis that is down, or that began to throw tasks away.
func (a *App) checkRedis(ctx context.Context) error {
	if !a.Queue.Status(ctx).Reachable {
		return errRedisDown
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

// serve answers on the public listener and, apart from it, on the loopback
// listener for numbers, until ctx ends.
func (a *App) serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return listen(ctx, "web.listen", a.cfg.Web.Listen, a.public()) })
	numbers := http.NewServeMux()
	numbers.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.Registry, promhttp.HandlerOpts{}))
	g.Go(func() error { return listen(ctx, "metrics.listen", a.cfg.Metrics.Listen, numbers) })
	return g.Wait()
}

// public answers whether the worker lives and whether it is ready. It names the
// parts that are down and nothing else.
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
	return mux
}

// listen serves h on addr until ctx ends. An empty addr serves nothing.
func listen(ctx context.Context, key, addr string, h http.Handler) error {
	if addr == "" {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		s.Shutdown(ctx)
	})
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}
