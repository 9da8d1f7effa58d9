package ledger

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// awaiting begins why a letter was put off that waits for the post as such, not
// for its recipient's part of it.
const awaiting = "relay "

// AwaitMost is longer than a letter ever waits for the post before it is tried
// again.
const AwaitMost = 3 * time.Minute

// Await puts a letter off until the post works, see [Ledger.Resume], and at most
// until again, which is less than AwaitMost from now. Whether it may have gone stays as it was.
func (l *Ledger) Await(ctx context.Context, c Claim, code int, again time.Time) error {
	return l.Update(ctx, func(tx *Tx) error {
		err := tx.fenced(c, `UPDATE jobs SET due_at = $1, why = $4, claim = '', claimed_until = 0, offered_at = 0, gen = gen + 1
			WHERE id = $2 AND claim = $3 AND done_at = 0`, ms(again), awaiting+strconv.Itoa(code))
		if err != nil {
			return err
		}
		_, err = tx.execKey(c.ID, `UPDATE letters SET code = $1 WHERE id = $2`, code, c.Subject)
		return err
	})
}

const resume = `UPDATE jobs SET due_at = $1, offered_at = 0, gen = gen + 1
	WHERE done_at = 0 AND parked_at = 0 AND due_at > $1 AND due_at < $2 AND kind = 'letter' AND why LIKE 'relay %' AND claimed_until = 0
	AND subject NOT IN (SELECT id FROM letters WHERE state = 'maybe-sent')`

// Resume makes what waits for the post due at now, since it works, and says how
// many letters that were. One that may have gone keeps its pause.
func (l *Ledger) Resume(ctx context.Context, now time.Time) (n int64, err error) {
	err = l.Update(ctx, func(tx *Tx) error {
		n, err = tx.exec(resume, ms(now), ms(now.Add(AwaitMost)))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("resume letters: %w", err)
	}
	return n, nil
}

const countAwaiting = `SELECT count(*) FROM jobs JOIN letters ON letters.id = jobs.subject
	WHERE jobs.done_at = 0 AND jobs.parked_at = 0 AND jobs.due_at >= $1 AND jobs.due_at < $2 AND jobs.kind = 'letter' AND jobs.why LIKE 'relay %' AND letters.created_at < $1`

// overdueMost is how long before now whoever asks what is late may draw the line.
const overdueMost = 3 * time.Minute

// awaited counts the letters that were first due before a moment, and were put
// off since because the post as such did not work.
func (l *Ledger) awaited(ctx context.Context, before time.Time) (n int, err error) {
	if err := l.read.QueryRowContext(ctx, countAwaiting, ms(before), ms(before.Add(overdueMost+AwaitMost))).Scan(&n); err != nil {
		return 0, fmt.Errorf("count letters that wait for the post: %w", err)
	}
	return n, nil
}

// withAwaited adds letters to those counted as late.
func withAwaited(counts []Count, n int) []Count {
	if n == 0 {
		return counts
	}
	for i := range counts {
		if counts[i].Name == string(LetterJob) {
			counts[i].N += n
			return counts
		}
	}
	return append(counts, Count{string(LetterJob), n})
}
