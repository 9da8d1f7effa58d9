package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// Arrival is one row of "arrivals list --json".
type Arrival struct {
	ID       string    `json:"id"`
	Door     string    `json:"door"`    // mail or form
	Mailbox  string    `json:"mailbox"` // "" for the form
	Received time.Time `json:"received_at"`
	SHA256   string    `json:"sha256"` // of the sealed bytes
	Size     int64     `json:"size"`   // bytes
	State    string    `json:"state"`  // waiting, case, hold, aside, canary
	Case     string    `json:"case"`   // reference, "" while it waits
	Why      string    `json:"why"`    // why it joined, was held or was not trusted
	Defects  string    `json:"defects"`

	Grade      string              `json:"grade"`         // of evidence: signed, original, attached, inline, form; "" while unread
	Authentic  bool                `json:"authentic"`     // the trusted mail server proved the author's domain
	AuthWhy    string              `json:"authentic_why"` // why it did not
	Signatures []message.Signature `json:"signatures"`    // as checked at receipt, each with its key

	Exhibits []Exhibit `json:"exhibits"`
}

// Exhibit is one part of an arrival: listed, never opened.
type Exhibit struct {
	Name     string `json:"name"`
	Declared string `json:"declared_type"`
	Sniffed  string `json:"sniffed_type"`
	How      string `json:"how"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
}

// Case is one row of "case list --json".
type Case struct {
	Ref            string     `json:"ref"`
	Organisation   string     `json:"organisation"`
	Severity       string     `json:"severity"`
	State          string     `json:"state"`
	Opened         time.Time  `json:"opened_at"`
	Limit          time.Time  `json:"acknowledge_by"` // by when a person must have taken it
	Acknowledged   *time.Time `json:"acknowledged_at"`
	AcknowledgedBy string     `json:"acknowledged_by"` // person id
	Breached       *time.Time `json:"breached_at"`     // never cleared
	Rung           int        `json:"rung"`            // rungs of the ladder told so far
	Next           *time.Time `json:"next_alarm_at"`   // null when the case waits for nothing
}

// ShownCase is "case show --json": the case and the report that opened it.
type ShownCase struct {
	Case
	Deadlines []Deadline `json:"deadlines"` // what people owe it now, soonest first
	Policy    string     `json:"policy"`    // version of the policy it began under; "" if it is older than policies
	Casework  Casework   `json:"casework"`
	Report    Arrival    `json:"report"`
}

// Deadline is one thing that people owe a case.
type Deadline struct {
	Stage    string    `json:"stage"`
	Due      time.Time `json:"due_at"`
	Breached bool      `json:"missed"`
	Why      string    `json:"why"` // which rule set it
}

// Letter is one row of "letters list --json". Its Message-ID is a capability
// and is not shown.
type Letter struct {
	ID      string     `json:"id"`
	Case    string     `json:"case"`
	Kind    string     `json:"kind"`
	Person  string     `json:"person"` // person id, or "reporter"
	Role    string     `json:"role"`
	Rung    int        `json:"rung"`
	State   string     `json:"state"` // due, sent, maybe-sent, failed, withdrawn
	Created time.Time  `json:"created_at"`
	Sent    *time.Time `json:"sent_at"`
	SHA256  string     `json:"sha256"` // of the mail as kept
	Code    int        `json:"smtp_code"`
	Stage   string     `json:"stage"` // what is due, "" where nothing is
	Why     string     `json:"why"`   // which rule set that
	About   string     `json:"about"` // the part of the desk, for letters about the desk itself
}

// Event is one line of "case chronology --json".
type Event struct {
	Case    string    `json:"case"`
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"`
	By      string    `json:"by"` // person id, or clock, post, desk, reporter
	Verb    string    `json:"verb"`
	Text    string    `json:"text"`
	Arrival string    `json:"arrival"`
}

// Books are everything that can be read of a desk.
type Books struct {
	Arrivals []Arrival `json:"arrivals"`
	Cases    []Case    `json:"cases"`
	Letters  []Letter  `json:"letters"`
	Events   []Event   `json:"events"`
}

// Reader reads books out of a ledger.
type Reader struct {
	Ledger *ledger.Ledger
	Rules  casefile.Rules
	Now    func() time.Time // nil is the machine's clock
	Asking Asking           // who reads, for [Reader.Note]
}

// rules are those of the moment that it is.
func (r Reader) rules() (rules casefile.Rules, now time.Time) {
	if now = time.Now(); r.Now != nil {
		now = r.Now()
	}
	rules = r.Rules
	rules.Roster = rules.Roster.On(now)
	return rules, now
}

// All reads everything.
func (r Reader) All(ctx context.Context) (b Books, err error) {
	if b.Arrivals, err = r.Arrivals(ctx); err != nil {
		return b, err
	}
	if b.Cases, err = r.Cases(ctx); err != nil {
		return b, err
	}
	if b.Letters, err = r.Letters(ctx, ""); err != nil {
		return b, err
	}
	b.Events, err = r.Events(ctx, "")
	return b, err
}

// Arrivals lists everything that ever arrived and what became of it.
func (r Reader) Arrivals(ctx context.Context) ([]Arrival, error) {
	rows, err := r.Ledger.Arrivals(ctx)
	if err != nil {
		return nil, err
	}
	exhibits, err := r.Ledger.ExhibitsOfAll(ctx)
	out := make([]Arrival, 0, len(rows))
	for _, a := range rows {
		out = append(out, arrivalRecord(a, exhibits[a.ID]))
	}
	return out, err
}

func arrivalRecord(a ledger.Arrival, parts []ledger.Exhibit) Arrival {
	x := Arrival{ID: a.ID, Door: a.Door, Mailbox: a.Mailbox, Received: a.Received, SHA256: a.SHA256, Size: a.Size,
		State: string(a.State), Case: string(a.Case), Why: a.Why, Defects: a.Defects, Exhibits: make([]Exhibit, 0, len(parts)),
		Grade: a.Grade, Authentic: a.Authentic, AuthWhy: a.AuthWhy, Signatures: []message.Signature{}}
	if json.Unmarshal([]byte(a.Signatures), &x.Signatures) != nil {
		x.Signatures = []message.Signature{} // there were none
	}
	for _, p := range parts {
		x.Exhibits = append(x.Exhibits, Exhibit{Name: p.Name, Declared: p.Declared, Sniffed: p.Sniffed, How: p.How, Size: p.Size, SHA256: p.SHA256})
	}
	return x
}

// Cases lists all cases.
func (r Reader) Cases(ctx context.Context) ([]Case, error) {
	rows, err := r.Ledger.Cases(ctx)
	if err != nil {
		return nil, err
	}
	next, err := r.Ledger.NextOfAll(ctx)
	out := make([]Case, 0, len(rows))
	for _, c := range rows {
		out = append(out, r.record(c, next[c.Ref]))
	}
	return out, err
}

// Case reads one case.
func (r Reader) Case(ctx context.Context, ref string) (Case, error) {
	c, err := r.Ledger.Case(ctx, casefile.Ref(ref))
	if err != nil {
		return Case{}, err
	}
	next, err := r.Ledger.Next(ctx, c.Ref)
	return r.record(c, next), err
}

// ShownCase reads one case with its report.
func (r Reader) ShownCase(ctx context.Context, ref string) (x ShownCase, err error) {
	if x.Case, err = r.Case(ctx, ref); err != nil {
		return x, err
	}
	c, err := r.Ledger.Case(ctx, casefile.Ref(ref))
	if err != nil {
		return x, err
	}
	rules, now := r.rules()
	x.Policy, x.Deadlines, x.Casework = c.Version, []Deadline{}, caseworkRecord(c.File, rules, now)
	for _, d := range c.Deadlines(rules) {
		x.Deadlines = append(x.Deadlines, Deadline{string(d.Stage), d.Due, d.Breached, d.Why})
	}
	a, err := r.Ledger.Arrival(ctx, c.Arrival)
	if err != nil {
		return x, err
	}
	parts, err := r.Ledger.Exhibits(ctx, a.ID)
	x.Report = arrivalRecord(a, parts)
	return x, err
}

func (r Reader) record(c casefile.Case, next time.Time) Case {
	rules, now := r.rules()
	return Case{Ref: string(c.Ref), Organisation: c.Org, Severity: string(c.Severity), State: string(c.State), Opened: c.Opened,
		Limit: c.Limit(rules, now), Acknowledged: maybe(c.Acknowledged), AcknowledgedBy: c.By, Breached: maybe(c.Breached),
		Rung: c.Climbed, Next: maybe(next)}
}

// Letters lists the letters of a case, of everything if ref is "".
func (r Reader) Letters(ctx context.Context, ref string) ([]Letter, error) {
	rows, err := r.Ledger.Letters(ctx, casefile.Ref(ref))
	out := make([]Letter, 0, len(rows))
	for _, x := range rows {
		out = append(out, letterRecord(x))
	}
	return out, err
}

// Letter reads one letter by its id.
func (r Reader) Letter(ctx context.Context, id string) (Letter, error) {
	x, err := r.Ledger.Letter(ctx, id)
	if err != nil {
		return Letter{}, err
	}
	return letterRecord(x), nil
}

func letterRecord(x ledger.Letter) Letter {
	var d workflow.Detail
	if json.Unmarshal([]byte(x.Detail), &d) != nil {
		d = workflow.Detail{}
	}
	if x.Address != "" {
		x.Person = "reporter"
	}
	return Letter{ID: x.ID, Case: string(x.Case), Kind: string(x.Kind), Person: x.Person, Role: string(x.Role), Rung: x.Rung, State: string(x.State),
		Created: x.Created, Sent: maybe(x.SentAt), SHA256: x.SHA256, Code: x.Code, About: d.Trouble, Stage: string(d.Stage), Why: d.Why}
}

// Events lists the chronology of a case, of all cases if ref is "".
func (r Reader) Events(ctx context.Context, ref string) ([]Event, error) {
	rows, err := r.Ledger.Chronology(ctx, casefile.Ref(ref))
	out := make([]Event, 0, len(rows))
	for _, e := range rows {
		out = append(out, event(e))
	}
	return out, err
}

func event(e ledger.Line) Event {
	return Event{Case: string(e.Case), Seq: e.Seq, At: e.At, By: e.By, Verb: string(e.Verb), Text: e.Text, Arrival: e.Arrival}
}

// maybe is nil for no instant, so that JSON says null.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Replay is "sla replay --json": every clock of a case, recomputed, and where the
// chronology differs.
type Replay struct {
	Case        string          `json:"case"`
	Policy      string          `json:"policy"` // version it began under; "" if it is older than policies
	Severity    string          `json:"severity"`
	Clocks      []ReplayedClock `json:"clocks"`
	Differences []Difference    `json:"differences"`
}

// ReplayedClock is one turn of one stage.
type ReplayedClock struct {
	Stage    string     `json:"stage"`
	Turn     int        `json:"turn"` // 1 is the first
	Severity string     `json:"severity"`
	From     time.Time  `json:"from"`
	Due      time.Time  `json:"due_at"`
	Done     *time.Time `json:"done_at"`
	Dropped  *time.Time `json:"dropped_at"`
	Breached *time.Time `json:"missed_at"`
	Why      string     `json:"why"`
}

// Difference is what happened and should not have, or did not and should.
type Difference struct {
	At   time.Time `json:"at"`
	Line string    `json:"line"`
	What string    `json:"what"`
}

// Replay recomputes every clock of a case from its events.
func (r Reader) Replay(ctx context.Context, ref string) (x Replay, err error) {
	c, es, alarms, err := r.whole(ctx, casefile.Ref(ref))
	if err != nil {
		return x, err
	}
	rules, now := r.rules()
	st, ds, err := c.Audit(es, rules, now)
	ds = append(ds, c.AuditAlarms(es, alarms, rules)...)
	x = Replay{Case: ref, Policy: c.Version, Severity: string(c.Severity), Clocks: []ReplayedClock{}, Differences: []Difference{}}
	for _, k := range st.Clocks {
		x.Clocks = append(x.Clocks, ReplayedClock{string(k.Stage), k.Turn + 1, string(k.Severity), k.From, k.Due, maybe(k.Done), maybe(k.Dropped), maybe(k.Breached), k.Why})
	}
	for _, d := range ds {
		x.Differences = append(x.Differences, Difference(d))
	}
	return x, err
}

// errMoving reports a case that changes faster than it can be read.
var errMoving = errors.New("the case changes at this moment: ask again")

// whole reads a case with its events and alarms as they stood at one moment,
// though a worker may answer alarms meanwhile.
func (r Reader) whole(ctx context.Context, ref casefile.Ref) (c casefile.Case, es []casefile.Event, alarms []casefile.Alarm, err error) {
	before, err := r.Ledger.Case(ctx, ref)
	for range 10 {
		if err != nil {
			return c, nil, nil, err
		}
		var lines []ledger.Line
		if lines, err = r.Ledger.Chronology(ctx, ref); err != nil {
			return c, nil, nil, err
		}
		if alarms, err = r.Ledger.Alarms(ctx, ref); err != nil {
			return c, nil, nil, err
		}
		if c, err = r.Ledger.Case(ctx, ref); err == nil && c == before {
			for _, l := range lines {
				es = append(es, l.Event)
			}
			return c, es, alarms, nil
		}
		before = c
	}
	return c, nil, nil, errors.Join(err, errMoving)
}
