package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// In an outage each kind of line is said once in ten seconds, with how many
// were not; other parts, and what is no complaint, are not held back.
func TestF14LogDoesNotFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(Hush(slog.NewTextHandler(&out, nil)))
		lines := func(want int, words string) {
			t.Helper()
			if got := strings.Count(out.String(), words); got != want {
				t.Errorf("%d lines with %s, want %d:\n%s", got, words, want, &out)
			}
		}
		for range 1000 { // 100 a second for ten seconds
			log.Warn("job not done", "job", time.Now().UnixNano(), "kind", "alarm")
			log.With("kind", "letter").Warn("job not done")
			log.Info("work goes on")
			time.Sleep(10 * time.Millisecond)
		}
		lines(1, "kind=alarm")
		lines(1, "kind=letter")
		lines(1000, "work goes on")
		log.Warn("job not done", "kind", "alarm")
		lines(1, "kind=alarm unsaid=999")
		log.Error("job not done", "kind", "alarm") // is another kind
		lines(3, "kind=alarm")
		time.Sleep(quiet)
		log.Warn("job not done", "kind", "alarm")
		lines(1, "unsaid")
	})
}
