package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
)

// doors are the listeners, open, and what each answers.
type doors []opening

type opening struct {
	key    string // of the configuration
	listen net.Listener
	server *http.Server
}

// listen opens the public listener and, apart from it, the loopback listener
// for numbers. An empty address opens none.
func (a *App) listen(ctx context.Context) (ds doors, err error) {
	numbers := http.NewServeMux()
	numbers.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.Registry, promhttp.HandlerOpts{}))
	for _, want := range []struct {
		key, addr string
		h         http.Handler
	}{{"web.listen", a.cfg.Web.Listen, a.public()}, {"metrics.listen", a.cfg.Metrics.Listen, numbers}} {
		if want.addr == "" {
			continue
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", want.addr)
		if err != nil {
			ds.close()
			return nil, cannotListen(want.key, want.addr, err)
		}
		ds = append(ds, opening{want.key, l, a.server(want.h)})
	}
	return ds, nil
}

// cannotListen says which setting to change.
func cannotListen(key, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s: another program listens on %s: stop it, or set %s to a free port: %w", key, addr, key, err)
	}
	return fmt.Errorf("%s: cannot listen on %s: set %s to an address of this machine: %w", key, addr, key, err)
}

// server answers with h, within two minutes unless h takes more for itself: a
// client that does not read holds nothing for longer. What net/http would log of a connection is dropped:
// it may hold what a stranger sent.
func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{Handler: a.guard(h), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute,
		ErrorLog: log.New(io.Discard, "", 0)}
}

// guard answers 500 for a page that panics, and logs where.
func (a *App) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := Guarded(func() error { h.ServeHTTP(w, r); return nil }); err != nil {
			a.log.Error("page panicked", "err", err)
			http.Error(w, "something is wrong with this program", http.StatusInternalServerError)
		}
	})
}

// close closes listeners that are not served.
func (ds doors) close() {
	for _, d := range ds {
		d.listen.Close()
	}
}

// serve answers until ctx ends, and lets what was begun end for three seconds.
func (ds doors) serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, d := range ds {
		g.Go(func() error { return d.serve(ctx) })
	}
	return g.Wait()
}

func (d opening) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		d.server.Shutdown(ctx)
	})
	defer stop()
	if err := d.server.Serve(d.listen); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%s: %w", d.key, err)
	}
	return nil
}
