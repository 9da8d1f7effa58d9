package ledger

import (
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// Answers counts the letters that answered a person about a case since a moment.
func (t *Tx) Answers(ref casefile.Ref, person string, since time.Time) (n int, err error) {
	err = t.row(`SELECT count(*) FROM letters WHERE person = $1 AND created_at >= $2 AND role = '' AND case_ref = $3`, person, ms(since), string(ref)).Scan(&n)
	return n, err
}

// Addressed counts the letters to an address since a moment. Decisions that ask
// about one address wait for each other.
func (t *Tx) Addressed(address string, since time.Time) (n int, err error) {
	if !t.l.d.together {
		if _, err := t.exec(`SELECT pg_advisory_xact_lock(hashtextextended($1, 1))`, address); err != nil {
			return 0, fmt.Errorf("wait for others: %w", err)
		}
	}
	err = t.row(`SELECT count(*) FROM letters WHERE address = $1 AND address <> '' AND created_at >= $2`, address, ms(since)).Scan(&n)
	return n, err
}
