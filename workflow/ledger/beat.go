package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Outage is a time during which no worker of the desk ran. The zero one is none.
type Outage struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Has reports whether the moment at lies in it.
func (o Outage) Has(at time.Time) bool { return !at.Before(o.From) && at.Before(o.To) }

const (
	beatMark   = "alive"
	outageMark = "outage"
)

// Beat writes down that a worker lives at now. When no worker wrote that for
// longer than gap it keeps the time between as the last outage, and returns it:
// to one worker only, however many come back together. A gap of zero is none.
func (t *Tx) Beat(now time.Time, gap time.Duration) (out Outage, err error) {
	var was string
	err = t.row(selectMark, beatMark).Scan(&was)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = t.exec(`INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, beatMark, stampTime(now))
	case err == nil:
		var n int64
		n, err = t.exec(`UPDATE marks SET value = $1 WHERE name = $2 AND value = $3`, stampTime(now), beatMark, was)
		if from, ok := parseTime(was); ok && n == 1 && gap > 0 && now.Sub(from) > gap {
			out = Outage{from, now.UTC().Truncate(time.Millisecond)}
			err = errors.Join(err, t.keepOutage(out))
		}
	}
	if err != nil {
		return Outage{}, fmt.Errorf("write heartbeat: %w", err)
	}
	return out, nil
}

func (t *Tx) keepOutage(o Outage) error {
	_, err := t.exec(`INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		outageMark, stampTime(o.From)+" "+stampTime(o.To))
	return err
}

// LastBeat is when a worker last wrote that it lives, zero if none ever did.
func (l *Ledger) LastBeat(ctx context.Context) (time.Time, error) {
	value, err := l.Marked(ctx, beatMark)
	at, _ := parseTime(value)
	return at, err
}

// LastOutage is the last time during which no worker ran, zero if there was none.
func (l *Ledger) LastOutage(ctx context.Context) (o Outage, err error) {
	value, err := l.Marked(ctx, outageMark)
	if err != nil {
		return o, err
	}
	var from, to string
	if _, err := fmt.Sscan(value, &from, &to); err != nil {
		return Outage{}, nil
	}
	o.From, _ = parseTime(from)
	o.To, _ = parseTime(to)
	return o, nil
}

const timeForm = "2006-01-02T15:04:05.000Z"

func stampTime(at time.Time) string { return at.UTC().Format(timeForm) }

func parseTime(s string) (time.Time, bool) {
	at, err := time.Parse(timeForm, s)
	return at, err == nil
}
