package casefile

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// desked is the college with the default policy and somebody on call.
func desked(t testing.TB) Rules {
	t.Helper()
	p, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	return under(t, p)
}

func under(t testing.TB, p policy.Policy) Rules {
	t.Helper()
	days, err := sla.PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	b, err := policy.New(p, days)
	if err != nil {
		t.Fatal(err)
	}
	r := college()
	r.Policy.Acknowledge, r.Policy.Review = 0, 0
	r.Books, r.Version = policy.Books{b.Version: b}, b.Version
	r.Roster.People["night"] = Person{ID: "night", Name: "night", Address: "night@council.example"}
	r.Roster.OnCall = "night"
	return r
}

// tale is a case whose clock the test turns: every alarm rings when it is due.
type tale struct {
	t      *testing.T
	rules  Rules
	now    time.Time
	c      Case
	alarms map[string]Alarm
	es     []Event
	told   []Notice // since the last look
}

func begin(t *testing.T, rules Rules, s sla.Severity, at time.Time) *tale {
	x := &tale{t: t, rules: rules, now: at}
	x.keep(Begin(Report{Ref: "SG-1", Org: "northgate", Severity: s}, rules, at))
	return x
}

func (x *tale) keep(out Outcome) {
	if out.Stage == "" || x.alarms == nil {
		x.alarms = map[string]Alarm{}
	}
	for key, a := range x.alarms {
		if a.Stage == out.Stage {
			delete(x.alarms, key)
		}
	}
	for _, a := range out.Alarms {
		x.alarms[rungName(a.Stage, a.Turn)] = a
	}
	x.c, x.es, x.told = out.Case, append(x.es, out.Events...), append(x.told, out.Notices...)
}

// until rings everything that is due by the moment at, soonest first.
func (x *tale) until(at time.Time) *tale {
	x.t.Helper()
	for range 1000 {
		var next Alarm
		for _, a := range x.alarms {
			if next.Due.IsZero() || a.Due.Before(next.Due) || a.Due.Equal(next.Due) && a.Stage < next.Stage {
				next = a
			}
		}
		if next.Due.IsZero() || next.Due.After(at) {
			x.now = at
			return x
		}
		if next.Due.After(x.now) {
			x.now = next.Due
		}
		out, rang := x.c.Elapse(next, x.rules, x.now)
		if !rang {
			x.t.Fatalf("%+v did not ring at %v", next, x.now)
		}
		x.keep(out)
	}
	x.t.Fatal("it rings for ever")
	return x
}

func (x *tale) says(by string, v Verb, text string) error {
	out, err := x.c.Obey(Command{By: by, Verb: v, Text: text}, x.rules, x.now)
	if err == nil {
		x.keep(out)
	}
	return err
}

func (x *tale) must(by string, v Verb, text string) *tale {
	x.t.Helper()
	if err := x.says(by, v, text); err != nil {
		x.t.Fatalf("%s %s %s: %v", by, v, text, err)
	}
	return x
}

// heard lists who was told what since the last look: "kind stage: people".
func (x *tale) heard() map[string][]string {
	all := map[string][]string{}
	for _, n := range x.told {
		key := string(n.Kind) + " " + string(n.Stage)
		if !slices.Contains(all[key], n.To) {
			all[key] = append(all[key], n.To)
			slices.Sort(all[key])
		}
	}
	x.told = nil
	return all
}

func (x *tale) heardBy(key string, people ...string) {
	x.t.Helper()
	slices.Sort(people)
	if got := x.heard(); !slices.Equal(got[key], people) {
		x.t.Errorf("at %v %q was told to %v, want %v (all: %v)", x.now, key, got[key], people, got)
	}
}

// agrees recomputes the case and holds what happened against it.
func (x *tale) agrees() {
	x.t.Helper()
	_, ds, err := x.c.Audit(x.es, x.rules, x.now)
	if ds = append(ds, x.c.AuditAlarms(x.es, slices.Collect(maps.Values(x.alarms)), x.rules)...); err != nil || len(ds) > 0 {
		x.t.Errorf("replay differs: %+v, %v", ds, err)
	}
}

func (x *tale) count(text string) (n int) {
	for _, e := range x.es {
		if e.Text == text {
			n++
		}
	}
	return n
}

func local(day, hour, minute int) time.Time { // of November 2026, in GMT
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

// Nobody answers an S2 that came in hours: every stage climbs its own ladder, to
// the executive, exactly as the policy tells the story; each breach is announced
// once, and the acknowledgement goes on until a person acts.
func TestNobodyAnswersUntilTheExecutive(t *testing.T) {
	rules := desked(t)
	x := begin(t, rules, sla.S2, local(25, 10, 0))
	x.heardBy("opened acknowledge", "lead", "deputy")
	x.until(local(25, 11, 0))
	if got := x.heard(); !slices.Equal(got["breach acknowledge"], []string{"deputy", "head", "la", "lead", "m1", "m2"}) {
		t.Errorf("at the limit: %v", got)
	}
	x.until(local(25, 14, 0))
	got := x.heard()
	if !slices.Contains(got["breach acknowledge"], "exec") || !slices.Contains(got["stage-breach triage"], "m1") || !slices.Equal(got["informed la-told"], []string{"la"}) {
		t.Errorf("after four hours: %v", got)
	}
	x.until(local(30, 12, 0))
	for _, text := range []string{"acknowledge 100%", "triage 100%", "protective-action 100%", "la-told done"} {
		if n := x.count(text); n != 1 {
			t.Errorf("%q stands %d times", text, n)
		}
	}
	if x.count("acknowledge 400%, repeat 1") != 1 {
		t.Error("the ladder fell silent")
	}
	x.agrees()
	for _, l := range rules.Books[rules.Version].Silence(sla.S2, local(25, 10, 0), 1, nil) {
		if !l.ByDesk && l.Ring.Percent > 0 && x.count(line(l.Clock, max(0, rungOf(l)))) == 0 {
			t.Errorf("%s at %d%% was left out", l.Clock.Stage, l.Ring.Percent)
		}
	}
}

// rungOf is the number of a line's rung.
func rungOf(l policy.Line) int {
	for n := range l.Clock.Rungs() {
		if r, _ := l.Clock.Ring(n); r.Percent == l.Ring.Percent {
			return n + l.Ring.Repeat
		}
	}
	return -1
}

// What comes at night is screened by whoever is on call, who is told together
// with lead and deputy, and its working hours begin in the morning.
func TestAtNight(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(27, 2, 0))
	got := x.heard()
	if !slices.Equal(got["opened acknowledge"], []string{"deputy", "lead"}) || !slices.Equal(got["opened out-of-hours-screen"], []string{"night"}) {
		t.Errorf("at once: %v", got)
	}
	x.until(local(27, 4, 0))
	if got := x.heard(); !slices.Contains(got["stage-breach out-of-hours-screen"], "m1") || len(got["breach acknowledge"]) != 0 {
		t.Errorf("by four: %v", got)
	}
	if limit := x.c.Limit(x.rules, x.now); !limit.Equal(local(27, 9, 30)) {
		t.Errorf("to be taken by %v", limit)
	}
	if err := x.says("night", Grade, "S1 because he is at her door"); err != nil {
		t.Fatal(err)
	}
	x.until(local(27, 4, 15))
	if got := x.heard(); !slices.Contains(got["breach acknowledge"], "night") || !slices.Equal(got["informed la-told"], []string{"la"}) {
		t.Errorf("a quarter of an hour after it became an emergency: %v", got)
	}
	x.agrees()
}

// Friday at ten to six before a bank holiday: Monday is none, Tuesday is.
func TestBeforeABankHoliday(t *testing.T) {
	at := time.Date(2027, 4, 30, 16, 50, 0, 0, time.UTC) // 17:50 BST; 3 May is a bank holiday
	x := begin(t, desked(t), sla.S2, at)
	if limit := x.c.Limit(x.rules, at); !limit.Equal(time.Date(2027, 5, 4, 8, 30, 0, 0, time.UTC)) {
		t.Errorf("to be taken by %v", limit)
	}
	x.until(time.Date(2027, 5, 4, 7, 59, 0, 0, time.UTC)).heard()
	x.until(time.Date(2027, 5, 4, 8, 30, 0, 0, time.UTC))
	if got := x.heard(); !slices.Contains(got["nudge acknowledge"], "lead") || !slices.Contains(got["breach acknowledge"], "la") {
		t.Errorf("on Tuesday: %v", got)
	}
	x.agrees()
}

// An acknowledgement that leads to nothing returns: lead and deputy are told,
// and the ladder begins anew. Any deed keeps it.
func TestStaleAcknowledgementReturns(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).until(local(25, 10, 10)).must("lead", Acknowledge, "")
	x.must("lead", Acknowledge, "").until(local(25, 14, 9)).heard()
	x.until(local(25, 14, 10))
	if got := x.heard(); x.c.State != Submitted || x.c.By != "" || x.c.Turn != 1 || !slices.Equal(got["returned acknowledge"], []string{"deputy", "lead"}) {
		t.Fatalf("%s, taken by %q, turn %d, told %v", x.c.State, x.c.By, x.c.Turn, got)
	}
	x.until(local(25, 15, 10))
	if got := x.heard(); !slices.Contains(got["breach acknowledge"], "la") || x.count("acknowledge 100%, turn 2") != 1 {
		t.Errorf("an hour later: %v", got)
	}
	x.agrees()
	kept := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Note, "rang her").until(local(26, 16, 0))
	if kept.c.State != Acknowledged || kept.count("acknowledge 100%") != 0 {
		t.Errorf("%s though something followed", kept.c.State)
	}
	kept.agrees()
}

// Others who take the case too do not keep it from returning.
func TestAcknowledgementsInTurnReturn(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "")
	for i := range 4 {
		x.until(local(25, 10, 50).Add(time.Duration(i)*50*time.Minute)).must("deputy", Acknowledge, "")
	}
	if x.until(local(25, 14, 0)); x.c.State != Submitted || x.count("nothing followed since lead took it") != 1 {
		t.Errorf("%s, %q", x.c.State, x.c.Story)
	}
	x.agrees()
}

// The LA lead answers for the local authority by taking the case, also one that
// is taken, and nobody else does.
func TestTakingAnswersForTheLocalAuthority(t *testing.T) {
	x := begin(t, desked(t), sla.S1, local(25, 10, 0)).must("lead", Acknowledge, "")
	x.must("deputy", Acknowledge, "")
	if _, waits := x.alarms["la-acknowledged.0="]; !waits {
		t.Error("the deputy answered for the local authority")
	}
	x.must("la", Acknowledge, "")
	if _, waits := x.alarms["la-acknowledged.0="]; waits {
		t.Error("the LA lead took the case, and their answer is still waited for")
	}
	x.agrees()
}

// A deed that comes after the return, before the desk has noticed, takes nothing
// back: the case waits to be taken, as it would have.
func TestDeedAfterTheReturn(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "")
	x.now = local(25, 15, 0)
	x.must("lead", Acknowledge, "")
	if x.c.State != Acknowledged || x.c.Turn != 1 || x.c.By != "lead" {
		t.Errorf("%s, turn %d", x.c.State, x.c.Turn)
	}
	x.until(local(25, 15, 1)).agrees()
}

// An alarm of a stage, or of what went stale, that rings early, or of another
// rung or turn, tells nobody; what the case waits for in its place is set again,
// and no other stage's.
func TestAlarmsThatDoNotRing(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").until(local(25, 11, 0))
	due := x.alarms["triage.0="].Due
	for name, tt := range map[string]struct {
		a    Alarm
		at   time.Time
		want time.Time
	}{
		"early":        {Alarm{Ref: "SG-1", Stage: sla.Triage, Due: x.now}, due.Add(-time.Millisecond), due},
		"another rung": {Alarm{Ref: "SG-1", Stage: sla.Triage, Rung: 1, Due: due}, due, due},
		"another turn": {Alarm{Ref: "SG-1", Stage: sla.Triage, Turn: 1, Due: due}, due, due},
		"early return": {Alarm{Ref: "SG-1", Stage: Stale}, local(25, 13, 59), local(25, 14, 0)},
	} {
		out, rang := x.c.Elapse(tt.a, x.rules, tt.at)
		if rang || len(out.Notices)+len(out.Events) > 0 || out.Case != x.c || out.Stage != tt.a.Stage {
			t.Errorf("%s: rang %v, %+v", name, rang, out)
		}
		if len(out.Alarms) != 1 || out.Alarms[0].Stage != tt.a.Stage || !out.Alarms[0].Due.Equal(tt.want) {
			t.Errorf("%s: it waits for %+v", name, out.Alarms)
		}
	}
	if out, rang := x.c.Elapse(Alarm{Ref: "SG-1", Stage: Stale, Turn: 7}, x.rules, local(25, 14, 0)); !rang || out.Case.State != Submitted {
		t.Errorf("an old alarm took the place of the return: %+v", out)
	}
}

// A new policy is no deed that keeps an acknowledgement from going stale, and no
// deed after it is lost.
func TestDeedAfterANewPolicy(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "")
	x.changed(fewer(sla.Triage, 239*time.Minute)).must("lead", Note, "rang her").until(local(26, 16, 0))
	if x.c.State != Acknowledged {
		t.Errorf("%s though something followed, %q", x.c.State, x.c.Story)
	}
}

// A stage that is done in time rings no more; what the desk does with it is done
// at once; one that is done late is announced all the same, once.
func TestDone(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").until(local(25, 11, 0))
	x.heard()
	x.must("lead", Done, "triage: low risk").heardBy("informed la-told", "la")
	if _, waits := x.alarms["triage.0="]; waits {
		t.Error("a stage that is done still waits")
	}
	x.now = local(27, 12, 0) // the desk slept: protective action was due on the 26th
	x.must("lead", Done, "protective action")
	if got := x.heard(); !slices.Equal(got["stage-breach protective-action"], []string{"deputy", "head", "la", "m1", "m2"}) || x.c.Breached.IsZero() {
		t.Errorf("done late: %v", got)
	}
	x.until(local(27, 13, 0))
	if n := x.count("protective-action 100%"); n != 1 {
		t.Errorf("announced %d times", n)
	}
	for _, text := range []string{"", "with it", "acknowledge", "everything"} {
		if err := x.says("lead", Done, text); !errors.Is(err, ErrUnclear) {
			t.Errorf("DONE %q: %v", text, err)
		}
	}
	if err := x.says("lead", Done, "la acknowledged"); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("the lead answers for the local authority: %v", err)
	}
	x.agrees()
}

// What the desk tells by itself is told to the nearest who can hear it, and is
// not done where nobody can.
func TestTellingTheLocalAuthority(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(r *Roster)
		told   []string
		lines  map[string]int
	}{
		"in post":           {func(*Roster) {}, []string{"la"}, map[string]int{"la-told done": 1}},
		"nobody":            {func(r *Roster) { r.LALead = "" }, []string{"senior"}, map[string]int{"la-told done": 1, "nobody to be told": 1}},
		"nobody above":      {func(r *Roster) { r.LALead, r.SeniorOfficer, r.Executive = "", "", "" }, []string{"head"}, map[string]int{"la-told done": 1, "nobody to be told": 1}},
		"away":              {func(r *Roster) { r.Absences = []Absence{{Person: "la"}}; *r = r.On(local(25, 10, 0)) }, []string{"senior"}, map[string]int{"la-told done": 1, "nobody to be told": 1}},
		"nobody whatsoever": {func(r *Roster) { *r = Roster{People: r.People} }, nil, map[string]int{"la-told done": 0, "nobody to be told": 1}},
	} {
		x := begin(t, desked(t), sla.S2, local(25, 10, 0))
		x.told = nil
		tt.change(&x.rules.Roster)
		k, _ := x.c.clock(sla.TellLA, x.rules, x.now)
		x.keep(x.c.inform(k, x.rules, x.now))
		if got := x.heard()["informed la-told"]; !slices.Equal(got, tt.told) {
			t.Errorf("%s: told %v", name, got)
		}
		for text, n := range tt.lines {
			if got := x.count(text); got != n {
				t.Errorf("%s: %q stands %d times", name, text, got)
			}
		}
	}
}

// What nobody waits for cannot be done; what is done already another may say too.
func TestDoneOfWhatDoesNotRun(t *testing.T) {
	x := begin(t, desked(t), sla.S1, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Done, "triage")
	x.must("lead", Grade, "S2 because he is gone").must("deputy", Grade, "S2 because he is gone")
	if err := x.says("la", Done, "la acknowledged"); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("what a lighter severity took away: %v", err)
	}
	story := x.c.Story
	for _, text := range []string{"referral", "referral in writing", "screened"} {
		if err := x.says("lead", Done, text); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("DONE %q: %v", text, err)
		}
	}
	if x.c.Story != story {
		t.Errorf("%q", x.c.Story)
	}
	x.must("deputy", Done, "triage").agrees()
}

// A referral to the LADO is to be confirmed in writing, and no other is.
func TestReferralToTheLADO(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Done, "referral: rang the LADO")
	if a := x.alarms["referral-in-writing.0="]; !a.Due.After(x.now) {
		t.Fatalf("%+v", x.alarms)
	}
	x.must("lead", Done, "referral in writing").agrees()
	other := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "")
	other.c.Story = other.c.Story.and(other.now, policy.Raised, string(sla.Refer))
	other.must("lead", Done, "referral to the police")
	if _, waits := other.alarms["referral-in-writing.0="]; waits {
		t.Errorf("%+v", other.alarms)
	}
}

// The assignee is nudged, and with others away or excluded never nobody.
func TestAssignee(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("deputy", Acknowledge, "").must("deputy", Note, "began")
	x.heard()
	x.until(local(25, 12, 0)).heardBy("stage-nudge triage", "deputy")
	x.rules.Roster.Absences = []Absence{{Person: "deputy"}}
	x.rules.Roster = x.rules.Roster.On(x.now)
	x.until(local(25, 13, 12)).heardBy("stage-nudge triage", "lead")
}

// A ladder with a gap: an empty rung is passed at once and stands as a line.
func TestLadderWithAGap(t *testing.T) {
	rules := desked(t)
	rules.Roster.LALead, rules.Roster.SeniorOfficer, rules.Roster.Managers = "", "", nil
	x := begin(t, rules, sla.S2, local(25, 10, 0)).until(local(25, 12, 0))
	if got := x.heard(); !slices.Contains(got["breach acknowledge"], "exec") || x.count("nobody on rung 4") != 1 {
		t.Errorf("told %v, %v", got, x.es)
	}
	x.agrees()
}

// Anybody makes a case graver, at once. To make it lighter takes a reason, and
// an emergency takes two.
func TestGrade(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "")
	for text, want := range map[string]error{"": ErrUnclear, "S9": ErrUnclear, "S3": ErrNoReason, "low": ErrNoReason} {
		if err := x.says("lead", Grade, text); !errors.Is(err, want) {
			t.Errorf("GRADE %q: %v, want %v", text, err, want)
		}
	}
	x.must("deputy", Grade, "emergency")
	x.heard()
	if x.c.Severity != sla.S1 || x.alarms["protective-action.0="].Due.After(local(25, 11, 0)) {
		t.Fatalf("%s, %+v", x.c.Severity, x.alarms)
	}
	x.must("lead", Grade, "S3 because he is in hospital")
	if err := x.says("lead", Grade, "S3 because I said so"); !errors.Is(err, ErrSamePerson) || x.c.Severity != sla.S1 {
		t.Errorf("one person: %v, %s", err, x.c.Severity)
	}
	x.heardBy("changed ", "deputy", "head", "la")
	x.must("deputy", Grade, "to S3, because it is so")
	if x.c.Severity != sla.S3 || x.c.Grading != "" {
		t.Errorf("two people: %s, %q", x.c.Severity, x.c.Grading)
	}
	x.agrees()
}

// Clocks rest only where the policy allows, for its reasons, to a day.
func TestHold(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "")
	if err := x.says("lead", Rest, "until 4 December because waiting for the person affected"); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("an S2 rests: %v", err)
	}
	x.must("lead", Grade, "S3 because she is safe")
	before := x.alarms["protective-action.0="].Due
	for text, want := range map[string]error{"": ErrUnclear, "until 4 December": ErrNoReason, "until 4 December because I am busy": ErrNoReason, "until 2020-01-01 because waiting for the person affected": ErrUnclear} {
		if err := x.says("lead", Rest, text); !errors.Is(err, want) {
			t.Errorf("HOLD %q: %v, want %v", text, err, want)
		}
	}
	x.must("lead", Rest, "until 4 December because we are waiting for the person affected")
	held := x.alarms["protective-action.0="].Due
	x.until(local(26, 10, 0)).must("lead", Resume, "")
	if after := x.alarms["protective-action.0="].Due; !held.After(after) || !after.After(before) {
		t.Errorf("due %v, held %v, resumed %v", before, held, after)
	}
	x.agrees()
}

// A reason that is denied is none.
func TestHoldForTheOppositeOfAReason(t *testing.T) {
	x := begin(t, desked(t), sla.S3, local(25, 10, 0)).must("lead", Acknowledge, "")
	for _, why := range []string{"we are NOT waiting for the person affected", "we aren\u2019t waiting for the person affected", "waiting for the person affected is no longer needed"} {
		if err := x.says("lead", Rest, "until 4 December because "+why); !errors.Is(err, ErrNoReason) {
			t.Errorf("%q: %v", why, err)
		}
	}
	if reasons := []string{"not reachable"}; !allowed("until 4 December because she is not reachable", reasons) || allowed("because she is not, not reachable", reasons) {
		t.Error("a reason that has a denial in it")
	}
}

// Where the time for holds is used up nothing is held, and nobody is told that
// it is; what is left of it is what the others are told.
func TestHoldOfWhatIsLeft(t *testing.T) {
	x := begin(t, desked(t), sla.S3, local(25, 10, 0)).must("lead", Acknowledge, "")
	x.told = nil
	x.must("lead", Rest, "until 31 December because waiting for the person affected")
	if len(x.told) == 0 || !strings.Contains(x.told[0].Reason, "until 10:00 on Wednesday 9 December: the policy allows no longer") {
		t.Errorf("told %+v", x.told)
	}
	x.until(local(39, 10, 0)).told = nil
	story := x.c.Story
	if err := x.says("lead", Rest, "until 31 December because waiting for the person affected"); !errors.Is(err, ErrNotAllowed) || len(x.told) > 0 || x.c.Story != story {
		t.Errorf("%v, told %+v", err, x.told)
	}
}

// To resume what is not held changes nothing, and is no deed that keeps an
// acknowledgement from going stale.
func TestResumeOfNothing(t *testing.T) {
	x := begin(t, desked(t), sla.S3, local(25, 10, 0)).must("lead", Acknowledge, "")
	x.told = nil
	if err := x.says("lead", Resume, ""); !errors.Is(err, ErrNotAllowed) || len(x.told) > 0 || strings.Contains(string(x.c.Story), "resumed") {
		t.Errorf("%v, told %+v, %q", err, x.told, x.c.Story)
	}
}

// A new policy makes deadlines earlier only.
func TestReplan(t *testing.T) {
	rules := desked(t)
	x := begin(t, rules, sla.S2, local(25, 10, 0))
	p, _ := policy.Default()
	p.Stages = slices.Clone(p.Stages)
	for i := range p.Stages {
		switch p.Stages[i].Stage {
		case sla.Triage:
			p.Stages[i].S[1] = sla.WorkingHours(2)
		case sla.Acknowledge:
			p.Stages[i].S[1] = sla.WorkingHours(3)
		}
	}
	next := under(t, p)
	next.Books[rules.Version] = rules.Books[rules.Version]
	x.rules, x.now = next, local(25, 10, 30)
	out, earlier, later, replanned := x.c.Replan(next, x.now)
	if !replanned || earlier != 1 || later != 1 {
		t.Fatalf("%d earlier, %d later, %v", earlier, later, replanned)
	}
	x.keep(out)
	if limit := x.c.Limit(next, x.now); !limit.Equal(local(25, 11, 0)) {
		t.Errorf("the acknowledgement moved to %v", limit)
	}
	if _, _, _, again := x.c.Replan(next, x.now); again {
		t.Error("it is replanned twice")
	}
	x.until(local(25, 12, 0))
	if got := x.heard(); !slices.Contains(got["stage-breach triage"], "m1") {
		t.Errorf("the earlier limit: %v", got)
	}
	x.agrees()
}

// What was told too early, or never, is found.
func TestAuditFindsDifferences(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).until(local(25, 12, 0))
	early := slices.Clone(x.es)
	for i := range early {
		if early[i].Text == "acknowledge 100%" {
			early[i].At = local(25, 10, 59)
		}
	}
	silent := slices.DeleteFunc(slices.Clone(x.es), func(e Event) bool { return strings.HasPrefix(e.Text, "acknowledge ") })
	odd := append(slices.Clone(x.es), Event{At: x.now, By: "clock", Verb: Elapse, Text: "triage 33%"})
	for _, tt := range []struct {
		name string
		es   []Event
		n    int
	}{{"early", early, 1}, {"silent", silent, 5}, {"odd", odd, 1}} { // silent: four rungs, and the limit
		if _, ds, err := x.c.Audit(tt.es, x.rules, x.now); err != nil || len(ds) != tt.n {
			t.Errorf("%s: %+v, %v", tt.name, ds, err)
		}
	}
}

// With a council's own allowance the acknowledgement climbs the plain ladder and
// the other stages their policy's.
func TestOwnAllowance(t *testing.T) {
	rules := desked(t)
	rules.Policy = sla.Default()
	x := begin(t, rules, sla.S2, local(25, 10, 0))
	if a := x.alarms["acknowledge.0="]; !a.Due.Equal(local(25, 10, 30)) || !x.alarms["triage.0="].Due.Equal(local(25, 12, 0)) {
		t.Errorf("%+v", x.alarms)
	}
	x.until(local(25, 16, 0)).must("la", Acknowledge, "").until(local(27, 9, 0)).agrees()
}

// A clock that is set back neither loses nor breaks the story.
func TestF58StoryOfAClockSetBack(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).until(local(25, 10, 30)).must("lead", Acknowledge, "")
	x.now = local(25, 9, 0)
	x.must("lead", Done, "triage").must("lead", Grade, "S1")
	x.now = local(25, 11, 0)
	x.agrees()
}
