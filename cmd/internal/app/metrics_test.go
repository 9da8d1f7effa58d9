package app

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/ledger"
)

// Each kind of job has its number, also when there is none of it.
func TestOverdueIsZeroWhenNothingIs(t *testing.T) {
	l := book(t, t.TempDir())
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	m := NewMetrics(l, func() time.Time { return now }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	want := map[string]float64{"dispose": 0, "letter": 0, "alarm": 0, "tick": 0}
	overdue(t, m, want)
	if _, _, err := l.Arrive(t.Context(), ledger.Arrival{ID: "a", Key: "a", Received: now.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	want["dispose"] = 1
	overdue(t, m, want)
}

func overdue(t *testing.T, m *Metrics, want map[string]float64) {
	t.Helper()
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, x := range f.GetMetric() {
			if strings.HasSuffix(f.GetName(), "_jobs_overdue") {
				got[x.GetLabel()[0].GetValue()] = x.GetGauge().GetValue()
			}
		}
	}
	for kind, n := range want {
		if has, ok := got[kind]; !ok || has != n {
			t.Errorf("%s: %v, %v; want %v", kind, has, ok, n)
		}
	}
}
