package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
)

// ArrivalState says what became of an arrival.
type ArrivalState string

// An arrival waits for its disposition, or opened or joined a case. Held means
// its case exists because it could not be read: a named person reads it. Aside
// is a machine's answer to a letter about the desk itself. Canary is a test mail
// of the desk's own that came back.
const (
	Waiting ArrivalState = "waiting"
	OnCase  ArrivalState = "case"
	Held    ArrivalState = "hold"
	Aside   ArrivalState = "aside"
	Canary  ArrivalState = "canary"
)

// Arrival is one delivery that was sealed.
type Arrival struct {
	ID       string
	Door     string
	Mailbox  string
	Org      string
	Key      string // unique over all doors
	SHA256   string
	Size     int64
	Received time.Time
	State    ArrivalState
	Case     casefile.Ref
	Why      string // why it joined, was held or was not trusted
	Content  string // fingerprint of sender, Message-ID and body: equal for copies of one mail
	Defects  string // codes, space separated

	// What reading found out about where it comes from, once: keys are taken
	// out of the DNS again.
	Grade      string // of evidence: a code of message.Grade, "form", or "" while unread
	Authentic  bool   // the server that is trusted proved the author's domain, never the person
	AuthWhy    string // why it is not Authentic, in words that name nobody
	Backlog    bool   // it waited with many others: new ones overtake it. Not kept
	Signatures string // JSON list of message.Signature, each with its key; "" for none
}

// Exhibit is one part of an arrival, listed and never opened here.
type Exhibit struct {
	N                            int
	Name, Declared, Sniffed, How string
	Size                         int64
	SHA256                       string
}

// Arrive writes down that a was sealed and is owed a disposition, in one
// transaction. The same key twice is one arrival: fresh is false and the row
// that stands is left alone. But other bytes under the key of a mail are another
// mail: the server was restored, and gave a UID out again.
func (l *Ledger) Arrive(ctx context.Context, a Arrival) (job Job, fresh bool, err error) {
	job = Job{ID: DisposeOf(a.ID), Kind: DisposeJob, Subject: a.ID, Due: a.Received, Offer: 1, Urgent: !a.Backlog}
	err = l.Update(ctx, func(tx *Tx) error {
		fresh, err = tx.arrive(a, "")
		if err == nil && !fresh && a.Door == "mail" {
			fresh, err = tx.arriveAgain(a)
		}
		if err != nil || !fresh {
			return err
		}
		return tx.Owe(job)
	})
	if err != nil {
		return Job{}, false, fmt.Errorf("write arrival: %w", err)
	}
	return job, fresh, nil
}

func (t *Tx) arrive(a Arrival, reused string) (fresh bool, err error) {
	n, err := t.exec(`INSERT INTO arrivals (id, door, mailbox, org, door_key, sha256, size, received_at, state, reused_key)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (door_key) DO NOTHING`,
		a.ID, a.Door, a.Mailbox, a.Org, a.Key, a.SHA256, a.Size, ms(a.Received), string(Waiting), reused)
	return n == 1, err
}

// arriveAgain writes a under its key and digest if the key stands for other bytes.
func (t *Tx) arriveAgain(a Arrival) (fresh bool, err error) {
	var first string
	if err := t.row(`SELECT sha256 FROM arrivals WHERE door_key = $1`, a.Key).Scan(&first); err != nil || first == a.SHA256 {
		return false, err
	}
	reused := a.Key
	a.Key += "/" + a.SHA256
	return t.arrive(a, reused)
}

// Known reports which of the keys have arrived before, with the size in bytes of
// each mail that was sealed under it: one, or several where a UID was given out
// again.
func (l *Ledger) Known(ctx context.Context, keys []string) (map[string][]int64, error) {
	known := make(map[string][]int64, len(keys))
	for some := range slices.Chunk(keys, 500) {
		if err := l.known(ctx, some, known); err != nil {
			return nil, fmt.Errorf("look up arrivals: %w", err)
		}
	}
	return known, nil
}

// knownBy is asked with the same places twice.
const knownBy = `SELECT door_key, size FROM arrivals WHERE door_key IN (%[1]s)
	UNION ALL SELECT reused_key, size FROM arrivals WHERE reused_key <> '' AND reused_key IN (%[1]s)`

func (l *Ledger) known(ctx context.Context, keys []string, into map[string][]int64) error {
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	rows, err := l.read.QueryContext(ctx, fmt.Sprintf(knownBy, places(1, len(keys))), args...)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var k string
		var size int64
		err := rows.Scan(&k, &size)
		into[k] = append(into[k], size)
		return err
	})
}

const arrivalColumns = `id, door, mailbox, org, door_key, sha256, size, received_at, state, case_ref, why, content, defects,
	grade, authentic, auth_why, signatures`

func scanArrival(s scanner) (a Arrival, err error) {
	var at int64
	err = s.Scan(&a.ID, &a.Door, &a.Mailbox, &a.Org, &a.Key, &a.SHA256, &a.Size, &at, &a.State, &a.Case, &a.Why, &a.Content, &a.Defects,
		&a.Grade, &a.Authentic, &a.AuthWhy, &a.Signatures)
	a.Received = instant(at)
	return a, notFound(err)
}

// Arrival reads one arrival.
func (l *Ledger) Arrival(ctx context.Context, id string) (Arrival, error) {
	return scanArrival(l.read.QueryRowContext(ctx, `SELECT `+arrivalColumns+` FROM arrivals WHERE id = $1`, id))
}

// Exclusive makes decisions about the same bytes or content wait for each
// other. SQLite has one writer and needs nothing.
func (t *Tx) Exclusive(a Arrival) error {
	if t.l.d.together {
		return nil
	}
	for _, key := range []string{a.SHA256, a.Content} {
		if key == "" {
			continue
		}
		if _, err := t.exec(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, key); err != nil {
			return fmt.Errorf("wait for others: %w", err)
		}
	}
	return nil
}

// Dispose records what became of the arrival, and lists what was in it.
func (t *Tx) Dispose(a Arrival, xs []Exhibit) error {
	_, err := t.exec(`UPDATE arrivals SET state=$1, case_ref=$2, why=$3, content=$4, defects=$5, grade=$6, authentic=$7, auth_why=$8, signatures=$9 WHERE id=$10`,
		string(a.State), string(a.Case), clean(a.Why), a.Content, clean(a.Defects), a.Grade, flag(a.Authentic), clean(a.AuthWhy), clean(a.Signatures), a.ID)
	for _, x := range xs {
		if err != nil {
			break
		}
		_, err = t.exec(`INSERT INTO exhibits (arrival, n, name, declared, sniffed, how, size, sha256) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
			ON CONFLICT (arrival, n) DO NOTHING`, a.ID, x.N, clean(x.Name), clean(x.Declared), x.Sniffed, x.How, x.Size, x.SHA256)
	}
	if err != nil {
		return fmt.Errorf("dispose of arrival: %w", err)
	}
	return nil
}

// Exhibits lists what was in an arrival.
func (l *Ledger) Exhibits(ctx context.Context, arrival string) (xs []Exhibit, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT `+exhibitColumns+` FROM exhibits WHERE arrival = $1 ORDER BY n`, arrival)
	if err != nil {
		return nil, fmt.Errorf("list exhibits: %w", err)
	}
	err = each(rows, func() error {
		x, err := scanExhibit(rows)
		xs = append(xs, x)
		return err
	})
	return xs, err
}

// clean makes text storable in either database: PostgreSQL refuses NUL and
// what is not UTF-8.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}
