package workflow_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// alive has a worker write for a while that it lives.
func (d *desk) alive(r *workflow.Rounds, long time.Duration) {
	d.t.Helper()
	for end := d.now().Add(long); d.now().Before(end); d.forward(workflow.BeatEvery) {
		if err := r.Office.Beat(d.t.Context(), true); err != nil {
			d.t.Fatal(err)
		}
	}
}

// ringAll has a worker answer what is due, oldest first, until nothing is.
func (d *desk) ringAll(r *workflow.Rounds) (order []ledger.Job) {
	d.t.Helper()
	for {
		jobs, err := d.Ledger.Overdue(d.t.Context(), d.now(), d.now(), 100_000)
		if err != nil {
			d.t.Fatal(err)
		}
		n := len(order)
		for _, j := range jobs {
			if j.Kind != ledger.AlarmJob {
				continue
			}
			if err := r.Office.Elapse(d.t.Context(), j.ID); err != nil && !errors.Is(err, ledger.ErrDone) {
				d.t.Fatal(err)
			}
			order = append(order, j)
		}
		if len(order) == n {
			return order
		}
	}
}

// outages counts letters about cases by whether they speak of an outage.
func (d *desk) outages(since time.Time) (with, without int, last ledger.Outage) {
	d.t.Helper()
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, x := range all {
		var detail workflow.Detail
		if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil {
			d.t.Fatal(err)
		}
		switch {
		case x.Created.Before(since) || x.Case == "":
		case detail.Outage == ledger.Outage{}:
			without++
		default:
			with, last = with+1, detail.Outage
		}
	}
	return with, without, last
}

// The host was off for a day and a half. What should have rung then rings when
// it is back, oldest first, and says why it is late; managers hear of it once,
// however many workers come back; what rings in its time says nothing of it.
func TestF63LateBecauseOfAnOutage(t *testing.T) {
	d := newDesk(t)
	r := d.clockwork()
	for _, words := range []string{"one", "two", "three"} {
		d.open(words)
		d.alive(r, 10*time.Minute)
	}
	off := d.now().Add(-workflow.BeatEvery)
	d.forward(36 * time.Hour)
	back := d.now()
	one, two := d.clockwork(), d.clockwork()
	if with, without, _ := d.outages(back); with+without != 0 {
		t.Fatalf("told before anything rang: %d, %d", with, without)
	}
	order := d.ringAll(two)
	for i, first := range []int{0, 1, 2} {
		if cs, err := d.Ledger.Cases(t.Context()); err != nil || order[first].Subject != string(cs[i].Ref) {
			t.Errorf("%d. rang %s, %v", i, order[first].Subject, err)
		}
	}
	with, without, out := d.outages(back)
	if with == 0 || without != 0 || !out.From.Equal(off) || !out.To.Equal(back) {
		t.Errorf("%d letters say %+v, %d do not; the desk was off from %v to %v", with, out, without, off, back)
	}
	if n := len(d.letters("manager", workflow.Recovered)); n != 1 {
		t.Errorf("managers were told %d times", n)
	}
	d.forward(time.Minute)
	d.open("four")
	later := d.now()
	d.alive(one, 40*time.Minute)
	d.ringAll(one)
	if with, without, _ := d.outages(later); with != 0 || without == 0 {
		t.Errorf("after the outage %d letters speak of it, %d do not", with, without)
	}
}

// A desk that was off for less than five minutes was not off, nor was one whose
// clock was set; and what is late for another reason does not say so.
func TestF63NoOutage(t *testing.T) {
	d := newDesk(t)
	r := d.clockwork()
	d.open("please help")
	d.alive(r, 28*time.Minute)
	d.forward(4 * time.Minute)
	d.clockwork()
	d.ringAll(r)
	d.forward(3 * time.Hour)
	if err := r.Office.Beat(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	d.ringAll(r)
	if with, without, _ := d.outages(noon); with != 0 || without == 0 {
		t.Errorf("%d letters speak of an outage, %d do not", with, without)
	}
	if n := len(d.letters("manager", workflow.Recovered)); n != 0 {
		t.Errorf("managers were told %d times", n)
	}
}

// The list of a day on which the desk was off is made when it is back, once, and
// says why; the next comes at its hour.
func TestF63LateList(t *testing.T) {
	d := newDesk(t)
	r := d.clockwork()
	d.alive(r, 10*time.Minute)
	d.forward(36 * time.Hour)
	one, two := d.clockwork(), d.clockwork()
	d.work(d.now().Add(24*time.Hour), 30*time.Minute, one, two)
	days := d.byDay(workflow.DailyList)
	if len(days) != 2 || !same(days["2026-11-27"], everybody) || !same(days["2026-11-28"], everybody) {
		t.Fatalf("lists on %v", days)
	}
	for i, x := range d.letters("lead", workflow.DailyList) {
		var detail workflow.Detail
		if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil || (detail.Outage == ledger.Outage{}) != (i == 1) {
			t.Errorf("list %d: %+v, %v", i, detail, err)
		}
	}
}

// A flood of late alarms is one list, which says why as well.
func TestF63LateInOneList(t *testing.T) {
	d := newDesk(t)
	d.Rules.Flood = casefile.Flood{After: 3, Within: 10 * time.Minute}
	r := d.clockwork()
	for _, words := range []string{"one", "two", "three", "four", "five", "six"} {
		d.alive(r, 5*time.Minute)
		d.open(words)
	}
	d.forward(2 * time.Hour)
	two := d.clockwork()
	d.ringAll(two)
	xs := d.letters("lead", casefile.Digest)
	if len(xs) == 0 {
		t.Fatal("there is no list")
	}
	var detail workflow.Detail
	if err := json.Unmarshal([]byte(xs[len(xs)-1].Detail), &detail); err != nil || detail.Outage == (ledger.Outage{}) {
		t.Errorf("%d lists, the last says %+v, %v", len(xs), detail, err)
	}
}

// What fell due at the end of an outage rings almost in time: it needs no excuse.
func TestF63AlmostInTime(t *testing.T) {
	for late, says := range map[time.Duration]int{4 * time.Minute: 0, 6 * time.Minute: 2} {
		d := newDesk(t)
		r := d.clockwork()
		d.open("please help") // the first alarm is half an hour later
		d.alive(r, 10*time.Minute)
		d.forward(20*time.Minute + late)
		d.ringAll(d.clockwork())
		if with, without, _ := d.outages(noon); with != says || with+without != 4 {
			t.Errorf("%v late: %d letters speak of an outage, %d do not", late, with, without)
		}
	}
}
