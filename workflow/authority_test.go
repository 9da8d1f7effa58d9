package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// only reads the only case there is.
func (d *desk) only() casefile.Case {
	d.t.Helper()
	cs, err := d.Ledger.Cases(d.t.Context())
	if err != nil || len(cs) != 1 {
		d.t.Fatalf("%d cases, %v", len(cs), err)
	}
	return cs[0]
}

// letters are the letters of a kind to a person, oldest first.
func (d *desk) letters(person string, kind casefile.Kind) (xs []ledger.Letter) {
	d.t.Helper()
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(x ledger.Letter) bool { return x.Person != person || x.Kind != kind })
}

// answer is a person's answer to a letter that was sent, all in order.
func (d *desk) answer(x ledger.Letter, text string) workflow.Said {
	d.t.Helper()
	if _, _, err := d.Ledger.Begin(d.t.Context(), x, digest(x.ID), d.now(), time.Minute); err != nil && !errors.Is(err, ledger.ErrTaken) {
		d.t.Fatal(err)
	}
	return workflow.Said{Arrived: d.arrive(text + x.ID), Token: d.Key.Token(x.ID), From: []string{x.Person + "@council.example"}, FromHeaders: 1, Text: text}
}

func (d *desk) obey(s workflow.Said) {
	d.t.Helper()
	if err := d.Obey(d.t.Context(), s); err != nil {
		d.t.Fatal(err)
	}
}

// A command is obeyed only if everything about it is right. Each line takes one
// thing away: the case does not move, the mail is kept on it as untrusted, lead
// and deputy hear of it, and whoever wrote it hears nothing.
func TestAuthority(t *testing.T) {
	for name, spoil := range map[string]func(d *desk, s *workflow.Said){
		"nothing is wrong":  func(*desk, *workflow.Said) {},
		"another sender":    func(_ *desk, s *workflow.Said) { s.From = []string{"deputy@council.example"} },
		"a look-alike":      func(_ *desk, s *workflow.Said) { s.From = []string{"lead@council.example.evil.example"} },
		"two senders":       func(_ *desk, s *workflow.Said) { s.From = append(s.From, "x@evil.example") },
		"two From fields":   func(_ *desk, s *workflow.Said) { s.FromHeaders = 2 },
		"no sender":         func(_ *desk, s *workflow.Said) { s.From, s.FromHeaders = nil, 0 },
		"a letter too old":  func(d *desk, s *workflow.Said) { d.forward(15 * 24 * time.Hour) },
		"a person who left": func(d *desk, s *workflow.Said) { delete(d.Rules.Roster.People, "lead") },
		"a person without a role": func(d *desk, s *workflow.Said) {
			d.Rules.Roster.Orgs["org"] = casefile.Org{ID: "org", Deputy: "deputy"}
		},
		"another person's letter": func(d *desk, s *workflow.Said) { s.Token = d.answer(d.letters("deputy", casefile.Opened)[0], "").Token },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.open("please help")
			s := d.answer(d.letters("lead", casefile.Opened)[0], "ACK")
			spoil(d, &s)
			d.obey(s)
			c := d.only()
			if right := name == "nothing is wrong"; right != (c.State == casefile.Acknowledged) || right == (d.untrusted(s) != "") {
				t.Errorf("case is %s, arrival %q", c.State, d.untrusted(s))
			}
			if name != "nothing is wrong" && (len(d.letters("deputy", casefile.Untrusted)) != 1 || len(d.letters("lead", workflow.Transcript)) != 0) {
				t.Error("deputy was not told, or the sender was answered")
			}
		})
	}
}

// untrusted is why an arrival was not trusted.
func (d *desk) untrusted(s workflow.Said) string {
	a, err := d.Ledger.Arrival(d.t.Context(), s.ID)
	if err != nil || a.Case == "" {
		d.t.Fatalf("arrival %+v, %v", a, err)
	}
	why, _ := strings.CutPrefix(a.Why, "untrusted: ")
	if why == a.Why {
		return ""
	}
	return why
}

// A letter about one case gives no power over another, nor a provider's lead
// over another provider's.
func TestOnlyItsOwnCase(t *testing.T) {
	d := newDesk(t)
	d.open("first")
	mine := d.letters("lead", casefile.Opened)[0]
	d.open("second")
	d.obey(d.answer(mine, "ACK"))
	cs, err := d.Ledger.Cases(t.Context())
	if err != nil || len(cs) != 2 || cs[0].State != casefile.Acknowledged || cs[1].State != casefile.Submitted {
		t.Errorf("%v %+v", err, cs)
	}
}

// The same answer twice, even with new bytes, moves nothing twice, and both get
// an answer.
func TestReplayedAck(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	d.obey(d.answer(x, "ACK"))
	first := d.only()
	d.forward(time.Hour)
	d.obey(d.answer(x, "ACK again"))
	if c := d.only(); c.Acknowledged != first.Acknowledged || c.State != casefile.Acknowledged {
		t.Errorf("%+v", c)
	}
	if n := len(d.letters("deputy", casefile.TakenBy)); n != 1 {
		t.Errorf("the deputy was told %d times", n)
	}
}

// Machines cannot make the desk talk for ever: five help answers a day.
func TestHelpFiveTimesADay(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	for i := range 8 {
		d.obey(d.answer(x, fmt.Sprintf("akc\n\n%d", i)))
		d.forward(time.Hour)
	}
	if n := len(d.letters("lead", workflow.HelpLetter)); n != 5 {
		t.Errorf("%d help letters in a day", n)
	}
	d.forward(25 * time.Hour)
	d.obey(d.answer(x, "HELP"))
	if n := len(d.letters("lead", workflow.HelpLetter)); n != 6 {
		t.Errorf("%d help letters after a day", n)
	}
	if c := d.only(); c.State != casefile.Submitted {
		t.Errorf("a misspelt word made the case %s", c.State)
	}
}

// What cannot be obeyed is kept as a note and answered.
func TestRefusedIsKept(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	d.obey(d.answer(d.letters("lead", casefile.Opened)[0], "CLOSE because it was a joke\nspoke to the family"))
	lines, err := d.Ledger.Chronology(t.Context(), d.only().Ref)
	if err != nil || d.only().State != casefile.Submitted || !strings.Contains(lines[len(lines)-1].Text, "spoke to the family") {
		t.Errorf("%v %+v", err, lines)
	}
	if x := d.letters("lead", workflow.Transcript); len(x) != 1 || !strings.Contains(x[0].Detail, `"did":"refused","state":"SUBMITTED"`) {
		t.Errorf("%+v", x)
	}
}

// The same bytes again, or the same mail by another way, join the case; other
// content under the same id is a case of its own (F42, F43).
func TestCopiesJoin(t *testing.T) {
	d := newDesk(t)
	a := d.arrive("please help")
	a.Content = digest("content")
	open := func(a workflow.Arrived) {
		if err := d.Office.Open(t.Context(), a, ""); err != nil {
			t.Fatal(err)
		}
	}
	open(a)
	same := d.arrive("please help")
	open(same)
	other := d.arrive("please help, by another relay")
	other.Content = digest("content")
	open(other)
	d.only()
	if n := len(d.letters("lead", casefile.Opened)); n != 1 {
		t.Errorf("the lead was told %d times", n)
	}
	forged := d.arrive("all is well")
	forged.Content = digest("other content")
	open(forged)
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 2 {
		t.Errorf("%d cases, %v", len(cs), err)
	}
}

// A letter that comes back climbs once, however often it comes back, and
// letters about letters that come back end.
func TestBouncesEnd(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	for range 20 {
		all, err := d.Ledger.Letters(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if err := d.Undelivered(t.Context(), x.ID, "refused"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(d.letters("la-lead", casefile.NotDelivered)); n != 1 {
		t.Errorf("la-lead was told %d times", n)
	}
	d.obey(d.answer(d.letters("la-lead", casefile.NotDelivered)[0], "ACK"))
	before := 0
	for range 20 {
		all, err := d.Ledger.Letters(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		before = len(all)
		for _, x := range all {
			if err := d.Undelivered(t.Context(), x.ID, "refused"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if all, err := d.Ledger.Letters(t.Context(), ""); err != nil || len(all) != before || before > 40 {
		t.Errorf("bounces bred %d letters, still growing: %v, %v", len(all), len(all) != before, err)
	}
}

// Managers hear once that a part is down for long, and once that it works.
func TestTrouble(t *testing.T) {
	d := newDesk(t)
	say := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		say(d.Trouble(t.Context(), "redis", 3*time.Minute))
		d.forward(time.Minute)
	}
	say(d.Recovered(t.Context(), "redis"))
	say(d.Recovered(t.Context(), "redis"))
	say(d.Trouble(t.Context(), "smtp", 3*time.Minute))
	say(d.Recovered(t.Context(), "smtp"))
	if down, up := len(d.letters("manager", workflow.Trouble)), len(d.letters("manager", workflow.Recovered)); down != 1 || up != 1 {
		t.Errorf("%d letters of trouble, %d of recovery", down, up)
	}
}

// Tokens are found in addresses and message ids of version 1 and nowhere else.
func TestTokens(t *testing.T) {
	k := workflow.Key("a key for tests, 32 bytes long..")
	id := strings.Repeat("a", 26)
	token := k.Token(id)
	for text, found := range map[string]bool{
		"<safeguarding+dd1." + token + "@council.example>":                  true,
		"<Safeguarding+DD1." + strings.ToUpper(token) + "@council.example>": true,
		"<dd1." + id + "." + token + "@council.example>":                    true,
		"<safeguarding+dd2." + token + "@council.example>":                  false,
		"<safeguarding+" + token + "@council.example>":                      false,
		"dd1." + token: false,
		"<safeguarding+dd1." + token[1:] + "@council.example>": false,
	} {
		if got := workflow.Tokens(text); (len(got) == 1 && got[0] == token) != found {
			t.Errorf("%s: %v", text, got)
		}
	}
	if other := workflow.Key("another key for tests, 32 bytes.").Token(id); other == token {
		t.Error("another key gives the same token")
	}
}

// A CLOSE that is refused does not use up its letter; one that is obeyed does.
func TestRefusedCloseIsNotSpent(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	d.obey(d.answer(x, "CLOSE a joke"))
	d.obey(d.answer(x, "ACK"))
	d.obey(d.answer(x, "CLOSE it was a joke"))
	if c := d.only(); c.State != casefile.CloseProposed {
		t.Fatalf("case is %s", c.State)
	}
	d.obey(d.answer(d.letters("deputy", casefile.Opened)[0], "ACK"))
	d.obey(d.answer(x, "CLOSE once more"))
	if c := d.only(); c.State != casefile.Acknowledged {
		t.Errorf("the same letter closes twice: %s", c.State)
	}
}
