package demo

import (
	"fmt"
	"strings"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// caseView is a case as somebody who looks over the desk's shoulder sees it.
type caseView struct {
	Ref, State, Badge string // Badge is waiting, late, taken or closed
	Rungs             []rungView
	Events            []eventView
	Kept              []keptView
}

type rungView struct {
	Time, Who, When string
	State           string // told, next, later or spared
}

type eventView struct{ Time, By, Text string }

type keptView struct{ Name, Size, SHA256 string }

// cases are all cases, the newest first.
func (p *Page) cases(b app.Books) (out []caseView) {
	for i := len(b.Cases) - 1; i >= 0; i-- {
		c := b.Cases[i]
		v := caseView{Ref: c.Ref, Rungs: p.rungs(c)}
		v.State, v.Badge = p.standing(c)
		for _, e := range b.Events {
			if e.Case == c.Ref {
				v.Events = append(v.Events, eventView{Time: p.hour(e.At), By: e.By, Text: p.telling(e)})
			}
		}
		v.Kept = kept(b, c.Ref)
		out = append(out, v)
	}
	return out
}

// standing is where a case stands, in words and as a badge.
func (p *Page) standing(c app.Case) (words, badge string) {
	switch casefile.State(c.State) {
	case casefile.Submitted:
		if c.Breached != nil {
			return "Nobody has taken it. It was due by " + p.hour(c.Limit) + ".", "late"
		}
		return "Waits for somebody to acknowledge it by " + p.hour(c.Limit) + ", " + left(c.Limit.Sub(p.Clock.Now())) + ".", "waiting"
	case casefile.Acknowledged:
		return "Acknowledged by " + p.name(c.AcknowledgedBy) + " at " + p.hour(*c.Acknowledged) + ".", "taken"
	case casefile.CloseProposed:
		return "A second person must agree to close it.", "taken"
	}
	return "Closed.", "closed"
}

// rungs is the ladder of a case: who is told when, if nobody acts.
func (p *Page) rungs(c app.Case) (out []rungView) {
	for n := range max(len(p.rules.Policy.Ladder), c.Rung+1) {
		due := p.rules.Policy.Due(c.Opened, n)
		r := rungView{Time: p.hour(due), Who: p.holders(c.Organisation, n), State: "later"}
		switch {
		case n < c.Rung:
			r.State, r.When = "told", "told"
		case c.State != string(casefile.Submitted):
			r.State, r.When = "spared", "not needed"
		case n == c.Rung:
			r.State, r.When = "next", left(due.Sub(p.Clock.Now()))
		}
		out = append(out, r)
	}
	return out
}

// holders are the people on a rung, by name, each once.
func (p *Page) holders(org string, rung int) string {
	var names []string
	seen := map[string]bool{}
	for _, role := range p.rules.Policy.Rung(rung).Tell {
		for _, id := range p.rules.Roster.Holders(org, role) {
			if !seen[id] {
				names = append(names, p.name(id))
			}
			seen[id] = true
		}
	}
	return strings.Join(names, ", ")
}

// telling is a line of the chronology as a sentence.
func (p *Page) telling(e app.Event) string {
	who := p.name(e.By)
	var words string
	switch casefile.Verb(e.Verb) {
	case casefile.Open:
		words = "The concern arrived, and the case was opened"
	case casefile.Acknowledge:
		words = who + " acknowledged it"
	case casefile.Note:
		words = who + " noted"
	case casefile.Close:
		words = who + " said it can be closed"
	case casefile.Elapse:
		return elapsed(e.Text)
	case casefile.Undelivered:
		words = "A letter came back"
	case casefile.Distrust:
		words = "A mail was kept and not obeyed"
	default:
		words = e.Verb
	}
	if e.Text == "" {
		return words
	}
	return words + ": " + e.Text
}

// elapsed is an alarm of the clock as a sentence; the desk writes "acknowledge
// 50%" and the like.
func elapsed(text string) string {
	stage, percent, _ := strings.Cut(text, " ")
	switch sla.Stage(stage) {
	case sla.Acknowledge:
		return "No answer after " + percent + " of the time: the next people are told"
	case sla.Review:
		return "Not closed yet: the case comes back to those who work it"
	}
	return "The clock: " + text
}

// kept is the evidence of a case.
func kept(b app.Books, ref string) (out []keptView) {
	for _, a := range b.Arrivals {
		if a.Case != ref {
			continue
		}
		out = append(out, keptView{Name: "mail", Size: size(a.Size), SHA256: a.SHA256})
		for _, x := range a.Exhibits {
			out = append(out, keptView{Name: x.Name, Size: size(x.Size), SHA256: x.SHA256})
		}
	}
	return out
}

// name is how the page calls somebody who acts on a case.
func (p *Page) name(id string) string {
	if who, ok := p.Council.Person(id); ok {
		return who.Name
	}
	return "the " + id
}

func size(n int64) string {
	if n < 1000 {
		return amount(int(n), "byte")
	}
	return fmt.Sprintf("%.1f KB", float64(n)/1000)
}

func amount(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
