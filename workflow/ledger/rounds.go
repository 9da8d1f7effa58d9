package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// roundDue goes through the partial index of rounds.
const roundDue = `SELECT due_at FROM jobs WHERE kind = 'tick' AND subject = $1 AND done_at = 0 ORDER BY due_at LIMIT 1`

// RoundDue is when a round is owed next; zero if it is not owed at all. What was
// put off counts with the time it was put off to.
func (t *Tx) RoundDue(name string) (time.Time, error) {
	var due int64
	err := t.row(roundDue, name).Scan(&due)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("next %s: %w", name, err)
	}
	return instant(due), nil
}

// OweRound writes down that a round is owed for a period, which begins when it
// is due. One round and period is one job, however often it is written.
func (t *Tx) OweRound(name string, period time.Time) error {
	return t.Owe(Job{ID: RoundID(name, period), Kind: TickJob, Subject: name, Due: period})
}

// roundForm is a period in the id of a job.
const roundForm = "20060102T150405Z"

// RoundID names the job of a round for a period, which is a whole second.
func RoundID(name string, period time.Time) string {
	return "tick/" + name + "/" + period.UTC().Format(roundForm)
}

// Period is the period that a round's job is owed for, however often it was put
// off since.
func (j Job) Period() (time.Time, error) {
	at, err := time.Parse(roundForm, strings.TrimPrefix(j.ID, "tick/"+j.Subject+"/"))
	if err != nil {
		return time.Time{}, fmt.Errorf("period of %s: %w", j.ID, ErrNotFound)
	}
	return at, nil
}
