package casefile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// council is a college whose cases run by the default policy.
func council(t *testing.T) Rules {
	t.Helper()
	p, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	days, err := sla.PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	b, err := policy.New(p, days)
	if err != nil {
		t.Fatal(err)
	}
	rules := college()
	rules.Policy, rules.Books, rules.Version = sla.Policy{}, policy.Books{b.Version: b}, b.Version
	rules.Roster = rules.Roster.On(noon)
	return rules
}

// worker says things of one case.
type worker struct {
	t     *testing.T
	rules Rules
	c     Case
	at    time.Time
	last  Outcome
}

func newWorker(t *testing.T) *worker {
	w := &worker{t: t, rules: council(t), at: noon}
	w.c = Begin(Report{Ref: "SG-1", Org: "northgate", Arrival: "a1", Severity: sla.S3}, w.rules, noon).Case
	return w
}

// try says something a minute later; what is refused leaves nothing.
func (w *worker) try(by string, v Verb, text string) error {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	out, err := w.c.Obey(Command{By: by, Verb: v, Text: text}, w.rules, w.at)
	if err != nil {
		if len(out.Events)+len(out.Notices)+len(out.Alarms) != 0 || out.Case != (Case{}) {
			w.t.Errorf("%s %s: a refusal left %+v", v, text, out)
		}
		return err
	}
	w.c, w.last = out.Case, out
	return nil
}

func (w *worker) say(by string, v Verb, text string) {
	w.t.Helper()
	if err := w.try(by, v, text); err != nil {
		w.t.Fatalf("%s %s %s: %v", by, v, text, err)
	}
}

func (w *worker) refused(want error, by string, v Verb, text string) {
	w.t.Helper()
	if err := w.try(by, v, text); !errors.Is(err, want) {
		w.t.Errorf("%s %s %s: %v, want %v", by, v, text, err, want)
	}
}

// in says that the case stands where it should.
func (w *worker) in(s State) {
	w.t.Helper()
	if w.c.State != s {
		w.t.Fatalf("it is %s, want %s", w.c.State, s)
	}
}

func (w *worker) status(code string) (statuses string) {
	for _, o := range w.c.File.Owed.List() {
		if o.Code == code {
			statuses += string(o.Status) + " "
		}
	}
	return strings.TrimSpace(statuses)
}

// triaged brings a case to a triage decision.
func (w *worker) triaged() *worker {
	w.t.Helper()
	w.say("lead", Acknowledge, "")
	w.say("lead", Form, "THR, sex-dpf")
	w.say("lead", Age, "25+")
	w.say("lead", Danger, "no")
	w.say("lead", Triage, "because it is a threat to a learner")
	return w
}

// settled meets all that every case owes, but for the learning.
func (w *worker) settled() *worker {
	w.t.Helper()
	for _, code := range []string{"LA_NOTIFY rang her", "SUPPORT_AFFECTED", "REVIEW", "UPDATE_REPORTER"} {
		w.say("lead", Done, code)
	}
	return w
}

const goodClose = "ADVICE. Told: yes, by telephone. Learning: the group needs a moderator. Because it has ended"

// Every state against every verb: what is not in the table is refused whoever
// says it, and everything that leads to another state is drawn.
func TestEverySquareOfCasework(t *testing.T) {
	legal := map[string]State{}
	for _, m := range table {
		if to, twice := legal[string(m.From)+" "+string(m.By)]; twice && m.From != CloseProposed {
			t.Errorf("%s/%s leads to %s and %s", m.From, m.By, to, m.To)
		}
		legal[string(m.From)+" "+string(m.By)] = m.To
		if !slices.Contains(States(), m.From) || !slices.Contains(States(), m.To) {
			t.Errorf("%+v is of no state", m)
		}
	}
	w := newWorker(t)
	for _, s := range States() {
		for _, v := range append(Acts(), Open, Elapse, Undelivered, Distrust, Exclude, Readmit, Return, Replan, "DELETE", "INVESTIGATE", "") {
			c := w.c
			c.State, c.Proposed = s, "deputy"
			out, err := c.Obey(Command{By: "lead", Verb: v, Text: "x"}, w.rules, noon)
			_, known := legal[string(s)+" "+string(v)]
			if ok := known && slices.Contains(Acts(), v); !ok && !errors.Is(err, ErrNotAllowed) {
				t.Errorf("%s/%s: %v, want a refusal", s, v, err)
			}
			if err == nil && out.Case.State != s && !strings.Contains(Diagram(), string(s)+" --> "+string(out.Case.State)) {
				t.Errorf("%s/%s leads to %s, which is not drawn", s, v, out.Case.State)
			}
			if s.Over() && err == nil && len(out.Alarms) > 0 && out.Case.State.Over() {
				t.Errorf("%s/%s: a case that is over waits for %+v", s, v, out.Alarms)
			}
		}
	}
	for _, v := range Acts() {
		if _, known := works[v]; !known && !slices.Contains(Commands(), v) {
			t.Errorf("%s does nothing", v)
		}
	}
}

// A case goes from triage to a close by two, and owes nothing then.
func TestWholeCase(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Acknowledge, "")
	w.refused(ErrUnclear, "lead", Triage, "because I know") // nothing is recorded yet
	w.say("lead", Form, "thr exc-grp")
	w.refused(ErrUnclear, "lead", Done, "triage")
	w.say("lead", Age, "25+")
	w.say("lead", Danger, "no")
	w.refused(ErrNoReason, "lead", Triage, "")
	w.say("lead", Done, "triage because it is a threat")
	w.in(Triaged)
	w.refused(ErrNotAllowed, "lead", Close, goodClose)
	w.say("lead", Plan, "I speak to both by Friday")
	w.in(Active)
	w.refused(ErrNotAllowed, "lead", Monitor, "review on 3 December")
	w.say("lead", Done, "safety plan: in the folder")
	w.refused(ErrUnclear, "lead", Monitor, "")
	w.say("lead", Monitor, "review on 3 December")
	w.in(Monitoring)
	w.refused(ErrNotAllowed, "lead", Close, goodClose) // four things are owed
	w.settled()
	w.say("lead", Close, goodClose)
	w.in(CloseProposed)
	w.refused(ErrSamePerson, "lead", Close, "agreed")
	w.say("deputy", Close, "agreed")
	w.in(Closed)
	if len(w.last.Alarms) != 0 || w.c.File.Outcome != "ADVICE" || w.c.File.Told != "yes, by telephone" || w.c.File.Learning != "the group needs a moderator" {
		t.Errorf("%+v", w.c.File)
	}
	if len(w.c.File.Owed.Open()) > 0 || w.status("LEARNING") != "DONE" {
		t.Errorf("still owed: %+v", w.c.File.Owed.Open())
	}
}

// Nobody closes before an outcome, what the person affected was told, and what
// was learnt are there.
func TestClosingNeedsItsWords(t *testing.T) {
	w := newWorker(t).triaged().settled()
	w.say("lead", Plan, "talks")
	for text, want := range map[string]error{
		"because it is over":                              ErrUnclear,
		"WARNIG. Told: yes. Learning: x":                  ErrUnclear,
		"WARNING. Learning: x because y":                  ErrNoReason,
		"WARNING. Told: no. Learning: x because y":        ErrNoReason,
		"WARNING. Told: by telephone. because y":          ErrNoReason,
		"NFA. Told: yes, by telephone. Learning: be kind": ErrNoReason,
	} {
		w.refused(want, "lead", Close, text)
	}
	if err := w.try("lead", Close, "WARNIG. Told: yes"); err == nil || !strings.Contains(err.Error(), "WARNING") {
		t.Errorf("the nearest outcome is not named: %v", err)
	}
	w.say("lead", Close, "warning, access change\nbecause he said sorry\nlearning: moderators\ntold: no, she asked not to hear more")
	if w.c.File.Outcome != "ACCESS_CHANGE WARNING" || w.c.File.Told != "no, she asked not to hear more" {
		t.Errorf("%+v", w.c.File)
	}
}

// A grave case is closed by the lead of the local authority, and a case that
// came to owe something since the close was proposed by nobody.
func TestGraveCloseIsConfirmedAbove(t *testing.T) {
	for _, grave := range []func(*worker){
		func(w *worker) { w.say("lead", Grade, "S2 because it is grave") },
		func(w *worker) { w.say("lead", Flag, "STAFFSUBJ") },
		func(w *worker) { w.say("lead", Flag, "PREV") },
		func(w *worker) { w.say("lead", Age, "16-17") },
		func(w *worker) { w.say("lead", Needs, "yes") },
	} {
		w := newWorker(t).triaged().settled()
		grave(w)
		w.say("lead", Plan, "talks")
		for _, o := range w.c.File.Owed.Open() {
			if o.Code != "LEARNING" {
				w.say("lead", NotNeeded, o.Code+" because another team did it")
			}
		}
		w.say("lead", Close, goodClose)
		w.refused(ErrLALead, "deputy", Close, "agreed")
		w.say("deputy", Owe, "HR")
		w.refused(ErrNotAllowed, "la", Close, "agreed")
		w.say("deputy", Done, "HR spoke to them")
		w.say("la", Close, "agreed")
		w.in(Closed)
	}
}

// Where the lead of the local authority proposed it, the senior officer agrees.
func TestLALeadProposes(t *testing.T) {
	w := newWorker(t).triaged().settled()
	w.say("lead", Grade, "S2 because it is grave")
	w.say("lead", Plan, "talks")
	w.say("la", Close, goodClose)
	w.refused(ErrLALead, "deputy", Close, "agreed")
	w.say("senior", Close, "agreed")
	w.in(Closed)
}

// Every flag brings what the table says, with limits that are never later than
// the table says, and a limit that was missed is so for ever.
func TestFlagsBringObligations(t *testing.T) {
	limits := map[string]string{"DANGER": "POLICE_999 1h, SAFETY_PLAN 1h", "SELFHARM": "POLICE_999 1h, SAFETY_PLAN 1h", "U18": "CHILD_REF 1wd, PARENT_INFORM ",
		"IIOC": "POLICE_101 1h, CHILD_REF 1wd, EVIDENCE_SECURE 1h", "AAR": "ADULT_REF 1wd", "STAFFSUBJ": "LADO 1wd, PIPOT 1wd, HR ", "STAFFVIC": "HR 1wd",
		"PREV": "PREVENT 1wd", "CRIME": "POLICE_101 1wd", "LIVE": "PLATFORM_TAKEDOWN 48h"}
	for _, flag := range Codes(Flag) {
		w := newWorker(t)
		w.say("lead", Flag, strings.ToLower(flag))
		var got []string
		for _, o := range w.c.File.Owed.List() {
			if o.Why == flag {
				got = append(got, o.Code+" "+o.Limit.String())
			}
		}
		if strings.Join(got, ", ") != limits[flag] {
			t.Errorf("%s brings %q, want %q", flag, strings.Join(got, ", "), limits[flag])
		}
		if emergency := slices.Contains(emergencies, flag); emergency != (w.c.Severity == sla.S1) {
			t.Errorf("%s made it %s", flag, w.c.Severity)
		}
		for _, code := range always {
			if w.status(code) == "" {
				t.Errorf("%s: %s is not owed", flag, code)
			}
		}
	}
}

// At night the Emergency Duty Team stands in for the front door.
func TestIndecentImageAtNight(t *testing.T) {
	w := newWorker(t)
	w.at = time.Date(2026, 11, 27, 23, 0, 0, 0, time.UTC)
	w.say("lead", Flag, "IIOC")
	if w.status("EDT") != "PENDING" || w.c.Severity != sla.S1 {
		t.Errorf("EDT %q, %s", w.status("EDT"), w.c.Severity)
	}
}

// An obligation with a limit climbs the ladder as a stage does: nudges, then the
// breach with the managers, for ever, and it says when it is due.
func TestObligationClock(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Acknowledge, "")
	w.say("lead", Grade, "S2 because of staff")
	w.say("lead", Flag, "STAFFSUBJ") // Thursday 12:03: by Friday 12:03
	due := time.Date(2026, 11, 27, 12, 3, 0, 0, time.UTC)
	stage := sla.Stage("obligation-lado")
	var kinds []Kind
	for range 12 {
		i := slices.IndexFunc(w.last.Case.alarms(w.rules, w.at), func(a Alarm) bool { return a.Stage == stage })
		if i < 0 {
			t.Fatal("it waits for nothing")
		}
		a := w.c.alarms(w.rules, w.at)[i]
		if a.Due.After(due) {
			break
		}
		w.at = a.Due
		out, rang := w.c.Elapse(a, w.rules, w.at)
		if !rang {
			t.Fatalf("%+v did not ring", a)
		}
		w.c, w.last = out.Case, out
		kinds = append(kinds, out.Notices[0].Kind)
	}
	if !slices.Equal(kinds, []Kind{StageNudge, StageNudge, StageBreach}) || !slices.Contains(told(w.last), "m1") || w.c.Breached.IsZero() {
		t.Errorf("rang %v, told %v, breached %v", kinds, told(w.last), w.c.Breached)
	}
	w.say("lead", Done, "obligation lado L-17") // as the letter names it
	if i := slices.IndexFunc(w.last.Alarms, func(a Alarm) bool { return a.Stage == stage }); i >= 0 {
		t.Errorf("it rings on: %+v", w.last.Alarms[i])
	}
	for _, o := range w.c.File.Owed.List() {
		if d, missed := o.Due(w.rules, w.at); o.Code == "LADO" && (!d.Equal(due) || !missed || o.Text != "L-17" || o.By != "lead") {
			t.Errorf("%+v, due %v, missed %v", o, d, missed)
		}
	}
}

// What is not done has a reason, what waits is owed all the same, and a flag
// goes with its own obligations only.
func TestReferralNotMade(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Flag, "U18 AAR CRIME DA")
	w.refused(ErrNoReason, "lead", NotNeeded, "CHILD_REF")
	w.refused(ErrUnclear, "lead", NotNeeded, "CHLD_REF because no")
	w.refused(ErrNotAllowed, "lead", NotNeeded, "LADO because nobody works here")
	w.say("lead", NotNeeded, "child ref because she is 19")
	w.say("lead", Block, "ADULT_REF on the front door")
	if w.status("CHILD_REF") != "NOT_REQUIRED" || w.status("ADULT_REF") != "BLOCKED" || !w.c.File.Owed.Owes("ADULT_REF") {
		t.Errorf("%s", w.c.File.Owed)
	}
	if i := slices.IndexFunc(w.last.Alarms, func(a Alarm) bool { return a.Stage == "obligation-adult-ref" }); i < 0 {
		t.Error("the clock of what waits stands still")
	}
	w.refused(ErrNoReason, "lead", Unflag, "CRIME")
	w.refused(ErrNotAllowed, "lead", Unflag, "LIVE because it is gone")
	w.say("lead", Unflag, "CRIME because it was a joke of her own")
	if w.c.File.Flags.Has("CRIME") || w.status("POLICE_101") != "NOT_REQUIRED" {
		t.Errorf("%+v", w.c.File)
	}
	w.say("lead", Flag, "CRIME")
	if w.status("POLICE_101") != "NOT_REQUIRED PENDING" {
		t.Errorf("flagged again it owes %q", w.status("POLICE_101"))
	}
}

// With a possible indecent image the police are left out, and the mark removed,
// by two people of whom one is the lead of the local authority.
func TestIndecentImageTakesTwo(t *testing.T) {
	for _, act := range []struct {
		verb Verb
		text string
		done func(File) bool
	}{
		{NotNeeded, "POLICE_101 because they have it already", func(f File) bool { return !f.Owed.Owes("POLICE_101") }},
		{Unflag, "IIOC because the police say it is none", func(f File) bool { return !f.Flags.Has("IIOC") }},
	} {
		w := newWorker(t)
		w.say("lead", Flag, "IIOC")
		w.say("lead", act.verb, act.text)
		w.refused(ErrSamePerson, "lead", act.verb, act.text)
		w.refused(ErrNotAllowed, "deputy", act.verb, act.text)
		if act.done(w.c.File) {
			t.Errorf("%s was done by one", act.verb)
		}
		w.say("la", act.verb, act.text)
		if !act.done(w.c.File) || w.c.File.Halves != "" {
			t.Errorf("%s was not done by two: %+v", act.verb, w.c.File)
		}
	}
}

// A grave case that was referred stays so until every agency has answered, and
// the funder is told of the referral.
func TestReferredOut(t *testing.T) {
	w := newWorker(t).triaged()
	w.say("lead", Grade, "S2 because it is grave")
	w.say("lead", Refer, "police CR-1")
	w.say("lead", Refer, "lado")
	w.in(ReferredOut)
	if w.status("POLICE_101") != "DONE" || w.status("LADO") != "DONE" || w.status("DFE_24H") != "PENDING" || !strings.Contains(string(w.c.Story), "raised referral-in-writing") {
		t.Errorf("%s", w.c.File.Owed)
	}
	w.refused(ErrNotAllowed, "lead", Plan, "we wait")
	w.refused(ErrNotAllowed, "lead", Heard, "PREVENT no")
	w.refused(ErrUnclear, "lead", Heard, "LADO")
	w.say("lead", Heard, "LADO: no threshold")
	w.in(ReferredOut)
	w.say("lead", Heard, "police: no further action")
	w.in(Active)
}

// What is no safeguarding matter ends by two people, not before its referrals
// are dealt with, and may begin again.
func TestNotSafeguarding(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Acknowledge, "")
	w.say("lead", Flag, "CRIME")
	w.refused(ErrNoReason, "lead", NotSafeguarding, "")
	w.refused(ErrNotAllowed, "lead", NotSafeguarding, "because it is a bill")
	w.say("lead", NotNeeded, "POLICE_101 because it is a bill")
	w.say("lead", NotSafeguarding, "because it is a bill; sent on to finance")
	w.in(Acknowledged)
	w.refused(ErrSamePerson, "lead", NotSafeguarding, "because it is a bill")
	w.refused(ErrNotAllowed, "head", NotSafeguarding, "because it is a bill")
	w.say("deputy", NotSafeguarding, "because it is a bill")
	w.in(NoSafeguarding)
	if len(w.last.Alarms) != 0 || len(w.c.File.Owed.Open()) != 0 || len(w.c.Deadlines(w.rules)) != 0 {
		t.Errorf("alarms %+v, owed %+v", w.last.Alarms, w.c.File.Owed.Open())
	}
	w.say("lead", Note, "the payer wrote again")
	w.refused(ErrNoReason, "lead", Reopen, "")
	w.say("lead", Reopen, "because she says he threatens her")
	w.in(Reopened)
	if !w.c.File.Owed.Owes("REVIEW") || len(w.last.Alarms) == 0 || len(w.c.Deadlines(w.rules)) == 0 {
		t.Errorf("nothing is owed: %+v", w.c.File.Owed.Open())
	}
	w.refused(ErrNotAllowed, "la", Retain, "six years are over")
}

// A record is disposed of by two people, by decision only.
func TestDisposal(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Acknowledge, "")
	w.say("lead", Close, "a misunderstanding")
	w.say("deputy", Close, "agreed")
	w.say("la", Retain, "six years are over")
	w.in(RetentionReview)
	if w.c.File.begun() {
		t.Error("a closed case came to owe something")
	}
	w.say("la", Dispose, "no hold")
	w.refused(ErrSamePerson, "la", Dispose, "no hold")
	w.in(RetentionReview)
	w.say("senior", Dispose, "no hold")
	w.in(DisposedOf)
	w.refused(ErrNotAllowed, "la", Reopen, "because we need it")
}

// One hand that writes for two people is one person.
func TestOneHandForTwo(t *testing.T) {
	w := newWorker(t)
	act := func(by string, v Verb, text, hand string) error {
		out, err := w.c.Obey(Command{By: by, Verb: v, Text: text, Hand: hand}, w.rules, w.at)
		if err == nil {
			w.c = out.Case
		}
		return err
	}
	for _, s := range []struct {
		by   string
		verb Verb
		text string
	}{
		{"lead", NotSafeguarding, "because it is a bill"}, {"lead", Close, "a misunderstanding"}, {"lead", Grade, "S3 because it is calm"},
	} {
		w = newWorker(t)
		w.say("lead", Acknowledge, "")
		if s.verb == Grade {
			w.say("lead", Grade, "S1")
		}
		if err := act(s.by, s.verb, s.text, "operator"); err != nil {
			t.Fatal(err)
		}
		if err := act("deputy", s.verb, s.text, "operator"); !errors.Is(err, ErrSamePerson) {
			t.Errorf("%s by one hand: %v", s.verb, err)
		}
		if err := act("deputy", s.verb, s.text, ""); err != nil {
			t.Errorf("%s by two: %v", s.verb, err)
		}
	}
}
