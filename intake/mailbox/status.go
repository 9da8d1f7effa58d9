package mailbox

import "time"

// State says in one word how the watch stands. The words are fixed and safe for
// metrics and alarms.
type State string

// The states of a watch. All but Starting and Watching are troubles that are
// being waited out.
const (
	Starting    State = "starting"
	Watching    State = "watching"
	Unreachable State = "unreachable" // no TCP connection
	Certificate State = "certificate" // TLS failed or the certificate is not trusted
	Secret      State = "secret"      // our password cannot be read
	Refused     State = "refused"     // login refused; tried at most once a minute
	Throttled   State = "throttled"   // the server asks for patience
	FolderGone  State = "folder"      // watched folder missing, renamed or not allowed
	Unusable    State = "unusable"    // no UIDVALIDITY, no STARTTLS, senseless answers
	Broken      State = "broken"      // line cut or silent
	DeskShut    State = "desk"        // the desk or its book does not work
)

// Moving says what becomes of taken messages on the server.
type Moving string

// The ways of a taken message.
const (
	MovingOff     Moving = "off"     // no folder for kept messages is configured
	MovingWorks   Moving = "works"   // also before the first one was moved
	MovingUnable  Moving = "unable"  // neither MOVE nor UIDPLUS: they stay where they are
	MovingRefused Moving = "refused" // quota, rights, missing folder: tried again every five minutes
)

// Status is a snapshot of one watch. Counters count since Run began.
type Status struct {
	Mailbox     string
	State       State
	Since       time.Time // when State began, UTC
	LastSuccess time.Time // when the folder was last listed in good order, UTC; zero: never
	Moving      Moving

	Waiting int // messages in the folder that are not taken in yet
	Aside   int // of these, failed three times or more; still tried, ever more seldom

	Taken     uint64 // deliveries kept
	Vanished  uint64 // messages that disappeared before they were taken in (T22)
	Removed   uint64 // taken messages that somebody else removed (T21)
	Resets    uint64 // times the server renumbered the folder (UIDVALIDITY)
	WrongSize uint64 // messages kept although RFC822.SIZE named another size
}
