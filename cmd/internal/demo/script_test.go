package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
)

func TestScript(t *testing.T) {
	var out strings.Builder
	began := time.Now()
	books, err := Script(t.Context(), &out)
	t.Log("\n" + out.String())
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 60*time.Second {
		t.Errorf("took %v", took)
	}
	b, err := json.Marshal(books)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`{"arrivals":[{`, `"cases":[{`, `"letters":[{`, `"events":[{`} {
		if !strings.Contains(string(b), name) {
			t.Errorf("the books lack %s: %.200s", name, b)
		}
	}
	var verbs []string
	for _, e := range books.Events {
		verbs = append(verbs, e.Verb+" "+e.By)
	}
	if want := []string{"OPEN reporter", "ELAPSE clock", "ELAPSE clock", "ACK deputy"}; !slices.Equal(verbs, want) {
		t.Errorf("chronology %v, want %v", verbs, want)
	}
	for _, words := range []string{"The desk opens case SG-", "Nobody has answered", "Joe Brennan (Deputy lead, Northgate Training) replies", "is acknowledged, by Joe Brennan"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("the transcript lacks %q", words)
		}
	}
}

func TestScriptThatIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Script(ctx, io.Discard); err == nil {
		t.Error("a script that could not be played passes")
	}
}

// A fact that does not hold, or never becomes true, fails the script by name.
func TestScriptNamesWhatIsWrong(t *testing.T) {
	d := newDemo(t)
	s := &script{Demo: d, out: io.Discard, seen: map[string]int{}}
	if err := s.hold("pigs fly", false); err == nil || !strings.Contains(err.Error(), "pigs fly") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.until(ctx, "pigs fly", func(app.Books) bool { return false })
	if err == nil || !strings.Contains(err.Error(), "never true: pigs fly") {
		t.Errorf("%v", err)
	}
	if err := s.isAnswered(t.Context()); err == nil {
		t.Error("the deputy answers without a letter")
	}
}

func TestDeskThatStopsEndsTheScript(t *testing.T) {
	d := newDemo(t)
	stopped := errors.New("disk is full")
	d.stop()
	<-d.ended
	d.ended <- stopped
	s := &script{Demo: d, out: io.Discard}
	if _, err := s.until(t.Context(), "anything", func(app.Books) bool { return false }); !errors.Is(err, stopped) {
		t.Errorf("%v", err)
	}
	<-d.ended
	d.ended <- nil
}
