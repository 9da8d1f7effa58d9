package ledger

import (
	"context"
	"strconv"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// LetterState says how far a letter came.
type LetterState string

// A letter is due until the server took it. MaybeSent: the line was lost after
// the last dot. Failed: the server will never take it.
const (
	Due       LetterState = "due"
	Sent      LetterState = "sent"
	MaybeSent LetterState = "maybe-sent"
	Failed    LetterState = "failed"
)

// Letter is the debt of telling one person something. Its token is the
// capability to act on it, kept only as a hash.
type Letter struct {
	ID        string
	Case      casefile.Ref // "" if it is about the desk itself
	Kind      casefile.Kind
	Person    string         // "" if it goes to Address
	Address   string         // of somebody who is not on the roster; it stands nowhere but here
	Crowd     casefile.Crowd // what an alert is counted with; not kept with the letter
	Digest    string         // the letter in which it is a line, "" if it goes out by itself
	Role      sla.Role
	Rung      int
	Urgent    bool
	Detail    string // JSON, what the words need beyond the case
	TokenHash string
	Created   time.Time
	GiveUp    time.Time // when the next rung is told instead; zero if never
	State     LetterState
	SentAt    time.Time
	SHA256    string // of the mail as rendered and kept
	Code      int    // last SMTP answer
	Used      time.Time
}

// JobID is the job that sends the letter.
func (l Letter) JobID() string { return "letter/" + l.ID }

const letterColumns = `id, case_ref, kind, person, role, rung, detail, token_hash, created_at, give_up_at, state, sent_at, sha256, code, used_at, address, digest`

func scanLetter(s scanner) (x Letter, err error) {
	var created, giveUp, sent, used int64
	err = s.Scan(&x.ID, &x.Case, &x.Kind, &x.Person, &x.Role, &x.Rung, &x.Detail, &x.TokenHash, &created, &giveUp, &x.State, &sent, &x.SHA256, &x.Code, &used, &x.Address, &x.Digest)
	x.Created, x.GiveUp, x.SentAt, x.Used = instant(created), instant(giveUp), instant(sent), instant(used)
	return x, notFound(err)
}

// Write writes letters with the jobs that send them. A letter that was gathered
// goes out with its digest.
func (t *Tx) Write(letters ...Letter) error {
	jobs := make([]Job, 0, len(letters))
	for _, x := range letters {
		t.own.letters = append(t.own.letters, x.ID, string(x.Case), string(x.Kind), x.Person, string(x.Role), x.Rung, clean(x.Detail),
			x.TokenHash, ms(x.Created), ms(x.GiveUp), string(Due), x.Address, x.Digest)
		if x.Digest != "" {
			continue
		}
		jobs = append(jobs, Job{ID: x.JobID(), Kind: LetterJob, Subject: x.ID, Due: x.Created, Urgent: x.Urgent})
	}
	return t.Owe(jobs...)
}

// letterByToken finds letters that began to be sent: no other can be answered.
const letterByToken = `SELECT ` + letterColumns + ` FROM letters WHERE token_hash = $1 AND sha256 <> ''`

// LetterOf finds the letter a token belongs to.
func (t *Tx) LetterOf(tokenHash string) (Letter, error) {
	return scanLetter(t.row(letterByToken, tokenHash))
}

// LetterOf finds the letter a token belongs to.
func (l *Ledger) LetterOf(ctx context.Context, tokenHash string) (Letter, error) {
	return scanLetter(l.read.QueryRowContext(ctx, letterByToken, tokenHash))
}

// Letter reads one letter.
func (l *Ledger) Letter(ctx context.Context, id string) (Letter, error) {
	return scanLetter(l.read.QueryRowContext(ctx, `SELECT `+letterColumns+` FROM letters WHERE id = $1`, id))
}

// Use spends a letter's capability for acts that may be done once. It reports
// false if it was spent before.
func (t *Tx) Use(id string, at time.Time) (bool, error) {
	n, err := t.execKey("letter/"+id, `UPDATE letters SET used_at = $1 WHERE id = $2 AND used_at = 0`, ms(at), id)
	return n == 1, err
}

// Begin claims the job of a letter and records the digest of the mail that is
// about to be sent, in one transaction: rendered, kept, then sent. It returns
// the digest that stands, which is an earlier one if another got that far.
func (l *Ledger) Begin(ctx context.Context, x Letter, digest string, now time.Time, lease time.Duration) (c Claim, stands string, err error) {
	err = l.Update(ctx, func(tx *Tx) error {
		if c, err = tx.Claim(x.JobID(), now, lease); err != nil {
			return err
		}
		if err = tx.changeKey(x.JobID(), `UPDATE letters SET sha256 = CASE WHEN sha256 = '' THEN $1 ELSE sha256 END WHERE id = $2 RETURNING sha256`, digest, x.ID).Scan(&stands); err != nil {
			return err
		}
		c.mail = stands
		return tx.beginLines(x, stands)
	})
	return c, stands, err
}

// Posted records that the server took the letter: the debt is paid. What it took
// is on record also if the letter was to be written anew by then.
func (l *Ledger) Posted(ctx context.Context, c Claim, at time.Time) error {
	return l.closeLetter(ctx, c, Sent, 250, at)
}

// Refused records that the server will never take the letter. The debt of this
// letter ends; the office decides who is told instead.
func (l *Ledger) Refused(ctx context.Context, c Claim, code int, at time.Time) error {
	return l.closeLetter(ctx, c, Failed, code, at)
}

// Unsure records a letter that may have been sent twice by now; no third copy
// is sent, and the ladder goes on without it.
func (l *Ledger) Unsure(ctx context.Context, c Claim, at time.Time) error {
	return l.closeLetter(ctx, c, MaybeSent, 0, at)
}

func (l *Ledger) closeLetter(ctx context.Context, c Claim, s LetterState, code int, at time.Time) error {
	return l.Update(ctx, func(tx *Tx) error {
		if err := tx.Finish(c, at); err != nil {
			return err
		}
		sent, mail := at, c.mail
		if s == Failed {
			sent, mail = time.Time{}, ""
		}
		var kind casefile.Kind
		err := tx.changeKey(c.ID, `UPDATE letters SET state = $1, sent_at = $2, code = $3, sha256 = CASE WHEN sha256 = '' THEN $5 ELSE sha256 END
			WHERE id = $4 RETURNING kind`, string(s), ms(sent), code, c.Subject, mail).Scan(&kind)
		if err != nil {
			return notFound(err)
		}
		if err := tx.beginLines(Letter{ID: c.Subject, Kind: kind}, mail); err != nil {
			return err
		}
		return tx.closeLines(kind, s, sent, code, c.Subject)
	})
}

// Delay puts a letter off; maybe says that it may have gone out already.
func (l *Ledger) Delay(ctx context.Context, c Claim, maybe bool, code int, again time.Time) error {
	return l.Update(ctx, func(tx *Tx) error {
		err := tx.fenced(c, `UPDATE jobs SET due_at = $1, why = $4, claim = '', claimed_until = 0, offered_at = 0, gen = gen + 1
			WHERE id = $2 AND claim = $3 AND done_at = 0`, ms(again), "smtp "+strconv.Itoa(code))
		if err != nil {
			return err
		}
		s := Due
		if maybe {
			s = MaybeSent
		}
		_, err = tx.execKey(c.ID, `UPDATE letters SET state = $1, code = $2 WHERE id = $3`, string(s), code, c.Subject)
		return err
	})
}

// Overtaken records, once, that the post took too long and that the next rung
// is told instead. It reports false if that was recorded before.
func (t *Tx) Overtaken(id string) (bool, error) {
	n, err := t.execKey("letter/"+id, `UPDATE letters SET give_up_at = 0 WHERE id = $1 AND give_up_at <> 0`, id)
	return n == 1, err
}

// LastLetter is the last letter about a case that began to be sent to a person
// since a moment.
func (l *Ledger) LastLetter(ctx context.Context, person string, since time.Time) (Letter, error) {
	return scanLetter(l.read.QueryRowContext(ctx, `SELECT `+letterColumns+` FROM letters
		WHERE person = $1 AND created_at >= $2 AND case_ref <> '' AND sha256 <> '' ORDER BY created_at DESC, id LIMIT 1`, person, ms(since)))
}

// Written counts letters of a kind to a person about a case since a moment.
func (t *Tx) Written(ref casefile.Ref, person string, kind casefile.Kind, since time.Time) (n int, err error) {
	err = t.row(`SELECT count(*) FROM letters WHERE person = $1 AND kind = $2 AND created_at >= $3 AND case_ref = $4`, person, string(kind), ms(since), string(ref)).Scan(&n)
	return n, err
}

// Told counts letters of a kind to a person since a moment. It counts letters
// that answer a person or are about the desk, and so were sent for no role.
func (t *Tx) Told(person string, kind casefile.Kind, since time.Time) (n int, err error) {
	err = t.row(`SELECT count(*) FROM letters WHERE person = $1 AND kind = $2 AND created_at >= $3 AND role = ''`, person, string(kind), ms(since)).Scan(&n)
	return n, err
}
