package casefile

import (
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

func begun(rules Rules) Outcome {
	return Begin(Report{Ref: "SG-1", Org: "northgate", Arrival: "a1"}, rules, noon)
}

// must obeys a command that is legal.
func must(t *testing.T, c Case, by string, v Verb, rules Rules, at time.Time) Outcome {
	t.Helper()
	out, err := c.Obey(Command{By: by, Verb: v, Text: "because"}, rules, at)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func kinds(out Outcome) map[string]Kind {
	ks := map[string]Kind{}
	for _, n := range out.Notices {
		ks[n.To] = n.Kind
	}
	return ks
}

// An answer that comes after the limit, but before its alarm was answered, must
// not hide the breach: managers hear of every one.
func TestLateAckTellsTheBreach(t *testing.T) {
	rules := college()
	for _, tt := range []struct {
		after    time.Duration
		breached bool
		told     map[string]Kind
	}{
		{time.Hour - time.Millisecond, false, map[string]Kind{"deputy": TakenBy}},
		{time.Hour, true, map[string]Kind{"deputy": TakenBy, "head": Breach, "la": Breach, "m1": Breach, "m2": Breach}},
		{9 * time.Hour, true, map[string]Kind{"deputy": TakenBy, "head": Breach, "la": Breach, "m1": Breach, "m2": Breach}},
	} {
		out := must(t, opened(rules), "lead", Acknowledge, rules, noon.Add(tt.after))
		if out.Case.Breached.IsZero() == tt.breached || out.Case.State != Acknowledged || len(out.Alarms) != 1 || out.Alarms[0].Stage != sla.Review {
			t.Errorf("after %v: %+v", tt.after, out)
		}
		if got := kinds(out); len(got) != len(tt.told) || len(out.Notices) != len(tt.told) {
			t.Errorf("after %v: told %v, want %v", tt.after, got, tt.told)
		}
		for who, kind := range tt.told {
			if kinds(out)[who] != kind {
				t.Errorf("after %v: told %s %q, want %q", tt.after, who, kinds(out)[who], kind)
			}
		}
	}
}

// Who takes a case late is not told of the breach they have just ended.
func TestLateAckByOneWhoIsToldOfBreaches(t *testing.T) {
	rules := college()
	out := must(t, opened(rules), "la", Acknowledge, rules, noon.Add(time.Hour))
	if got := told(out); !slices.Equal(got, []string{"deputy", "head", "lead", "m1", "m2"}) {
		t.Errorf("told %v", got)
	}
}

// A breach that was announced is not announced again by the late answer.
func TestBreachIsToldOnce(t *testing.T) {
	rules := college()
	c := opened(rules)
	for n := 1; n <= 2; n++ {
		out, rang := c.Elapse(c.alarms(rules, noon)[0], rules, noon.Add(time.Hour))
		if !rang {
			t.Fatalf("rung %d did not ring", n)
		}
		c = out.Case
	}
	was := c.Breached
	out := must(t, c, "lead", Acknowledge, rules, noon.Add(90*time.Minute))
	if !was.Equal(noon.Add(time.Hour)) || out.Case.Breached != was || slices.Contains(told(out), "m1") {
		t.Errorf("breached %v then %v, told %v", was, out.Case.Breached, told(out))
	}
	if got := kinds(out); got["la"] != TakenBy || got["deputy"] != TakenBy {
		t.Errorf("who was called to act does not hear that it was taken: %v", got)
	}
}

// A desk that slept for two days climbs every rung of the ladder once, and the
// repeats of the last once together. Reminders are not made up for either.
func TestSleep(t *testing.T) {
	rules := college()
	out := begun(rules)
	awake := noon.Add(48*time.Hour + time.Minute)
	letters, rang := 0, 0
	for !out.Alarms[0].Due.After(awake) {
		if out, _ = out.Case.Elapse(out.Alarms[0], rules, awake); len(out.Notices) > 0 {
			rang++
			letters += len(out.Notices)
		}
	}
	if top := len(rules.Policy.Ladder); rang != top || letters != 2+6+4+5+5 || !out.Alarms[0].Due.Equal(noon.Add(52*time.Hour)) {
		t.Errorf("%d rungs, %d letters, next %v", rang, letters, out.Alarms[0].Due)
	}
	if !out.Case.Breached.Equal(awake) {
		t.Errorf("breached %v", out.Case.Breached)
	}
	taken := must(t, out.Case, "lead", Acknowledge, rules, awake)
	later := awake.Add(10*24*time.Hour + time.Hour)
	out, _ = taken.Case.Elapse(taken.Alarms[0], rules, later)
	if _, again := out.Case.Elapse(out.Alarms[0], rules, later); again || out.Case.Reviews != 10 {
		t.Errorf("%d reminders, again %v", out.Case.Reviews, again)
	}
}

// An alarm that was set under another policy is not lost: it rings at the time
// the policy says now, and until then it stands for it.
func TestPolicyChanges(t *testing.T) {
	rules := college()
	out := begun(rules)
	old := out.Alarms[0]
	rules.Policy.Acknowledge = 2 * time.Hour
	got, rang := out.Case.Elapse(old, rules, old.Due)
	if rang || len(got.Alarms) != 1 || !got.Alarms[0].Due.Equal(noon.Add(time.Hour)) || len(got.Events) != 0 {
		t.Fatalf("rang %v: %+v", rang, got)
	}
	for _, a := range []Alarm{old, got.Alarms[0]} {
		if next, rang := got.Case.Elapse(a, rules, noon.Add(time.Hour)); !rang || len(next.Notices) != 2 {
			t.Errorf("%v: rang %v, %+v", a.Due, rang, next)
		}
	}
}

// Who takes a case twice is news to nobody.
func TestAckTwice(t *testing.T) {
	rules := college()
	out := must(t, opened(rules), "lead", Acknowledge, rules, noon)
	again := must(t, out.Case, "lead", Acknowledge, rules, noon.Add(time.Minute))
	if len(again.Notices) != 0 || len(again.Events) != 1 || again.Case.Acknowledged != out.Case.Acknowledged {
		t.Errorf("%+v", again)
	}
	if other := must(t, out.Case, "deputy", Acknowledge, rules, noon.Add(time.Minute)); len(other.Notices) == 0 || other.Case.By != "lead" {
		t.Errorf("%+v", other)
	}
}

// Without lead and deputy the next who exist are told at once, as of any new
// case, and the breach comes no later for it.
func TestNobodyOnTheFirstRungs(t *testing.T) {
	rules := college()
	rules.Roster.Orgs["northgate"] = Org{ID: "northgate"}
	out := Begin(Report{Ref: "SG-1", Org: "northgate", Held: "unreadable"}, rules, noon)
	if got := kinds(out); got["la"] != Hold || got["head"] != Hold || len(out.Events) != 3 {
		t.Errorf("told %v, events %+v", got, out.Events)
	}
	for _, want := range []Kind{Nudge, Breach} {
		a := out.Alarms[0]
		if out, _ = out.Case.Elapse(a, rules, a.Due); kinds(out)["la"] != want {
			t.Errorf("rung %d: told %v, want %s", a.Rung, kinds(out), want)
		}
	}
	if !out.Case.Breached.Equal(noon.Add(time.Hour)) {
		t.Errorf("breached %v", out.Case.Breached)
	}
}

// A roster without anybody is a line for every rung, and still rings.
func TestNobodyAtAll(t *testing.T) {
	rules := Rules{Policy: sla.Default()}
	out := Begin(Report{Ref: "SG-1"}, rules, noon)
	if len(out.Notices) != 0 || len(out.Events) != 1+len(rules.Policy.Ladder) || len(out.Alarms) != 1 {
		t.Errorf("%+v", out)
	}
	out, rang := out.Case.Elapse(out.Alarms[0], rules, noon.Add(time.Hour))
	if !rang || len(out.Events) != 1+len(rules.Policy.Ladder) {
		t.Errorf("rang %v, %+v", rang, out.Events)
	}
}

// The post has until half-way to the next rung, and a chance when that is past
// (F51).
func TestPatience(t *testing.T) {
	rules := college()
	out := begun(rules)
	if before := out.Notices[0].Before; !before.Equal(noon.Add(15 * time.Minute)) {
		t.Errorf("at once: %v", before)
	}
	bounced := out.Case.Undelivered("lead", "refused", rules, noon.Add(10*time.Minute))
	if before := bounced.Notices[0].Before; !before.Equal(noon.Add(20 * time.Minute)) {
		t.Errorf("told early: %v", before)
	}
	late, _ := out.Case.Elapse(out.Alarms[0], rules, noon.Add(5*time.Hour))
	if before := late.Notices[0].Before; !before.Equal(noon.Add(5*time.Hour + 6*time.Minute)) {
		t.Errorf("told late: %v", before)
	}
}

// A letter that comes back for a case somebody has taken is told to those who
// work it, and the case does not move.
func TestUndeliveredLater(t *testing.T) {
	rules := college()
	taken := must(t, opened(rules), "lead", Acknowledge, rules, noon)
	out := taken.Case.Undelivered("deputy", "refused", rules, noon)
	if got := told(out); !slices.Equal(got, []string{"head", "la", "lead"}) || out.Case != taken.Case || !slices.Equal(out.Alarms, taken.Alarms) {
		t.Errorf("told %v, %+v", got, out)
	}
}

// A message without proof moves nothing and is shown to lead and deputy.
func TestDistrust(t *testing.T) {
	rules := college()
	was := begun(rules)
	out := was.Case.Distrust("a2", "forged", rules, noon)
	if got := told(out); !slices.Equal(got, []string{"deputy", "lead"}) || out.Case != was.Case || !slices.Equal(out.Alarms, was.Alarms) || len(out.Events) != 1 {
		t.Errorf("told %v, %+v", got, out)
	}
}

func TestLate(t *testing.T) {
	c := opened(college())
	for after, want := range map[time.Duration]time.Duration{0: 0, time.Hour: 0, 90 * time.Minute: 30 * time.Minute} {
		if late := c.Late(college(), noon.Add(after)); late != want {
			t.Errorf("after %v: %v late, want %v", after, late, want)
		}
	}
}

func TestRosterFinds(t *testing.T) {
	r := college().Roster
	if p, ok := r.ByAddress("LEAD@Council.Example"); !ok || p.ID != "lead" {
		t.Errorf("%+v, %v", p, ok)
	}
	if _, ok := r.ByAddress("nobody@council.example"); ok {
		t.Error("found nobody")
	}
	if r.Name("lead") != "lead" || r.Name("stranger") != "stranger" {
		t.Error("names")
	}
	if got := opened(college()).Legal(); !slices.Equal(got, []Verb{Acknowledge, Note, Grade, Done, Refer}) {
		t.Errorf("legal now: %v", got)
	}
}
