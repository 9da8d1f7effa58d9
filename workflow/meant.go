package workflow

import (
	"slices"
	"strings"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// mostTaken is how many cases one answer to a list comes to: they are one
// transaction, for which everybody waits.
const mostTaken = 500

// meaning is what an answer says of a list.
type meaning struct {
	lines []spoken
	note  string // kept on each of them
	did   []Deed // what cannot be done
}

// spoken is a line that an answer names.
type spoken struct {
	letter ledger.Letter
	take   bool
	text   string // what stood beside its reference
}

// saidOfMany are the words that mean something without a case of their own.
var saidOfMany = []casefile.Verb{casefile.Acknowledge, casefile.Note, reply.Help}

// meant finds the lines that an answer names. Only ACK can be said of several
// cases; every other word is kept with the note.
func meant(r reply.Reply, lines []ledger.Letter) (m meaning) {
	at := make(map[casefile.Ref]ledger.Letter, len(lines))
	for _, x := range slices.Backward(lines) {
		at[x.Case] = x
	}
	seen, notes := map[casefile.Ref]bool{}, []string{}
	for _, w := range r.Words {
		refs, rest := w.Refs()
		if w.Verb == casefile.Acknowledge && len(refs) > 0 {
			m.name(refs, at, seen, true, rest)
			continue
		}
		if !slices.Contains(saidOfMany, w.Verb) {
			m.did = append(m.did, Deed{Word: w.Verb, Did: listOnly})
		}
		if w.Text != "" {
			notes = append(notes, string(w.Verb)+" "+w.Text)
		}
	}
	m.note = strings.TrimSpace(strings.Join(append(notes, r.Note), "\n"))
	m.mention(at, seen)
	return m
}

// mostMentioned is up to how many cases a note is about: more are a list that a
// mail program quoted without a mark.
const mostMentioned = 20

// mention adds the cases that are only named in the note.
func (m *meaning) mention(at map[casefile.Ref]ledger.Letter, seen map[casefile.Ref]bool) {
	refs := slices.DeleteFunc(reply.Mentioned(m.note), func(ref casefile.Ref) bool { return at[ref].ID == "" })
	slices.Sort(refs)
	if refs = slices.Compact(refs); len(refs) <= mostMentioned {
		m.name(refs, at, seen, false, "")
	}
}

// name adds lines, each once.
func (m *meaning) name(refs []casefile.Ref, at map[casefile.Ref]ledger.Letter, seen map[casefile.Ref]bool, take bool, text string) {
	for _, ref := range refs {
		if seen[ref] {
			continue
		}
		seen[ref] = true
		x, listed := at[ref]
		switch {
		case len(m.lines) >= mostTaken:
			m.did = append(m.did, Deed{Word: casefile.Acknowledge, Did: tooMany, Refs: []casefile.Ref{ref}})
		case listed:
			m.lines = append(m.lines, spoken{x, take, text})
		default:
			m.did = append(m.did, Deed{Word: casefile.Acknowledge, Did: notListed, Refs: []casefile.Ref{ref}})
		}
	}
}
