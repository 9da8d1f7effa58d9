package ledger

import (
	"errors"
	"time"
)

// Kind says what is owed.
type Kind string

// The four debts of DESIGN.md section 1.
const (
	DisposeJob Kind = "dispose" // an arrival is owed a disposition
	LetterJob  Kind = "letter"  // somebody is owed a letter
	AlarmJob   Kind = "alarm"   // a deadline is owed an answer
	TickJob    Kind = "tick"    // a period is owed its round
)

// Why a job is not done now. Each is an answer, not a fault.
var (
	ErrDone  = errors.New("job is done")
	ErrTaken = errors.New("job is taken by another")
	ErrEarly = errors.New("job is not due")
	ErrLost  = errors.New("claim was lost to another")
)

// ErrNotFound reports that the ledger has no such row.
var ErrNotFound = errors.New("not in the ledger")

// Job is one thing owed, with the time it is owed at. Its ID tells nothing of
// any person and is all that Redis ever learns.
type Job struct {
	ID       string
	Kind     Kind
	Subject  string    // arrival id, letter id, case reference, or name of the round
	Due      time.Time // UTC
	Gen      int       // raised when the job was put off or set again
	Offer    int       // how often it was offered to the queue
	Attempts int       // how often it was begun
	Urgent   bool      // somebody is waiting
}

// Claim is a job begun. Its Token fences: whoever lost the claim to another
// cannot finish or put off the job.
type Claim struct {
	Job
	Token string
	mail  string // digest of the mail that is being sent
}
