package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, PageOptions{Listen: "127.0.0.1:0", Speed: 60}, w); w.Close() }()
	said := make([]byte, 4096)
	n, err := r.Read(said)
	if err != nil {
		t.Fatal(err, <-ended)
	}
	link := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(string(said[:n]))
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get(link)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || !strings.Contains(string(page), "an hour passes in 1 minute") {
		t.Errorf("%v, %s", err, page)
	}
	began := time.Now()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("a clean end is an error: %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPageIsForThisMachineOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "nonsense"} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if err := Serve(ctx, PageOptions{Listen: addr, Speed: 1}, io.Discard); !errors.Is(err, ErrListen) {
			t.Errorf("%s: %v", addr, err)
		}
		cancel()
	}
}

func TestPace(t *testing.T) {
	for speed, want := range map[float64]string{0: "stands still", 1: "runs as fast as yours", 60: "runs fast: an hour passes in 1 minute", 10: "runs fast: an hour passes in 6 minutes", 120: "runs fast: an hour passes in 30 seconds"} {
		if got := pace(speed); got != want {
			t.Errorf("%v: %q", speed, got)
		}
	}
}
