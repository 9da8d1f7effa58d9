package casefile

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dutydesk/workflow/sla"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// college is a full council: every rung has somebody on it.
func college() Rules {
	r := Roster{People: map[string]Person{}, Orgs: map[string]Org{
		"service":   {ID: "service", Name: "Service", Lead: "head", Deputy: "under"},
		"northgate": {ID: "northgate", Name: "Northgate", Lead: "lead", Deputy: "deputy"},
	}, Triage: "service", ServiceLead: "head", LALead: "la", SeniorOfficer: "senior", Executive: "exec", Managers: []string{"m1", "m2"}}
	for _, id := range []string{"head", "under", "lead", "deputy", "la", "senior", "exec", "m1", "m2"} {
		r.People[id] = Person{ID: id, Name: id, Address: id + "@council.example"}
	}
	return Rules{Policy: sla.Default(), Roster: r}
}

func opened(rules Rules) Case {
	return Begin(Report{Ref: "SG-1", Org: "northgate", Arrival: "a1"}, rules, noon).Case
}

func told(out Outcome) (ids []string) {
	for _, n := range out.Notices {
		ids = append(ids, n.To)
	}
	slices.Sort(ids)
	return ids
}

// Every state against every verb: what is not in moves is refused, what no
// person may say is refused, and a refusal leaves nothing behind.
func TestEveryMove(t *testing.T) {
	rules := college()
	for _, s := range States() {
		for _, v := range []Verb{Open, Acknowledge, Note, Close, Elapse, Undelivered, Distrust, "DELETE", ""} {
			c := opened(rules)
			c.State, c.Proposed, c.Severity = s, "deputy", sla.S3
			out, err := c.Obey(Command{By: "lead", Verb: v}, rules, noon)
			_, legal := c.after(v)
			legal = legal && slices.Contains(Commands(), v)
			if legal != (err == nil) {
				t.Errorf("%s/%s: err = %v, legal = %v", s, v, err, legal)
			}
			if err != nil && (!errors.Is(err, ErrNotAllowed) || len(out.Events)+len(out.Notices)+len(out.Alarms) != 0) {
				t.Errorf("%s/%s: refusal left %+v, %v", s, v, out, err)
			}
		}
	}
}

// Lead and deputy at once; silence climbs; managers hear of the breach; the
// last rung repeats until a person acts.
func TestNobodyAnswers(t *testing.T) {
	rules := college()
	out := Begin(Report{Ref: "SG-1", Org: "northgate"}, rules, noon)
	steps := []struct {
		after time.Duration
		told  []string
		kind  Kind
	}{
		{0, []string{"deputy", "lead"}, Opened},
		{30 * time.Minute, []string{"deputy", "lead"}, Nudge},
		{time.Hour, []string{"deputy", "head", "la", "lead", "m1", "m2"}, Breach},
		{2 * time.Hour, []string{"la", "m1", "m2", "senior"}, Breach},
		{4 * time.Hour, []string{"exec", "la", "m1", "m2", "senior"}, Breach},
		{8 * time.Hour, []string{"exec", "la", "m1", "m2", "senior"}, Breach},
		{12 * time.Hour, []string{"exec", "la", "m1", "m2", "senior"}, Breach},
	}
	for i, step := range steps {
		if got := told(out); !slices.Equal(got, step.told) || out.Notices[0].Kind != step.kind {
			t.Fatalf("after %v: told %v of %q, want %v of %q", step.after, got, out.Notices[0].Kind, step.told, step.kind)
		}
		if breached := !out.Case.Breached.IsZero(); breached != (step.after >= time.Hour) {
			t.Errorf("after %v: breached = %v", step.after, breached)
		}
		if i+1 == len(steps) {
			break
		}
		if len(out.Alarms) != 1 || !out.Alarms[0].Due.Equal(noon.Add(steps[i+1].after)) {
			t.Fatalf("after %v: alarms %+v", step.after, out.Alarms)
		}
		a := out.Alarms[0]
		if _, rang := out.Case.Elapse(a, rules, a.Due.Add(-time.Millisecond)); rang {
			t.Errorf("rung %d rang early", a.Rung)
		}
		was := out.Case
		out, _ = out.Case.Elapse(a, rules, a.Due)
		if _, again := out.Case.Elapse(a, rules, a.Due); again {
			t.Errorf("rung %d rang twice", a.Rung)
		}
		if was.Breached != out.Case.Breached && !was.Breached.IsZero() {
			t.Error("a breach was written over")
		}
	}
}

// An alarm that rings for a case somebody has taken changes nothing.
func TestStaleAlarm(t *testing.T) {
	rules := college()
	out := Begin(Report{Ref: "SG-1", Org: "northgate"}, rules, noon)
	a := out.Alarms[0]
	taken, err := out.Case.Obey(Command{By: "lead", Verb: Acknowledge}, rules, noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	got, rang := taken.Case.Elapse(a, rules, a.Due)
	if rang || got.Case != taken.Case || len(got.Notices)+len(got.Events) != 0 {
		t.Errorf("a stale alarm did %+v", got)
	}
	if len(taken.Alarms) != 1 || taken.Alarms[0].Stage != sla.Review {
		t.Errorf("a taken case waits for %+v", taken.Alarms)
	}
}

// Closing takes two people; one who proposed cannot agree with themselves, and
// another may keep it open.
func TestClosingTakesTwo(t *testing.T) {
	rules := college()
	c := opened(rules)
	c.Severity = sla.S3
	say := func(by string, v Verb) error {
		out, err := c.Obey(Command{By: by, Verb: v, Text: "it was a misunderstanding"}, rules, noon)
		if err == nil {
			c = out.Case
		}
		return err
	}
	if err := say("lead", Close); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("closing what nobody has taken: %v", err)
	}
	for _, step := range []struct {
		by    string
		verb  Verb
		err   error
		state State
	}{
		{"lead", Acknowledge, nil, Acknowledged}, {"lead", Close, nil, CloseProposed}, {"lead", Close, ErrSamePerson, CloseProposed},
		{"deputy", Acknowledge, nil, Acknowledged}, {"deputy", Close, nil, CloseProposed}, {"lead", Close, nil, Closed}, {"lead", Note, nil, Closed},
	} {
		if err := say(step.by, step.verb); !errors.Is(err, step.err) || c.State != step.state {
			t.Fatalf("%s %s: %v, state %s, want %v, %s", step.by, step.verb, err, c.State, step.err, step.state)
		}
	}
	if c.By != "lead" {
		t.Errorf("taken by %q, who was second", c.By)
	}
}

// A letter that comes back tells the next new people now, and never moves the
// breach to a later time.
func TestUndelivered(t *testing.T) {
	rules := college()
	c := opened(rules)
	due := c.alarms(rules, noon)
	out := c.Undelivered("lead", "refused", rules, noon)
	if got := told(out); !slices.Equal(got, []string{"head", "la", "m1", "m2"}) || !slices.Equal(out.Alarms, due) {
		t.Errorf("told %v, waits for %+v", got, out.Alarms)
	}
	out = out.Case.Undelivered("la", "refused", rules, noon)
	if got := told(out); !slices.Equal(got, []string{"senior"}) {
		t.Errorf("told %v", got)
	}
	for range 10 {
		out = out.Case.Undelivered("senior", "refused", rules, noon)
	}
	if len(out.Notices) != 0 || len(out.Events) != 1 || !slices.Equal(out.Alarms, due) {
		t.Errorf("at the top: %+v", out)
	}
}

// A rung with nobody on it is a line in the chronology, and somebody is told
// in its place.
func TestEmptyRung(t *testing.T) {
	rules := college()
	rules.Roster.SeniorOfficer, rules.Roster.LALead, rules.Roster.Managers = "", "gone", nil
	c := opened(rules)
	c.Climbed = 3
	out, rang := c.Elapse(c.alarms(rules, noon)[0], rules, noon.Add(3*time.Hour))
	if !rang || len(out.Notices) == 0 || len(out.Events) != 2 {
		t.Errorf("told %v, events %+v", told(out), out.Events)
	}
}

// An organisation nobody knows is triage's, never nobody's.
func TestUnknownOrganisation(t *testing.T) {
	out := Begin(Report{Ref: "SG-1", Org: "closed down"}, college(), noon)
	if got := told(out); out.Case.Org != "service" || !slices.Equal(got, []string{"head", "under"}) {
		t.Errorf("%s, told %v", out.Case.Org, got)
	}
}

// Those who work a case may act on it; managers and other organisations not.
func TestMayAct(t *testing.T) {
	r := college().Roster
	for id, may := range map[string]bool{"lead": true, "deputy": true, "head": true, "la": true, "senior": true, "exec": true, "m1": false, "under": false, "stranger": false, "": false} {
		if r.MayAct(id, "northgate") != may {
			t.Errorf("%q may act: %v", id, !may)
		}
	}
}

// Whatever people and the clock do in whatever order: a case that is not closed
// waits for exactly one alarm, nobody is told twice of one decision, nobody is
// told who is not on the roster, a breach stays, and nothing goes unrecorded.
func TestAnyOrder(t *testing.T) {
	rules := college()
	people := []string{"lead", "deputy", "la", "m1", "stranger"}
	rapid.Check(t, func(t *rapid.T) {
		now := noon
		out := Begin(Report{Ref: "SG-1", Org: "northgate"}, rules, now)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "minutes")) * time.Minute)
			next := step(t, out, rules, people, now)
			check(t, out.Case, next, rules)
			out = next
		}
	})
}

func step(t *rapid.T, out Outcome, rules Rules, people []string, now time.Time) Outcome {
	who := rapid.SampledFrom(people).Draw(t, "who")
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		for _, a := range out.Alarms {
			out, _ = out.Case.Elapse(a, rules, now)
		}
		return out
	case 1:
		return out.Case.Undelivered(who, "bounced", rules, now)
	case 2:
		return out.Case.Distrust("a9", "forged", rules, now)
	}
	next, err := out.Case.Obey(Command{By: who, Verb: rapid.SampledFrom(Commands()).Draw(t, "verb"), Text: "x"}, rules, now)
	if err != nil {
		return Outcome{Case: out.Case, Alarms: out.Case.alarms(rules, noon)}
	}
	return next
}

func check(t *rapid.T, was Case, out Outcome, rules Rules) {
	want := 1
	if out.Case.State == Closed {
		want = 0
	}
	if len(out.Alarms) != want {
		t.Fatalf("%s waits for %+v", out.Case.State, out.Alarms)
	}
	seen := map[string]bool{}
	for _, n := range out.Notices {
		if seen[n.To] || rules.Roster.People[n.To].ID == "" {
			t.Fatalf("told %q twice, or nobody by that name", n.To)
		}
		seen[n.To] = true
	}
	if !was.Breached.IsZero() && was.Breached != out.Case.Breached {
		t.Fatal("a breach was written over")
	}
	if was.State != out.Case.State && len(out.Events) == 0 {
		t.Fatalf("%s to %s without a line", was.State, out.Case.State)
	}
}

func ExampleDiagram() {
	fmt.Print(Diagram()[:40])
	// Output:
	// stateDiagram-v2
	//   [*] --> SUBMITTED: OPE
}
