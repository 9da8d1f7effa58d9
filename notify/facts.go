package notify

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Kind is what a letter is about.
type Kind string

// The kinds of letter, and who gets them.
const (
	Opened        Kind = "opened"         // a new concern; its lead and deputy
	Nudge         Kind = "nudge"          // still not acknowledged, though in time; lead and deputy
	Breach        Kind = "breach"         // the limit passed; everybody on the rung
	Acknowledged  Kind = "acknowledged"   // somebody has it; the others on the case
	Transcript    Kind = "transcript"     // what became of a reply; whoever wrote it
	Help          Kind = "help"           // a word was not understood; whoever wrote it
	CloseProposed Kind = "close-proposed" // a second person must agree; the others on the case
	Closed        Kind = "closed"         // everybody on the case
	Reminder      Kind = "reminder"       // daily while not closed; whoever has it
	Untrusted     Kind = "untrusted"      // a message was kept and not obeyed; lead and deputy
	Undelivered   Kind = "undelivered"    // a letter came back; the next person
	Hold          Kind = "hold"           // an arrival could not be read twice; a named person
	Trouble       Kind = "trouble"        // part of the desk is down; managers
	Recovered     Kind = "recovered"      // it works again; managers
	Missing       Kind = "missing"        // messages disappeared from a mailbox; managers
	Reconciled    Kind = "reconciled"     // daily, how the mailboxes and the ledger agree; managers
	Digest        Kind = "digest"         // many new concerns at once, a line for each; whoever is called to them
	DailyList     Kind = "daily"          // every day, what is open and late; leads, deputies, managers
	RosterCheck   Kind = "roster-check"   // every week, what is wrong with the roster; managers and service lead
	PolicyReview  Kind = "policy-review"  // a policy is to be looked at again; managers and service lead
	ListAnswer    Kind = "list-answer"    // what became of a reply to a digest; whoever wrote it
	Receipt       Kind = "receipt"        // a mail came; whoever wrote it, who is on no list of ours
	StageNudge    Kind = "stage-nudge"    // something other than the acknowledgement is due; whoever is to do it
	StageBreach   Kind = "stage-breach"   // it was not done in time; everybody on the rung
	Returned      Kind = "returned"       // somebody took the case and nothing followed; lead and deputy
	Changed       Kind = "changed"        // somebody graded it or holds its clocks; the others on the case
	PolicyChanged Kind = "policy-changed" // deadlines moved with the policy; managers
	OffCase       Kind = "off-case"       // they are off a case by their own word; whoever said so
	Status        Kind = "status"         // how the case stands; whoever asked
	Informed      Kind = "informed"       // what the desk tells by itself; the local authority lead
)

// The states of a case that letters have words for.
const (
	stateOpen          = "open"
	stateAcknowledged  = "acknowledged"
	stateCloseProposed = "close-proposed"
	stateClosed        = "closed"
)

// Person is somebody on the desk's list.
type Person struct{ ID, Name, Address string }

// Exhibit is one kept file as the reporter named it.
type Exhibit struct {
	Name   string // data, never a path
	Type   string // sniffed media type
	Size   int64  // bytes
	SHA256 string // 64 hex digits
}

// Down is a part of the desk that does not work.
type Down struct {
	Part  string    // "redis", "mailbox safeguarding"; its first word says which words it has
	Since time.Time // the same in the trouble and the recovered letter: they are one conversation
}

// Deed is one word of a reply and what came of it. Each code has its words in
// the templates.
type Deed struct {
	Word  string   // "ACK"; "" for the rest of the reply, kept as a note
	Did   string   // "taken", "proposed", "refused", …
	State string   // refused: the state of the case, as in Facts
	Can   []string // refused: the words that could be said instead
	Refs  []string // list-answer: the cases it came to

	Reasons []string // no-pause: those that the policy allows
}

// Facts are all a letter may need. A kind ignores what it has no use for.
type Facts struct {
	Kind           Kind
	Service        string         // the desk's name, shown as sender
	ServiceAddress string         // "safeguarding@council.example"; replies go to its plus-addresses
	Zone           *time.Location // in which people read times; nil is UTC
	Now            time.Time      // when the letter is written; its Date

	Ref      string    // "SG-7K3F9"; "" only where no case is concerned
	Severity string    // "S1" to "S4", "" while unknown
	State    string    // "open", "acknowledged", "close-proposed" or "closed"
	Received time.Time // zero to leave out
	Due      time.Time // when the next act is owed; zero for none
	What     string    // what is due: a stage, "triage"; "" is the acknowledgement
	Rule     string    // which rule set Due, in the desk's words; "" to leave out
	Asked    string    // what the policy asks besides; "" for nothing
	Ask      string    // the reply that is asked for, such as "GRADE S3 because "; "" for none
	Back     time.Time // transcript: when the case goes back if nothing follows; zero for never
	Org      string    // "Northgate Training"
	Door     string    // "mail" or "form"; full letters only

	To   Person
	Role string        // why this person: the role they hold, "la-lead"
	Rung int           // how far the ladder has been climbed; shown with a breach
	Late time.Duration // how late; 0 to count from Due

	Grade    string // how much of the report is evidence: a grade of the arrival, "" to leave out
	Inline   bool   // the report is a mail that was passed on inside another
	Exhibits []Exhibit
	Words    string // the reporter's own words: set only when To may have the full letter

	By      string   // who did it, or whom a letter did not reach; the desk's people only
	Reason  string   // untrusted, undelivered, hold: the desk's words. close-proposed, closed: a person's, full letters only
	Nearest string   // help: the known word nearest to what was written, "" if the words were asked for
	Can     []string // words that may be said of the case now, without HELP; nil for all

	Deeds                     []Deed   // transcript: what the reply did, word by word
	Understood, Changed, Next []string // the same in words, of a letter that was decided on by an older program

	Clocks []Clock  // status: what is owed, soonest first
	Lines  []string // status: the last of the chronology, as far as To may read it

	Trouble Down
	Items   []Item  // digest: every concern in it
	Tallies []Tally // missing, reconciled: one for each mailbox

	Daily  *Daily    // daily
	Roll   *Roll     // roster-check
	Period time.Time // of letters by the clock: when it was to come
	Gone   Gone      // the outage because of which it is told late, zero for none

	Token    string // capability, lower-case letters and digits; "" if a reply needs none
	LetterID string // names this letter for ever
	Host     string // domain of Message-IDs; not a machine
}

var (
	refPattern    = regexp.MustCompile(`^[A-Z]{1,8}-[0-9A-Z]{3,16}$`)
	tokenPattern  = regexp.MustCompile(`^[a-z0-9]{16,52}$`)
	letterPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	hostPattern   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)
	mailPattern   = regexp.MustCompile(`^[^\s@<>,;:"()\[\]\\]+@[^\s@<>,;:"()\[\]\\]+$`)
)

// check refuses facts that could make a letter go wrong in silence: no one to
// tell, or a reference, token or id that is more than it says.
func (f Facts) check() error {
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"kind", f.Kind != ""},
		{"recipient's address", mailPattern.MatchString(f.To.Address)},
		{"service's address", mailPattern.MatchString(f.ServiceAddress)},
		{"service's name", strings.TrimSpace(f.Service) != ""},
		{"time", !f.Now.IsZero()},
		{"reference", refPattern.MatchString(f.Ref) || f.Ref == "" && f.deskwide()},
		{"token", f.Token == "" || tokenPattern.MatchString(f.Token)},
		{"letter's id", letterPattern.MatchString(f.LetterID)},
		{"host", hostPattern.MatchString(f.Host)},
		{"list", (f.Kind != DailyList || f.Daily != nil) && (f.Kind != RosterCheck || f.Roll != nil)},
		{"trouble", !f.deskwide() || f.Kind == Hold || f.Kind == Digest && len(f.Items) > 0 || f.Kind == ListAnswer || f.Trouble.Part != ""},
	} {
		if !c.ok {
			return fmt.Errorf("%s: %w", c.what, ErrFacts)
		}
	}
	return nil
}

// deskwide holds for letters that may be about no case.
func (f Facts) deskwide() bool {
	return f.Kind == Trouble || f.Kind == Recovered || f.Kind == Hold || f.Kind == Missing || f.Kind == Reconciled || f.Kind == Digest || f.Kind == ListAnswer || f.Kind == PolicyChanged || f.Kind == OffCase || f.round()
}

// full tells whether the recipient may read what the reporter wrote.
func (f Facts) full() bool { return f.Words != "" }

const (
	maxWords = 20_000 // characters of a report in a letter; the rest is on the case
	maxLine  = 300    // characters of anything else
)

// clean makes every value fit its place: one line where one is meant, no
// control or direction marks that could make a letter read as something else.
func (f Facts) clean() Facts {
	for _, s := range []*string{
		&f.Service, &f.Severity, &f.State, &f.Org, &f.Door, &f.To.Name, &f.Role, &f.By, &f.Reason, &f.Nearest, &f.What, &f.Rule, &f.Asked, &f.Ask,
		&f.Trouble.Part,
	} {
		*s = oneLine(*s)
	}
	for _, list := range []*[]string{&f.Understood, &f.Changed, &f.Next, &f.Lines} {
		*list = oneLines(*list)
	}
	f.Exhibits = append([]Exhibit(nil), f.Exhibits...)
	for i := range f.Exhibits {
		f.Exhibits[i].Name, f.Exhibits[i].Type = oneLine(f.Exhibits[i].Name), oneLine(f.Exhibits[i].Type)
	}
	if f.Zone == nil {
		f.Zone = time.UTC
	}
	if f.Kind == Receipt {
		return f.bare()
	}
	if !f.full() && (f.Kind == CloseProposed || f.Kind == Closed) {
		f.Reason = ""
	}
	return f
}

// bare keeps of the facts what a reporter may read: nothing of the report, and
// nobody's name.
func (f Facts) bare() Facts {
	return Facts{Kind: f.Kind, Service: f.Service, ServiceAddress: f.ServiceAddress, Zone: f.Zone, Now: f.Now, Ref: f.Ref,
		To: Person{Address: f.To.Address}, Inline: f.Inline, Token: f.Token, LetterID: f.LetterID, Host: f.Host}
}

func oneLines(in []string) []string {
	var out []string
	for _, s := range in {
		if s = oneLine(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(s, "=?", "= ?") // never an encoded word (RFC 2047)
	return cut(strings.Join(strings.Fields(s), " "), maxLine, "…")
}

// said splits the reporter's words into lines, otherwise unchanged but for
// characters that cannot be shown.
func said(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	s = cut(strings.Trim(s, "\n"), maxWords, "\n[There is more. All of it is kept on the case.]")
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func cut(s string, n int, end string) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + end
	}
	return s
}
