package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// Alert writes down that the letter's person is alerted at now, and returns how
// many alerts they had in its crowd since a moment, at most so many. Decisions
// that share a commit count together, by the moment of the first.
func (t *Tx) Alert(x Letter, now, since time.Time, most int) (n int, err error) {
	key := crowded{x.Person, x.Crowd}
	n, known := t.own.recent[key]
	if !known {
		n, known = t.before.recent[key]
	}
	if !known {
		const text = `SELECT count(*) FROM (SELECT 1 FROM alerts WHERE person = $1 AND at > $2 AND crowd = $3 LIMIT $4) AS recent`
		if err = t.ask(text, x.Person, ms(since), string(x.Crowd), most).Scan(&n); err != nil {
			return 0, fmt.Errorf("count alerts: %w", err)
		}
	}
	t.own.alert(key, n+1)
	t.own.alerts = append(t.own.alerts, x.Person, ms(now), string(x.Case), string(x.Kind), string(x.Crowd))
	return min(n, most), nil
}

// mostLines is how many lines a digest takes: more make a mail that relays
// refuse.
const mostLines = 20_000

// Gather adds a line to the digest that is open for a person, and returns the
// digest's letter; "" if none is open. A digest that is full is sealed. The
// first line of a commit holds the digest until it ends, so that those after it
// need only be counted.
func (t *Tx) Gather(person string) (letter string, err error) {
	g, known := t.own.digests[person]
	if !known {
		g, known = t.before.digests[person]
	}
	if known && g.lines+1 < mostLines {
		g.lines, g.more = g.lines+1, g.more+1
		t.own.open(person, g)
		return g.letter, nil
	}
	if err := t.catchUp("digests"); err != nil {
		return "", err
	}
	g = gathering{}
	err = t.changeKey("", `UPDATE digests SET lines = lines + 1, sealed = CASE WHEN lines + 1 >= $1 THEN 1 ELSE 0 END
		WHERE person = $2 AND sealed = 0 RETURNING letter, lines`, mostLines, person).Scan(&g.letter, &g.lines)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err == nil && g.lines < mostLines {
		t.own.open(person, g)
	}
	return g.letter, err
}

// OpenDigest opens a digest with its first line. It reports false if another is
// open for the person by now, which takes the line.
func (t *Tx) OpenDigest(x Letter) (bool, error) {
	n, err := t.execDigests(`INSERT INTO digests (letter, person, lines) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING`, x.ID, x.Person)
	if err != nil {
		return false, fmt.Errorf("open digest: %w", err)
	}
	return n == 1, nil
}

// SealDigest lets a digest take no further line: only then may it be written.
func (l *Ledger) SealDigest(ctx context.Context, letter string, now time.Time) error {
	err := l.Update(ctx, func(tx *Tx) error {
		_, err := tx.execDigests(`UPDATE digests SET sealed = $1 WHERE letter = $2 AND sealed = 0`, ms(now), letter)
		return err
	})
	if err != nil {
		return fmt.Errorf("seal digest: %w", err)
	}
	return nil
}

// linesOf reads what a digest lists, but for what was withdrawn since.
const linesOf = `SELECT ` + letterColumns + ` FROM letters WHERE digest = $1 AND digest <> '' AND state <> 'withdrawn' ORDER BY created_at, id`

// Lines are the letters that a digest lists, oldest first.
func (l *Ledger) Lines(ctx context.Context, digest string) ([]Letter, error) {
	return lines(l.read.QueryContext(ctx, linesOf, digest))
}

// Lines are the letters that a digest lists, oldest first.
func (t *Tx) Lines(digest string) ([]Letter, error) {
	if err := t.catchUp(linesOf); err != nil {
		return nil, err
	}
	return lines(t.list(linesOf, digest))
}

func lines(rows *sql.Rows, err error) (xs []Letter, _ error) {
	if err != nil {
		return nil, fmt.Errorf("list lines: %w", err)
	}
	err = each(rows, func() error {
		x, err := scanLetter(rows)
		xs = append(xs, x)
		return err
	})
	return xs, err
}

// beginLines makes the lines of a digest answerable, as its own bytes are.
func (t *Tx) beginLines(x Letter, digest string) error {
	if x.Kind != casefile.Digest {
		return nil
	}
	_, err := t.exec(`UPDATE letters SET sha256 = $1 WHERE digest = $2 AND digest <> '' AND sha256 = '' AND state <> 'withdrawn'`, digest, x.ID)
	return err
}

// closeLines records of the lines what became of their digest.
func (t *Tx) closeLines(kind casefile.Kind, s LetterState, sent time.Time, code int, id string) error {
	if kind != casefile.Digest {
		return nil
	}
	_, err := t.exec(`UPDATE letters SET state = $1, sent_at = $2, code = $3 WHERE digest = $4 AND digest <> '' AND state <> 'withdrawn'`, string(s), ms(sent), code, id)
	return err
}
