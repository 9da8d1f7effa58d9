package casefile

import (
	"slices"

	"dutydesk/workflow/sla"
)

// The states of casework (DOMAIN.md section 7). "Investigate" is none: leads
// gather and refer. Disposed is a decision of two people that is written down;
// nothing is removed for it.
const (
	Triaged          State = "TRIAGED"
	Active           State = "ACTIVE"
	ReferredOut      State = "REFERRED_OUT"
	Monitoring       State = "MONITORING"
	Reopened         State = "REOPENED"
	NoSafeguarding   State = "NOT_SAFEGUARDING"
	RetentionReview  State = "RETENTION_REVIEW"
	DisposedOf       State = "DISPOSED"
	notTriagedBefore       = Acknowledged // where a close that is taken back leads if nothing was triaged
)

// The verbs of casework.
const (
	Form            Verb = "FORM"
	Channel         Verb = "CHANNEL"
	Age             Verb = "AGE"
	Needs           Verb = "NEEDS"
	Danger          Verb = "DANGER"
	Flag            Verb = "FLAG"
	Unflag          Verb = "UNFLAG"
	Party           Verb = "PARTY"
	Triage          Verb = "TRIAGE"
	Plan            Verb = "PLAN"
	Heard           Verb = "HEARD"
	Monitor         Verb = "MONITOR"
	Owe             Verb = "OWE"
	NotNeeded       Verb = "NOT-NEEDED"
	Block           Verb = "BLOCKED"
	Veto            Verb = "VETO"
	Reopen          Verb = "REOPEN"
	NotSafeguarding Verb = "NOT-SAFEGUARDING" // by two, as Dispose is
	Retain          Verb = "RETENTION"
	Dispose         Verb = "DISPOSE"
)

// move is a legal change of state.
type move struct {
	From State
	By   Verb
	To   State
}

// recording are the verbs that change what is known and owed, and no state.
var recording = []Verb{Form, Channel, Age, Needs, Danger, Flag, Unflag, Party, Owe, NotNeeded, Block}

// further are the moves of casework that change the state. What flares up again
// while it is watched gets a new plan.
var further = []move{
	{Acknowledged, Triage, Triaged},
	{Reopened, Triage, Triaged},
	{Triaged, Plan, Active},
	{Reopened, Plan, Active},
	{Monitoring, Plan, Active},
	{Triaged, Refer, ReferredOut},
	{Reopened, Refer, ReferredOut},
	{Active, Refer, ReferredOut},
	{Monitoring, Refer, ReferredOut},
	{ReferredOut, Heard, Active},
	{Active, Monitor, Monitoring},
	{Active, Close, CloseProposed},
	{Monitoring, Close, CloseProposed},
	{CloseProposed, Veto, Active},
	{CloseProposed, Veto, Acknowledged},
	{CloseProposed, Acknowledge, Active},
	{CloseProposed, Grade, Active}, // a lighter severity takes the proposal back
	{Closed, Reopen, Reopened},
	{NoSafeguarding, Reopen, Reopened},
	{RetentionReview, Reopen, Reopened},
	{Closed, Retain, RetentionReview},
	{NoSafeguarding, Retain, RetentionReview},
	{RetentionReview, Dispose, DisposedOf},
}

// table is every legal move: those of a case that is only taken and closed, and
// those of casework.
var table = every()

func every() []move {
	all := slices.Concat(moves[:], further)
	for _, s := range []State{Triaged, Active, ReferredOut, Monitoring, Reopened} {
		for _, v := range []Verb{Acknowledge, Note, Grade, Done, Rest, Resume, Elapse} {
			all = append(all, move{s, v, s})
		}
	}
	for _, s := range openStates() {
		for _, v := range recording {
			all = append(all, move{s, v, s})
		}
		if s != CloseProposed {
			all = append(all, move{s, NotSafeguarding, NoSafeguarding})
		}
	}
	all = append(all, move{ReferredOut, Refer, ReferredOut})
	for _, s := range []State{Submitted, Acknowledged, Active, Monitoring} {
		all = append(all, move{s, Heard, s})
	}
	for _, s := range []State{Active, ReferredOut} {
		all = append(all, move{s, Triage, s}, move{s, Plan, Active})
	}
	for _, s := range []State{NoSafeguarding, RetentionReview, DisposedOf} { // what people tell us is never refused
		all = append(all, move{s, Note, s})
	}
	return all
}

// openStates are those in which people owe a case something.
func openStates() []State {
	return []State{Submitted, Acknowledged, Triaged, Active, ReferredOut, Monitoring, CloseProposed, Reopened}
}

// Over reports a state in which nothing is owed and no clock runs.
func (s State) Over() bool { return !slices.Contains(openStates(), s) }

// workable is where a case goes whose close was not agreed to.
func (c Case) workable() State {
	if c.File.Triaged {
		return Active
	}
	return notTriagedBefore
}

// fits reports whether a move is that of this case: a close that is not agreed
// to leads back to where it came from.
func (c Case) fits(m move) bool {
	back := m.From == CloseProposed && (m.To == Active || m.To == Acknowledged)
	return m.From == c.State && (!back || m.To == c.workable())
}

// meant is a command by its right name: that triage is done, once all that it
// needs is said, is the decision itself.
func (c Case) meant(cmd Command) Command {
	stage, ok := stageIn(cmd.Text)
	if cmd.Verb != Done || !ok || stage != sla.Triage || !c.File.begun() || c.State != Acknowledged {
		return cmd
	}
	_, rest := firstWord(cmd.Text)
	cmd.Verb, cmd.Text = Triage, reasonIn(rest)
	return cmd
}

// Acts lists all that a person may say. Commands are those of them that letters
// offer.
func Acts() []Verb {
	all := append(Commands(), recording...)
	return append(all, Triage, Plan, Heard, Monitor, Veto, Reopen, NotSafeguarding, Retain, Dispose)
}
