package ledger

import (
	"fmt"
	"time"
)

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
