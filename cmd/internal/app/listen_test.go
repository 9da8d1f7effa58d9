package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"dutydesk/config"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/queue"
)

// at is an app that listens and does nothing else.
func at(t *testing.T, web, numbers string, log io.Writer) *App {
	cfg := &config.Config{}
	cfg.Web.Listen, cfg.Metrics.Listen = web, numbers
	l := slog.New(slog.NewTextHandler(log, nil))
	return &App{cfg: cfg, log: l, metrics: NewMetrics(book(t, t.TempDir()), RealClock().Now, l), Health: &Health{}}
}

// A port that is taken is said before the desk says that it runs, with the
// setting to change; what was opened before is closed again.
func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	_, err = at(t, free.Addr().String(), taken.Addr().String(), io.Discard).listen(t.Context())
	if err == nil || !strings.Contains(err.Error(), "set metrics.listen to a free port") || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("%v", err)
	}
	again, err := net.Listen("tcp", free.Addr().String())
	if err != nil {
		t.Fatalf("the other listener was left open: %v", err)
	}
	again.Close()
	_, err = at(t, "192.0.2.1:8080", "", io.Discard).listen(t.Context())
	if err == nil || !strings.Contains(err.Error(), "set web.listen to an address of this machine") {
		t.Errorf("%v", err)
	}
}

// A page that panics answers 500, and nothing of what it was asked or panicked
// with is logged.
func TestPagePanics(t *testing.T) {
	var log bytes.Buffer
	a := at(t, "", "", &log)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := opening{"web.listen", l, a.server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("somebody's words") }))}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- doors{d}.serve(ctx) }()
	r, err := http.Get("http://" + l.Addr().String() + "/learner@college.example")
	if err != nil || r.StatusCode != http.StatusInternalServerError {
		t.Fatalf("%v %v", r, err)
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if said := log.String(); !strings.Contains(said, "page panicked") || strings.Contains(said, "somebody") || strings.Contains(said, "learner") {
		t.Errorf("logged %q", said)
	}
}

// A desk runs without Redis, and says so; a ledger that does not answer stops
// it before it says that it runs.
func TestAdmit(t *testing.T) {
	a := at(t, "", "", io.Discard)
	a.Ledger = book(t, t.TempDir())
	var err error
	a.Queue, err = queue.New(queue.Options{Redis: queue.Redis{Addrs: []string{"127.0.0.1:1"}}, Book: a.Ledger, Do: map[ledger.Kind]queue.Doer{ledger.TickJob: nil}, Log: a.log})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Queue.Close()
	if without, err := a.admit(t.Context()); err != nil || without != " without Redis" {
		t.Errorf("without Redis: %q, %v", without, err)
	}
	a.Ledger.Close()
	if _, err := a.admit(t.Context()); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("without a ledger: %v, want ErrAway", err)
	}
}
