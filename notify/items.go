package notify

import (
	"slices"
	"strings"
	"time"

	"dutydesk/templates"
)

// Item is one concern in a digest: what its own letter would have said in its
// first line, and the capability that letter would have had.
type Item struct {
	Kind     Kind // Opened, Nudge, Hold or Acknowledged
	Ref      string
	Org      string
	Severity string
	State    string // as in Facts, when the digest is written
	Received time.Time
	Due      time.Time // when it must be acknowledged, or what What says
	What     string    // what is due, as in Facts
	Token    string
	By       string // acknowledged: who took it
}

// mostInHTML is up to how many lines a digest has an HTML part. A longer one is
// plain text: mail programs do not show so much of HTML, and relays would not
// take ten thousand lines of both.
const mostInHTML = 1000

// items are the lines of a digest.
func (f Facts) items(say *phrases) (all []templates.Item) {
	for _, i := range f.Items {
		x := templates.Item{Ref: i.Ref, What: say.of("item", string(i.Kind), i), Address: ReplyAddress(f.ServiceAddress, i.Token),
			Link: mailto(ReplyAddress(f.ServiceAddress, i.Token), "Safeguarding "+i.Ref, i.ready().word+"\n"), Label: i.ready().label}
		facts := []string{severities[i.Severity].row, oneLine(i.Org), "received " + f.since(i.Received)}
		if due := f.since(i.Due); due != "" && i.State == stateOpen {
			x.Ask = say.first("please", i.What, struct{ Due string }{due})
		}
		if i.State != stateOpen {
			facts = append(facts, say.of("stage", i.State, i)+" since")
		}
		x.Facts = strings.Join(facts, ", ")
		all = append(all, x)
	}
	return all
}

// ready is the ready message of a concern: nobody is asked to take what somebody
// has.
func (i Item) ready() choice {
	if i.State == stateOpen {
		return choice{"Acknowledge", "ACK"}
	}
	return choice{"Add a note", "NOTE"}
}

// settled reports whether somebody has every concern of a digest.
func (f Facts) settled() bool {
	return !slices.ContainsFunc(f.Items, func(i Item) bool { return i.State == stateOpen })
}
