package casefile

import (
	"fmt"
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

// moves is every legal change of state; what is not here is refused.
var moves = [...]struct {
	From State
	By   Verb
	To   State
}{
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
func States() []State { return []State{Submitted, Acknowledged, CloseProposed, Closed} }

// Commands lists the verbs a person may say.
func Commands() []Verb { return []Verb{Acknowledge, Note, Close, Grade, Done, Refer, Rest, Resume} }

// after returns the state that v leads to.
func (c Case) after(v Verb) (State, bool) {
	for _, m := range moves {
		if m.From == c.State && m.By == v {
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

// Diagram draws moves as a Mermaid state diagram; a test keeps the drawing in
// the README equal to it.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n  [*] --> SUBMITTED: OPEN\n")
	for _, m := range moves {
		fmt.Fprintf(&b, "  %s --> %s: %s\n", m.From, m.To, m.By)
	}
	return b.String()
}
