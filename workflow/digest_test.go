package workflow_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// everybody are those who hear every day on the test roster.
var everybody = map[string]int{"lead": 1, "deputy": 1, "other-lead": 1, "other-deputy": 1, "service-lead": 1, "la-lead": 1, "manager": 1}

// clockwork is the rounds of one worker of the desk.
func (d *desk) clockwork() *workflow.Rounds {
	d.t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		d.t.Fatal(err)
	}
	o := &workflow.Office{Ledger: d.Ledger, Rules: d.Rules, Key: d.Key, Prefix: d.Prefix, Now: d.now, Reminder: d}
	review, err := sla.ParseDay("2027-01-02")
	if err != nil {
		d.t.Fatal(err)
	}
	g := workflow.Digests{Office: o, Hour: 8, Minute: 30, Zone: london}
	r := &workflow.Rounds{Office: o, ByName: map[string]workflow.Round{"daily": g.Daily(), "roster-check": g.Roster(), "review-times": g.Review("times", review)}}
	d.begin(r)
	return r
}

func (d *desk) begin(r *workflow.Rounds) {
	d.t.Helper()
	if err := errors.Join(r.Office.Beat(d.t.Context(), true), r.Begin(d.t.Context())); err != nil {
		d.t.Fatal(err)
	}
}

// idle are the answers to whoever comes too late.
var idle = []error{ledger.ErrEarly, ledger.ErrDone, ledger.ErrTaken}

// work moves the clock on by steps, and has all workers at once do whatever is
// owed.
func (d *desk) work(until time.Time, step time.Duration, workers ...*workflow.Rounds) {
	d.t.Helper()
	for d.now().Before(until) {
		d.forward(min(step, until.Sub(d.now())))
		for _, r := range workers {
			if err := r.Office.Beat(d.t.Context(), false); err != nil {
				d.t.Fatal(err)
			}
		}
		for _, j := range d.dueRounds() {
			var all sync.WaitGroup
			for _, r := range workers {
				all.Go(func() {
					if err := r.Do(d.t.Context(), j.ID); err != nil && !slices.ContainsFunc(idle, func(no error) bool { return errors.Is(err, no) }) {
						d.t.Error(err)
					}
				})
			}
			all.Wait()
		}
	}
}

// dueRounds lists the rounds that are due, of whatever else is.
func (d *desk) dueRounds() []ledger.Job {
	d.t.Helper()
	all, err := d.Ledger.Overdue(d.t.Context(), d.now(), d.now(), 100_000)
	if err != nil {
		d.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(j ledger.Job) bool { return j.Kind != ledger.TickJob })
}

// byDay counts letters of a kind by the day they were owed for and by person.
func (d *desk) byDay(kind casefile.Kind) map[string]map[string]int {
	d.t.Helper()
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	days := map[string]map[string]int{}
	for _, x := range all {
		var detail workflow.Detail
		if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil {
			d.t.Fatal(err)
		}
		if day := detail.Period.Format(time.DateOnly); x.Kind == kind {
			if days[day] == nil {
				days[day] = map[string]int{}
			}
			days[day][x.Person]++
		}
	}
	return days
}

// Ten days with two workers, one of which starts again and again: everybody has
// one list for each day, also on Saturday and Sunday and when nothing is open,
// and managers one check of the roster on Monday.
func TestTenDaysOfLists(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Orgs["shut"] = casefile.Org{ID: "shut", Lead: "executive", Deputy: "senior", Closed: true}
	one, two := d.clockwork(), d.clockwork()
	for range 10 {
		d.work(d.now().Add(24*time.Hour), 2*time.Hour, one, two)
		two = d.clockwork()
	}
	days := d.byDay(workflow.DailyList)
	for n := range 10 {
		if day := noon.AddDate(0, 0, n+1).Format(time.DateOnly); !same(days[day], everybody) {
			t.Errorf("on %s: %v", day, days[day])
		}
	}
	if len(days) != 10 {
		t.Errorf("lists on %v", slices.Sorted(maps.Keys(days)))
	}
	if checks := d.byDay(workflow.RosterCheck); len(checks) != 1 || !same(checks["2026-11-30"], map[string]int{"manager": 1, "service-lead": 1}) {
		t.Errorf("checks %v", checks)
	}
	if reviews := d.byDay(workflow.PolicyReview); len(reviews) != 1 || !same(reviews["2026-12-03"], map[string]int{"manager": 1, "service-lead": 1}) {
		t.Errorf("reviews %v", reviews)
	}
}

// A review is reminded of thirty days before, on the day, and every week after
// it; once the day is another, nothing of the old one is told.
func TestReviewIsRemindedOf(t *testing.T) {
	d := newDesk(t)
	r := d.clockwork()
	delete(r.ByName, "daily") // which would only make the test slow
	d.work(noon.AddDate(0, 0, 60), 12*time.Hour, r)
	want := []string{"2026-12-03", "2027-01-02", "2027-01-09", "2027-01-16", "2027-01-23"}
	if got := slices.Sorted(maps.Keys(d.byDay(workflow.PolicyReview))); !slices.Equal(got, want) {
		t.Errorf("told on %v, want %v", got, want)
	}
	day, err := sla.ParseDay("2027-09-01")
	if err != nil {
		t.Fatal(err)
	}
	r.ByName["review-times"] = workflow.Digests{Office: r.Office, Hour: 8, Minute: 30, Zone: time.UTC}.Review("times", day)
	d.begin(r)
	d.work(noon.AddDate(0, 0, 120), 12*time.Hour, r)
	if got := slices.Sorted(maps.Keys(d.byDay(workflow.PolicyReview))); !slices.Equal(got, want) {
		t.Errorf("told on %v after the day was changed", got)
	}
}

// The hour was changed after today's list went: there is no second one today.
func TestListComesOnceADay(t *testing.T) {
	d := newDesk(t)
	r := d.clockwork()
	d.work(noon.Add(21*time.Hour), time.Hour, r) // 09:00
	r.ByName["daily"] = workflow.Digests{Office: r.Office, Hour: 10, Zone: time.UTC}.Daily()
	d.begin(r)
	d.work(noon.Add(48*time.Hour), 30*time.Minute, r)
	for day, got := range d.byDay(workflow.DailyList) {
		if !same(got, everybody) {
			t.Errorf("on %s: %v", day, got)
		}
	}
}

// What each is told is theirs: leads of their organisation, those above of all,
// managers only counts and what is late.
func TestSummary(t *testing.T) {
	d := newDesk(t)
	d.open("one")
	d.forward(90 * time.Minute) // it is late now
	a := d.arrive("two")
	a.Org = "other"
	if err := d.Office.Open(t.Context(), a, "it cannot be read"); err != nil {
		t.Fatal(err)
	}
	at := d.now().Add(time.Minute)
	for person, want := range map[string]workflow.Summary{
		"lead":         {Open: 1, Overdue: 1},
		"deputy":       {Open: 1, Overdue: 1},
		"other-lead":   {Open: 1, Today: 1, Held: 1},
		"other-deputy": {Open: 1, Today: 1, Held: 1},
		"service-lead": {Open: 2, Overdue: 1, Today: 1, Held: 1},
		"la-lead":      {Open: 2, Overdue: 1, Today: 1, Held: 1},
		"manager":      {Open: 2, Overdue: 1, Today: 1, Held: 1, Counts: true},
		"executive":    {},
	} {
		got, err := d.Summary(t.Context(), person, at, at.Add(6*time.Hour))
		listed := len(got.Owed)
		if got.Owed = nil; err != nil || !sameSummary(got, want) {
			t.Errorf("%s: %+v, want %+v, %v", person, got, want, err)
		}
		if want.Counts && listed != 1 || !want.Counts && listed != want.Open {
			t.Errorf("%s: %d are named", person, listed)
		}
	}
}

func sameSummary(a, b workflow.Summary) bool {
	return a.Open == b.Open && a.Today == b.Today && a.Overdue == b.Overdue && a.Breached == b.Breached && a.Undelivered == b.Undelivered &&
		a.Held == b.Held && a.Waiting == b.Waiting && a.Counts == b.Counts
}

// A breach stays in the list once it was answered late, and a letter that came
// back is counted for a day.
func TestSummaryOfHitches(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	for range 2 {
		d.ring()
	}
	if err := d.Undelivered(t.Context(), d.letters("lead", casefile.Opened)[0].ID, "the mailbox is full"); err != nil {
		t.Fatal(err)
	}
	d.obey(d.answer(d.letters("deputy", casefile.Opened)[0], "ACK"))
	d.arrive("nobody reads this")
	for after, want := range map[time.Duration]workflow.Summary{
		time.Minute:     {Open: 1, Breached: 1, Undelivered: 1, Counts: true},
		3 * time.Minute: {Open: 1, Breached: 1, Undelivered: 1, Waiting: 1, Counts: true},
		30 * time.Hour:  {Open: 1, Breached: 1, Overdue: 1, Waiting: 1, Counts: true},
	} {
		got, err := d.Summary(t.Context(), "manager", d.now().Add(after), d.now().Add(after))
		if err != nil || !sameSummary(got, want) || len(got.Owed) != 1 {
			t.Errorf("after %v: %+v, want %+v, %v", after, got, want, err)
		}
	}
	if got, err := d.Summary(t.Context(), "lead", d.now().Add(3*time.Minute), d.now()); err != nil || got.Waiting != 0 {
		t.Errorf("a lead is told of what nobody has read: %+v, %v", got, err)
	}
}

// Whoever a case was led round to hears of it every day as well; whoever it was
// led round does not, and a provider's deputy neither.
func TestT8ListsGoRoundTheExcluded(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Triage = "other"
	d.open("please help")
	if err := d.Exclude(t.Context(), d.only().Ref, []string{"lead", "la-lead", "manager"}, "la-lead", "too close"); err != nil {
		t.Fatal(err)
	}
	r := d.clockwork()
	d.work(noon.Add(24*time.Hour), time.Hour, r)
	want := maps.Clone(everybody)
	want["senior"] = 1
	if got := d.told(workflow.DailyList); !same(got, want) {
		t.Errorf("told %v", got)
	}
	for person, open := range map[string]int{"lead": 0, "deputy": 0, "la-lead": 0, "manager": 0, "service-lead": 1, "senior": 1, "other-lead": 0} {
		got, err := d.Summary(t.Context(), person, d.now(), d.now())
		if err != nil || got.Open != open || len(got.Owed) != open || open == 0 && (got.Overdue+got.Today+got.Breached+got.Undelivered != 0 || got.Counts) {
			t.Errorf("%s: %+v, %v", person, got, err)
		}
	}
}

// The weekly check finds what the roster warns of, and whom letters did not
// reach, but not what would tell of a case.
func TestMuster(t *testing.T) {
	d := newDesk(t)
	p := d.Rules.Roster.People["senior"]
	p.Until = noon.Add(10 * 24 * time.Hour)
	d.Rules.Roster.People["senior"] = p
	d.open("please help")
	if err := d.Undelivered(t.Context(), d.letters("deputy", casefile.Opened)[0].ID, "the mailbox is full"); err != nil {
		t.Fatal(err)
	}
	got, err := d.Muster(t.Context(), "manager", d.now())
	if err != nil || len(got.Warnings) != 2 || got.Warnings[1].Person != "senior" || !slices.Equal(got.Uncovered, []string{"org", "other"}) || !slices.Equal(got.Returned, []string{"deputy"}) {
		t.Errorf("found %+v, %v", got, err)
	}
	if err := d.Exclude(t.Context(), d.only().Ref, []string{"manager"}, "la-lead", "too close"); err != nil {
		t.Fatal(err)
	}
	if got, err = d.Muster(t.Context(), "manager", d.now()); err != nil || len(got.Returned) != 0 {
		t.Errorf("the excluded hear of %v, %v", got.Returned, err)
	}
	if got, err = d.Muster(t.Context(), "service-lead", d.now()); err != nil || !slices.Equal(got.Returned, []string{"deputy"}) {
		t.Errorf("the others hear of %v, %v", got.Returned, err)
	}
}

// Whose daily list the mail server refuses for good is found by the next check.
func TestMusterOfTheRefused(t *testing.T) {
	d := newDesk(t)
	d.work(noon.Add(24*time.Hour), 2*time.Hour, d.clockwork())
	c, _, err := d.Ledger.Begin(t.Context(), d.letters("lead", workflow.DailyList)[0], "digest", d.now(), time.Minute)
	if err := errors.Join(err, d.Ledger.Refused(t.Context(), c, 550, d.now())); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Muster(t.Context(), "manager", d.now()); err != nil || !slices.Equal(got.Returned, []string{"lead"}) {
		t.Errorf("found %+v, %v", got.Returned, err)
	}
	if got, err := d.Muster(t.Context(), "manager", d.now().Add(8*24*time.Hour)); err != nil || len(got.Returned) != 0 {
		t.Errorf("found a week later: %+v, %v", got.Returned, err)
	}
}
