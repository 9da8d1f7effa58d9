package casefile

import (
	"fmt"
	"slices"
	"strings"
)

// State is where a case stands.
type State string

// The states so far. No state means deletion.
const (
	Submitted     State = "SUBMITTED"
	Acknowledged  State = "ACKNOWLEDGED"
	CloseProposed State = "CLOSE_PROPOSED"
	Closed        State = "CLOSED"
)

// Verb is what happens to a case.
type Verb string

// Commands are said by people, in a reply. So are Exclude and Readmit, which the
// desk says too: they change who knows of a case and not what its state allows.
// The others are said by the reporter, the clock, the post and the desk, and no
// reply can say them; Replan changes a case's deadlines.
const (
	Open        Verb = "OPEN"
	Acknowledge Verb = "ACK"
	Note        Verb = "NOTE"
	Close       Verb = "CLOSE"
	Grade       Verb = "GRADE"
	Done        Verb = "DONE"
	Rest        Verb = "HOLD"
	Resume      Verb = "RESUME"
	Refer       Verb = "REFER"
	Elapse      Verb = "ELAPSE"
	Undelivered Verb = "UNDELIVERED"
	Distrust    Verb = "UNTRUSTED"
	Exclude     Verb = "CONFLICT"
	Readmit     Verb = "UNCONFLICT"
	Return      Verb = "RETURN"
	Replan      Verb = "POLICY"
)

// Nobody begins the line of the chronology that says that a rung is empty.
const Nobody = "nobody"

// moves are those of a case that is taken and closed; table has all, and what is
// not there is refused.
var moves = [...]move{
	{Submitted, Acknowledge, Acknowledged},
	{Submitted, Note, Submitted},
	{Submitted, Grade, Submitted},
	{Submitted, Done, Submitted},
	{Submitted, Refer, Submitted},
	{Submitted, Elapse, Submitted},
	{Acknowledged, Acknowledge, Acknowledged}, // a second person takes it too
	{Acknowledged, Note, Acknowledged},
	{Acknowledged, Grade, Acknowledged},
	{Acknowledged, Done, Acknowledged},
	{Acknowledged, Refer, Acknowledged},
	{Acknowledged, Rest, Acknowledged},
	{Acknowledged, Resume, Acknowledged},
	{Acknowledged, Elapse, Acknowledged},
	{Acknowledged, Return, Submitted}, // nothing followed
	{Acknowledged, Close, CloseProposed},
	{CloseProposed, Acknowledge, Acknowledged}, // a second person keeps it open
	{CloseProposed, Note, CloseProposed},
	{CloseProposed, Grade, CloseProposed},
	{CloseProposed, Grade, Acknowledged}, // a lighter severity takes the proposal back
	{CloseProposed, Done, CloseProposed},
	{CloseProposed, Refer, CloseProposed},
	{CloseProposed, Elapse, CloseProposed},
	{CloseProposed, Close, Closed}, // by another person
	{Closed, Note, Closed},         // what people tell us is never refused
}

// States lists every state.
func States() []State {
	return append(openStates(), Closed, NoSafeguarding, RetentionReview, DisposedOf)
}

// Commands lists the verbs that letters offer.
func Commands() []Verb { return []Verb{Acknowledge, Note, Close, Grade, Done, Refer, Rest, Resume} }

// after returns the state that v leads to.
func (c Case) after(v Verb) (State, bool) {
	for _, m := range table {
		if m.By == v && c.fits(m) {
			return m.To, true
		}
	}
	return c.State, false
}

// Legal lists the commands that may be given now.
func (c Case) Legal() []Verb {
	var vs []Verb
	for _, v := range Commands() {
		if _, ok := c.after(v); ok {
			vs = append(vs, v)
		}
	}
	return vs
}

// Diagram draws every move as a Mermaid state diagram; a test keeps the drawing in
// the README equal to it.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n  [*] --> SUBMITTED: OPEN\n")
	for i, m := range table {
		like := func(x move) bool { return x.From == m.From && x.To == m.To }
		if slices.IndexFunc(table, like) < i {
			continue
		}
		var verbs []string
		for _, x := range table {
			if like(x) {
				verbs = append(verbs, string(x.By))
			}
		}
		fmt.Fprintf(&b, "  %s --> %s: %s\n", m.From, m.To, strings.Join(verbs, ", "))
	}
	return b.String()
}
