package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// ErrKept reports somebody for whom a case was asked and who is kept from it.
var ErrKept = errors.New("is kept from this case, for a conflict of interest")

// ErrNobody reports a person id that is not on the roster.
var ErrNobody = errors.New("is nobody on the roster")

// Asking says who looks at cases, and for whom.
type Asking struct {
	Target string // the ledger's
	Reader string // login name of whoever runs the command
	Person string // id of whoever asked for it, "" if nobody was named
	Why    string
}

// Read is one line of "case reads --json".
type Read struct {
	Case   string    `json:"case"`
	At     time.Time `json:"at"`
	Reader string    `json:"reader"`  // login name of whoever ran the command
	What   string    `json:"command"` // case show, case chronology or letters show
	Person string    `json:"person"`  // id of whoever it was read for, "" if nobody was named
	Why    string    `json:"why"`
}

// Note writes down that a case is looked at. It comes before anything is shown,
// and what cannot be written down is not shown. Whoever is kept from the case is
// refused, which is written down as well.
func (r Reader) Note(ctx context.Context, ref, command string) error {
	c, err := r.Ledger.Case(ctx, casefile.Ref(ref))
	if err != nil {
		return err
	}
	rules, now := r.rules()
	a := r.Asking
	if _, known := rules.Roster.People[a.Person]; a.Person != "" && !known {
		return fmt.Errorf("%.40q %w", a.Person, ErrNobody)
	}
	var refusal error
	if c.Excluded.Has(a.Person) {
		refusal = fmt.Errorf("%s %w", a.Person, ErrKept)
		command += " (refused)"
	}
	l, err := ledger.OpenNoting(ctx, a.Target)
	if err != nil {
		return err
	}
	err = l.NoteRead(ctx, ledger.Read{Case: c.Ref, At: now, Reader: a.Reader, What: command, Person: a.Person, Why: a.Why})
	return errors.Join(refusal, err, l.Close())
}

// Reads lists who looked at a case.
func (r Reader) Reads(ctx context.Context, ref string) ([]Read, error) {
	if _, err := r.Ledger.Case(ctx, casefile.Ref(ref)); err != nil {
		return nil, err
	}
	rows, err := r.Ledger.Reads(ctx, casefile.Ref(ref))
	out := make([]Read, 0, len(rows))
	for _, x := range rows {
		out = append(out, Read{string(x.Case), x.At, x.Reader, x.What, x.Person, x.Why})
	}
	return out, err
}
