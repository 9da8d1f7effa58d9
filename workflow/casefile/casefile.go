// Package casefile is the case as safeguarding people know it: its states, who
// may move it, and everything that follows from one decision.
//
// It knows references, commands, the roster and the ladder. It must never know
// SQL, mail, HTTP, Redis or what time it is: every function takes the moment it
// happens at and returns an [Outcome], and nothing here can be slow or fail.
package casefile

import (
	"errors"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// ErrNotAllowed reports a command that is well formed but not legal in the
// present state. What was said is still kept as a note.
var ErrNotAllowed = errors.New("not allowed in this state")

// ErrSamePerson reports one person trying to do both halves of an act that
// needs two.
var ErrSamePerson = errors.New("needs a second person")

// ErrLALead reports a case that only the local authority lead, or who stands in
// for them, may close.
var ErrLALead = errors.New("needs the local authority lead")

// ErrNoReason reports a command that must give a reason and gives none.
var ErrNoReason = errors.New("needs a reason")

// ErrUnclear reports a command whose words are not understood: no such stage,
// severity or date.
var ErrUnclear = errors.New("is not understood")

// ErrLighter reports a command for which the case is not graded gravely enough.
var ErrLighter = errors.New("needs a graver severity")

// Ref is how people name a case: a prefix and five Crockford base32 characters.
// It is not secret and gives no authority.
type Ref string

// Report is what someone told us, as far as opening a case needs it.
type Report struct {
	Ref      Ref
	Org      string       // organisation it belongs to
	Arrival  string       // the arrival that brought it
	Severity sla.Severity // suggested; "" is taken as S2
	Excluded IDs          // who is named in it and must not know of it
	Copied   IDs          // those of them who only got a copy, or are named where nobody sees it
	Kept     IDs          // who was kept from another case of the same report
	Held     string       // why a person must read the raw mail, "" if it could be read
}

// Case is the service's handling of one report.
type Case struct {
	Ref          Ref
	Org          string
	Severity     sla.Severity
	State        State
	Arrival      string    // the arrival that opened it
	Opened       time.Time // when the concern arrived, UTC: every clock starts here
	Climbed      int       // the next rung the clock will reach
	Reached      int       // rungs below have been told, some of them early
	Reviews      int       // reminders given since it was taken, by the plain rule
	Acknowledged time.Time // zero until a named person took it
	By           string    // that person
	Proposed     string    // the person who proposed to close it
	Breached     time.Time // when a limit was first missed; never cleared
	Excluded     IDs       // who must never learn of the case: a conflict of interest
	Lifting      IDs       // exclusions that one person has proposed to lift: "excluded=proposer"
	Version      string    // of the policy that it began under; "" if it is older than policies
	Story        Story     // what happened to its clocks since
	Rungs        Rungs     // how far its clocks were climbed, but for the acknowledgement
	Turn         int       // how often it came back to be taken
	Since        time.Time // when it came back last; zero if it never did
	Grading      string    // the lighter severity that one person has proposed for an emergency, and when: "S2@<epoch milliseconds>=proposer"
	File         File      // what casework found out and decided
}

// Event is one line of the chronology. It is never changed or removed.
type Event struct {
	At      time.Time
	By      string // a person's id, or "clock", "post", "reporter"
	Verb    Verb
	Text    string // what was said, or why
	Arrival string // the arrival that caused it, if one did
}

// Kind names what a letter is about.
type Kind string

// The kinds of notice a decision can lead to.
const (
	Opened        Kind = "opened"
	Nudge         Kind = "nudge"
	Breach        Kind = "breach"
	TakenBy       Kind = "acknowledged"
	CloseProposal Kind = "close-proposed"
	CaseClosed    Kind = "closed"
	Reminder      Kind = "reminder"
	Untrusted     Kind = "untrusted"
	NotDelivered  Kind = "undelivered"
	Hold          Kind = "hold"
	StageNudge    Kind = "stage-nudge"  // another stage than the acknowledgement is due
	StageBreach   Kind = "stage-breach" // its limit passed
	Returned      Kind = "returned"     // somebody took the case and nothing followed
	Changed       Kind = "changed"      // somebody graded it, holds its clocks, or lets somebody back
	Informed      Kind = "informed"     // what the desk does by itself
)

// Notice is the decision to tell one person something.
type Notice struct {
	Kind   Kind
	To     string   // person id
	Role   sla.Role // why this person
	Rung   int
	Urgent bool
	Reason string    // what was said, or why; for the letter's words
	Before time.Time // when silence of the post itself becomes a fault; zero if never
	Crowd  Crowd     // what an alert is counted with

	Stage sla.Stage // what is due; "" where nothing is
	Due   time.Time // its limit, UTC
	Why   string    // which rule set it
	Note  string    // what the policy asks besides
	Ask   string    // the reply that it asks for, as far as it is known; "" if none
}

// Alarm is a request to be reminded of a case.
type Alarm struct {
	Ref   Ref
	Stage sla.Stage
	Turn  int // how often the stage had run before
	Rung  int
	Due   time.Time
}

// Outcome is everything that follows from one decision. It is committed whole
// or not at all. Alarms are all the alarms the case now waits for: any other
// is answered; where Stage is set that goes for the alarms of that stage only.
type Outcome struct {
	Case    Case
	Events  []Event
	Notices []Notice
	Alarms  []Alarm
	Stage   sla.Stage
}

// Rules are the council's data that decisions are made by.
type Rules struct {
	Policy  sla.Policy   // an Acknowledge or Review above zero stands in for that of the policy where it is no later
	Books   policy.Books // every policy that a case may run under
	Version string       // of the one that new cases begin under; "" for none
	Roster  Roster
	Flood   Flood
}
