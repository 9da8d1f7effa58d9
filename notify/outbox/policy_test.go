package outbox_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// policed is a listing desk whose cases run by the default policy.
func policed(t testing.TB) *desk {
	d := listing(t)
	d.follow(nil)
	return d
}

// follow puts a policy in force, as a worker does that starts with it.
func (d *desk) follow(change func(*policy.Policy)) {
	d.t.Helper()
	p, err := policy.Default()
	d.must(err)
	p.Stages = slices.Clone(p.Stages)
	if change != nil {
		change(&p)
	}
	days, err := sla.PublishedHolidays()
	d.must(err)
	b, err := policy.New(p, days)
	d.must(err)
	r := casefile.Rules{Roster: council(), Books: policy.Books{b.Version: b}, Version: b.Version}
	maps.Copy(r.Books, d.office.Rules.Books)
	d.office.Rules, d.Writer.Rules = r, r
	d.must(d.office.Replan(d.t.Context()))
}

// deeds are what people do about the cases, one after the other in turn.
var deeds = []string{"ACK", "GRADE S1 because he waits outside", "ACK\r\nDONE triage", ""}

// worked lets the cases but one be worked for an afternoon: somebody takes one and does
// nothing, makes one an emergency, finishes a stage of one, and nobody looks at
// one. In the evening the policy changes.
func (d *desk) worked(but casefile.Ref) {
	d.t.Helper()
	cs, err := d.Ledger.Cases(d.t.Context())
	d.must(err)
	cs = slices.DeleteFunc(cs, func(c casefile.Case) bool { return c.Ref == but })
	for i, c := range cs {
		xs, err := d.Ledger.Letters(d.t.Context(), c.Ref)
		d.must(err)
		if text := deeds[i%len(deeds)]; text != "" {
			d.answers(xs[0], text)
		}
	}
	d.rings(but, 5*time.Hour)
	d.follow(func(p *policy.Policy) {
		for i := range p.Stages {
			switch p.Stages[i].Stage {
			case sla.Protect:
				p.Stages[i].S[1] = sla.WorkingHours(6)
			case sla.Review:
				p.Stages[i].S[1] = sla.WorkingDays(9)
			}
		}
	})
	d.rings(but, 6*time.Hour)
}

// answers answers a letter by mail.
func (d *desk) answers(x ledger.Letter, text string) {
	d.t.Helper()
	_, _, err := d.Ledger.Begin(d.t.Context(), x, "digest", d.now(), time.Second)
	d.must(err)
	d.concern(fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Re\r\nIn-Reply-To: <dd1.%s.%s@council.example>\r\nMessage-ID: <%d@council.example>\r\n\r\n%s\r\n",
		council().People[x.Person].Address, service, x.ID, d.office.Key.Token(x.ID), d.n, text))
}

// rings answers every alarm that is due until so long after noon, but those of
// one case. What an answer sets rings after all that were set before it.
func (d *desk) rings(but casefile.Ref, until time.Duration) {
	d.t.Helper()
	for rang := true; rang; {
		rang = false
		for _, j := range d.jobs(ledger.AlarmJob) {
			if j.Subject == string(but) || j.Due.After(noon.Add(until)) {
				continue
			}
			rang = true
			d.at(max(d.now().Sub(noon), j.Due.Sub(noon)))
			if err := d.office.Elapse(d.t.Context(), j.ID); err != nil && !errors.Is(err, ledger.ErrDone) {
				d.t.Fatal(err)
			}
		}
	}
	d.at(until)
}

// sends sends the letters to one person alone.
func (d *desk) sends(person string) {
	d.t.Helper()
	xs, err := d.Ledger.Letters(d.t.Context(), "")
	d.must(err)
	for _, x := range xs {
		if x.Person == person && x.State == ledger.Due {
			d.send(x)
		}
	}
}

// TestG10PolicyLetters: for every person of the roster and every way to name
// them, no letter of any stage of the policy goes to them, none that somebody
// graded it, that it came back, or what the desk does; and what they are told by
// the clock, the change of the policy included, is to the byte what it is on a
// desk without the concerns.
func TestG10PolicyLetters(t *testing.T) {
	without := policed(t)
	ref := without.common()
	without.worked(ref)
	without.morning()
	kinds := map[casefile.Kind]bool{}
	for _, id := range slices.Sorted(maps.Keys(council().People)) {
		without.sends(id)
		want := without.toldBy(id, ref)
		t.Run(id, func(t *testing.T) { unheardOf(t, id, want, kinds) })
	}
	for _, k := range []casefile.Kind{casefile.Nudge, casefile.Breach, casefile.TakenBy, casefile.StageNudge, casefile.StageBreach, casefile.Returned, casefile.Changed, casefile.Informed} {
		if !kinds[k] {
			t.Errorf("nobody at all had a letter %q, so nothing is shown of it", k)
		}
	}
	if n := len(without.letters("manager", workflow.PolicyChanged)); n != 1 {
		t.Errorf("of the changed policy managers hear %d times", n)
	}
}

// morning has the list of the next day owed.
func (d *desk) morning() {
	d.t.Helper()
	g := workflow.Digests{Office: d.office, Hour: 8, Minute: 30, Zone: time.UTC}
	r := &workflow.Rounds{Office: d.office, ByName: map[string]workflow.Round{"daily": g.Daily()}}
	d.must(r.Begin(d.t.Context()))
	d.at(20*time.Hour + 30*minute)
	for _, j := range d.jobs(ledger.TickJob) {
		if err := r.Do(d.t.Context(), j.ID); err != nil && !errors.Is(err, ledger.ErrEarly) {
			d.t.Fatal(err)
		}
	}
}

// unheardOf checks a desk to which reports came that a person must not know of,
// and notes which kinds of letters others had about them.
func unheardOf(t *testing.T, person string, want []string, kinds map[casefile.Kind]bool) {
	d := policed(t)
	ref := d.common()
	for i, raw := range reports(council().People[person]) {
		d.concern(fmt.Sprintf("To: %s\r\nMessage-ID: <about%d@college.example>\r\n%s\r\n", service, i, raw))
	}
	d.worked(ref)
	d.morning()
	d.sends(person)
	if got := d.toldBy(person, ref); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nand without the concerns\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	xs, err := d.Ledger.Letters(t.Context(), "")
	d.must(err)
	for _, x := range xs {
		if x.Case != "" && x.Case != ref {
			kinds[x.Kind] = true
			if x.Person == person {
				t.Errorf("%s has a letter %q about %s", person, x.Kind, x.Case)
			}
		}
	}
	for _, m := range d.post.got {
		for c := range mentioned(m.raw) {
			if c != string(ref) && m.to == council().People[person].Address {
				t.Errorf("told of %s:\n%s", c, m.raw)
			}
		}
	}
}
