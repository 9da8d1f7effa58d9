package outbox_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// council is a roster of two organisations whose people have names.
func council() casefile.Roster {
	people := map[string]casefile.Person{}
	for id, name := range map[string]string{"lead": "Amira Khan", "deputy": "Tom Reed", "plead": "Priya Nair", "pdeputy": "Owen Hughes",
		"service-lead": "Helen Marsh", "la-lead": "Femi Ade", "senior": "Ingrid Olsen", "manager": "Robin Gray", "second": "Dolores Vance"} {
		given, surname, _ := strings.Cut(name, " ")
		people[id] = casefile.Person{ID: id, Name: name, Address: strings.ToLower(given+"."+surname) + "@council.example", Full: id == "lead",
			Also: []string{"nick" + strings.ToLower(surname)}}
	}
	return casefile.Roster{People: people, Triage: "org", ServiceLead: "service-lead", LALead: "la-lead", SeniorOfficer: "senior", Managers: []string{"manager", "second"},
		Orgs: map[string]casefile.Org{"org": {ID: "org", Name: "Northgate Training", Lead: "lead", Deputy: "deputy"},
			"provider": {ID: "provider", Name: "Southgate Skills", Lead: "plead", Deputy: "pdeputy"}}}
}

// listing is a desk whose letters by the clock are written.
func listing(t testing.TB) *desk {
	d := newDesk(t)
	d.office.Rules.Roster = council()
	d.Writer.Roster, d.Writer.Teller, d.Writer.Ring = council(), d.office, "the operator"
	return d
}

// tomorrow lets the list and the check of the next morning be owed and sent.
func (d *desk) tomorrow() {
	d.t.Helper()
	g := workflow.Digests{Office: d.office, Hour: 8, Minute: 30, Zone: time.UTC}
	check := g.Roster()
	check.Next = g.Daily().Next // on any day
	r := &workflow.Rounds{Office: d.office, ByName: map[string]workflow.Round{"daily": g.Daily(), "roster-check": check}}
	d.must(r.Begin(d.t.Context()))
	d.at(20*time.Hour + 30*minute)
	for _, j := range d.jobs(ledger.TickJob) {
		if err := r.Do(d.t.Context(), j.ID); err != nil && !errors.Is(err, ledger.ErrEarly) {
			d.t.Fatal(err)
		}
	}
	d.pass(21 * time.Hour)
}

// told are the letters by the clock to a person, without what differs in any two
// letters: name, capability, and the boundary that is made of them.
func (d *desk) toldBy(person string, known ...casefile.Ref) (all []string) {
	d.t.Helper()
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	for _, m := range d.post.got {
		if subject := header(d.t, m.raw, "Subject"); m.to != council().People[person].Address || !strings.Contains(subject, "desk: ") {
			continue
		}
		raw := m.raw
		for _, name := range []string{"Message-ID", "Reply-To", "Date"} {
			raw = strings.ReplaceAll(raw, header(d.t, m.raw, name), "")
		}
		if b := regexp.MustCompile(`boundary="?([^";\r\n]+)`).FindStringSubmatch(m.raw); b != nil {
			raw = strings.ReplaceAll(raw, b[1], "BOUNDARY")
		}
		raw = regexp.MustCompile(`(?m)^(Message-ID|Reply-To|Date):(.*\r\n)([ \t].*\r\n)*`).ReplaceAllString(raw, "")
		for i, ref := range known {
			raw = strings.ReplaceAll(raw, string(ref), fmt.Sprintf("SG-0000%d", i))
		}
		all = append(all, raw)
	}
	slices.Sort(all)
	return all
}

// common is a concern of the provider that names nobody, the same on each desk.
func (d *desk) common() casefile.Ref {
	d.t.Helper()
	d.concern("From: Ann Learner <learner@college.example>\r\nTo: " + service + "\r\nSubject: please help\r\nMessage-ID: <common@college.example>\r\n\r\nsomebody is nasty to me\r\n")
	cs, err := d.Ledger.Cases(d.t.Context())
	d.must(err)
	return cs[0].Ref
}

// reports are mails that name a person, each in another way.
func reports(p casefile.Person) []string {
	given, surname, _ := strings.Cut(p.Name, " ")
	ann := func(more, subject, text string) string {
		return "From: Ann Learner <learner@college.example>\r\n" + more + "Subject: " + subject + "\r\n\r\n" + text
	}
	return []string{
		ann("", "help", "it was "+p.Name+" who did it"), ann("", "help", "it was Ms "+surname), ann("", "help", "it was "+given[:1]+". "+surname),
		ann("", "help", surname+", "+given+" wrote it"), ann("", "help", strings.ToUpper(p.Name)), ann("", "help", "ask "+p.Also[0]+" what happened"),
		ann("", "help", "they write from "+p.Address), ann("", p.Name, "see above"), ann("Cc: <"+p.Address+">\r\n", "help", "please look"),
		ann("Reply-To: "+p.Address+"\r\n", "help", "please look"),
		"From: " + p.Name + " <" + p.Address + ">\r\nSubject: help\r\n\r\nplease look", "From: " + p.Name + " <private@mail.example>\r\nSubject: help\r\n\r\nplease look",
	}
}

// TestG10ListsHoldNothing: for every person of the roster and every way to name
// them, the letters by the clock are to the byte those of a desk without the
// concern; also when nobody answers, and letters about it come back.
func TestG10ListsHoldNothing(t *testing.T) {
	without := listing(t)
	ref := without.common()
	without.tomorrow()
	for _, id := range slices.Sorted(maps.Keys(council().People)) {
		want := without.toldBy(id, ref)
		if id != "senior" && len(want) == 0 {
			t.Errorf("%s has no list", id)
		}
		t.Run(id, func(t *testing.T) { unheard(t, id, want) })
	}
}

// unheard checks a desk to which reports came that a person must not know of.
func unheard(t *testing.T, person string, want []string) {
	d := listing(t)
	ref := d.common()
	for i, raw := range reports(council().People[person]) {
		d.concern(fmt.Sprintf("To: %s\r\nMessage-ID: <about%d@college.example>\r\n%s\r\n", service, i, raw))
	}
	hidden := d.hidden(person, ref)
	d.at(10 * time.Hour)
	for _, j := range d.jobs(ledger.AlarmJob) {
		if j.Subject != string(ref) {
			d.must(d.office.Elapse(t.Context(), j.ID))
		}
	}
	d.tomorrow()
	if got := d.toldBy(person, ref); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nand without the concerns\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	listed := 0
	for _, m := range d.post.got {
		for c := range mentioned(m.raw) {
			if hidden[c] && m.to == council().People[person].Address {
				t.Errorf("told of %s:\n%s", c, m.raw)
			}
			if hidden[c] && header(t, m.raw, "Subject") == "Safeguarding desk: daily list" {
				listed++
			}
		}
	}
	if listed < 2*len(hidden) {
		t.Errorf("%d concerns stand %d times in the lists of others", len(hidden), listed)
	}
}

// hidden are the cases but one, from each of which the person is excluded; of
// each a letter came back.
func (d *desk) hidden(person string, but casefile.Ref) map[string]bool {
	d.t.Helper()
	refs := map[string]bool{}
	cs, err := d.Ledger.Cases(d.t.Context())
	d.must(err)
	for _, c := range cs {
		if c.Ref == but {
			continue
		}
		if !c.Excluded.Has(person) {
			d.t.Errorf("arrival %s: excluded are only %q", c.Arrival, c.Excluded)
		}
		xs, err := d.Ledger.Letters(d.t.Context(), c.Ref)
		d.must(err)
		d.must(d.office.Undelivered(d.t.Context(), xs[0].ID, "the mailbox is full"))
		refs[string(c.Ref)] = true
	}
	return refs
}

// Minimal lists have references, states and times; a full one says whose it is.
func TestDailyListsDisclose(t *testing.T) {
	d := listing(t)
	ref := d.common()
	d.tomorrow()
	for person, full := range map[string]bool{"lead": true, "deputy": false} {
		raw := d.toldBy(person)
		list := plain(t, raw[0])
		if !strings.Contains(list, string(ref)) || !strings.Contains(list, "not acknowledged yet") || strings.Contains(list, "Northgate") != full || strings.Contains(list, "High (S2)") != full {
			t.Errorf("%s is told\n%s", person, list)
		}
		if strings.Contains(list, "nasty") || strings.Contains(list, "learner") {
			t.Errorf("%s is told of the report:\n%s", person, list)
		}
	}
}

// A list that could not be sent yet is made anew when its reader is kept from a
// case that was in it.
func TestT8ListIsMadeAnew(t *testing.T) {
	d := listing(t)
	ref := d.common()
	deputy := council().People["deputy"].Address
	d.post.answer = func(m posted) error {
		if m.to == deputy && m.at < 22*time.Hour && header(t, m.raw, "Subject") == "Safeguarding desk: daily list" {
			return mailer.ErrLater
		}
		return nil
	}
	d.tomorrow()
	d.must(d.office.Exclude(t.Context(), ref, []string{"deputy"}, "lead", "too close"))
	d.pass(24 * time.Hour)
	var lists []posted
	for _, m := range d.post.got {
		if m.to == deputy && header(t, m.raw, "Subject") == "Safeguarding desk: daily list" {
			lists = append(lists, m)
		}
	}
	first, last := lists[0], lists[len(lists)-1]
	if first.err == nil || !strings.Contains(plain(t, first.raw), string(ref)) || last.err != nil || strings.Contains(plain(t, last.raw), string(ref)) {
		t.Errorf("%d tries, the first:\n%s\nthe last:\n%s", len(lists), plain(t, first.raw), plain(t, last.raw))
	}
}
