package policy

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/sla"
)

func read(text string) (*File, error) { return Read("p.toml", []byte(text), config.Decode) }

// The default is a file a council can take and change; what it reads back as is
// the default, to the letter.
func TestDefaultFile(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/default.toml", []byte(p.Describe()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/default.toml")
	if err != nil || string(golden) != p.Describe() {
		t.Fatalf("%v; testdata/default.toml differs: go test ./workflow/sla/policy -run TestDefaultFile -update", err)
	}
	f, err := read(string(golden))
	if err != nil {
		t.Fatal(err)
	}
	if f.String() != p.String() {
		t.Errorf("reads back as\n%s", f)
	}
	if a, b := bookOf(t, f.Policy), bookOf(t, p); a.Version != b.Version || len(a.Version) != 12 {
		t.Errorf("versions %s and %s", a.Version, b.Version)
	}
	if len(p.faults()) != 0 {
		t.Error(p.faults())
	}
	if doubts := f.Doubts(bookOf(t, f.Policy), local(t, "2026-11-22 12:00")); len(doubts) != 0 {
		t.Error(doubts)
	}
}

// The words that the tags allow are all there are.
func TestTagsKnowEveryWord(t *testing.T) {
	text := "title = \"t\"\nnext_review = \"2027-09-01\"\nopen = [\"Mon 09:00-17:00\"]\n"
	for _, s := range stages() {
		text += "[[stage]]\nname = \"" + string(s) + "\"\nwith = \"" + string(s) + "\"\ntell = [" + `"` + strings.Join(words(roles()), `", "`) + "\"]\n"
	}
	text += "[[rung]]\nat = \"1%\"\nseverities = [\"" + strings.Join(words(severities()), `", "`) + "\"]\nstages = [\"" + strings.Join(words(stages()), `", "`) + "\"]\n"
	var raw file
	if _, err := config.Decode("p.toml", []byte(text), &raw); err != nil {
		t.Error(err)
	}
}

// with is the default file with one text changed for another.
func with(t *testing.T, old, new string) string {
	t.Helper()
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.String(), old) {
		t.Fatalf("%q is not in the default", old)
	}
	return strings.Replace(p.String(), old, new, 1)
}

// F61: whatever is wrong is said with file, line, column and what is right.
func TestF61BrokenFiles(t *testing.T) {
	const third = `s3 = "4wh"`
	rung := func(at string) string { return "[[rung]]\nat = \"" + at + "\"\n" }
	for _, tt := range []struct{ old, new, says string }{
		{"title =", "titel =", `p.toml:1:1: titel: unknown key; did you mean title?`},
		{`name = "triage"`, `name = "triaje"`, `: stage.name: "triaje" is not allowed; did you mean triage?`},
		{`tell = ["lead", "deputy"]`, `tell = ["lead", "deputi"]`, `: rung.tell: "deputi" is not allowed; did you mean deputy?`},
		{`severities = ["S1"]`, `severities = ["S9"]`, `"S9" is not allowed`},
		{third, `s3 = "4 wh"`, `p.toml:20:6: stage[1].s3: "4 wh" is no allowance; write "4wh"`},
		{third, `s3 = "1d"`, `"1d" is no allowance; write "1wd" for working days or hours such as "24h"`},
		{third, `s3 = 4`, `stage.s3: is a number, must be a text in quotes`},
		{third, ``, `stage[1]: gap: acknowledge has no allowance for S3; add s3`},
		{third, `s3 = "0m"`, `stage[1]: acknowledge gives a person no time at all; give some`},
		{third, "missed = \"target\"\n" + third, "acknowledge is a limit for a person, always, and once"},
		{`name = "triage"`, `name = "closure"`, `stage: gap: there is no stage triage; add [[stage]] with name = "triage"`},
		{`name = "closure"`, `name = "triage"`, `name: triage is there twice; take one away`},
		{`next_review = "2027-09-01"`, `next_review = "1/9/2027"`, `next_review: "1/9/2027" is no date; write it like "2027-09-01"`},
		{`"Europe/London"`, `"Europe/Londin"`, `time_zone: "Europe/Londin" is no time zone`},
		{`closure_days = []`, `closure_days = ["2026-12-29", "2026-13-01"]`, `p.toml:5:31: closure_days[1]: "2026-13-01" is no date`},
		{`"Friday 08:30-16:30"`, `"Friday 8.30 to 16.30"`, `open[1]: "Friday 8.30 to 16.30" are no opening hours; write it like`},
		{`"Friday 08:30-16:30"`, `"Fryday 08:30-16:30"`, `"Fryday" is no weekday`},
		{`"Friday 08:30-16:30"`, `"Friday 16:30-08:30"`, `16:30-08:30 does not open and then close`},
		{`"Friday 08:30-16:30"`, `"Wednesday-Friday 16:00-18:00"`, `open[1]: Wednesday overlaps the hours 08:30-17:00 given before; give each weekday once`},
		{`"Friday 08:30-16:30"`, `"Thu 18:00-20:00"`, `Thursday has the hours 08:30-17:00 already`},
		{`open = ["Monday-Thursday 08:30-17:00", "Friday 08:30-16:30"]`, `open = []`, "open: the service is never open"},
		{`"Friday 08:30-16:30"`, `"Friday 08:30-24:30"`, `08:30-24:30 does not open and then close`},
		{`"Friday 08:30-16:30"`, `"Frid 08:30-16:30"`, `"Frid" is no weekday`},
		{`at = "80%"`, `at = "10001%"`, `.at: "10001%" is no percentage`},
		{`at = "80%"`, `at = "80"`, `.at: "80" is no percentage; write it like "50%"`},
		{rung("80%") + "severities = [\"S1\"]\ntell = [\"assignee", rung("50%") + "severities = [\"S1\"]\ntell = [\"assignee", "is never reached by itself: another rung for acknowledge of an S1 is at 50% too"},
		{`tell = ["assignee"]`, `tell = []`, "the rung at 50% tells nobody; add tell"},
		{rung("50%") + `severities = ["S1"]`, rung("50%") + `severities = []`, "the rung at 50% is for no severity, so it is never reached"},
		{`stages = ["out-of-hours-screen"]`, `stages = ["la-told"]`, "the rung at 0% is never reached: none of its stages has a limit for a person"},
		{`stages = ["acknowledge"]`, `stages = ["triage"]`, "gap: nobody is told at once of an S1"},
		{rung("100%"), rung("101%"), "gap: managers do not hear when acknowledge of an S1 is missed"},
		{"[repeat]\ns1 = \"1h\"", "[repeat]", "repeat: gap: the ladder of S1 falls silent at its last rung"},
		{"[repeat]\ns1 = \"1h\"", "[repeat]\ns1 = \"4m\"", `repeat.s1: "4m" is too often`},
		{"[repeat]\ns1 = \"1h\"", "[repeat]\ns1 = \"0wh\"", `repeat.s1: "0wh" is too often`},
		{"name = \"la-acknowledged\"\ns1 = \"1h\"", "name = \"la-acknowledged\"", "la-acknowledged has no allowance for any severity, so it never runs"},
		{"[stale]\ns1 = \"30m\"", "[stale]\ns1 = \"0wh\"", "stale.s1: an acknowledgement would be stale as it is given"},
		{"[stale]\ns1 = \"30m\"", "[stale]\ns1 = \"0m\"", "stale.s1: an acknowledgement would be stale as it is given"},
		{"[pause]\n", "[pause]\ns2 = \"1wd\"\n", "pause.s2: the clock of S2 may not be paused; take it away"},
		{`pause_reasons = ["waiting for the person affected"]`, `pause_reasons = []`, "pause.s3: no reason is allowed for a pause"},
		{`with = "triage"`, `with = "triaje"`, `did you mean triage?`},
		{`done_by = "desk"` + "\nwith", `with`, "with and tell are for what the desk does, and la-told is a person's"},
		{"[[stage]]", "[stage]", "p.toml:"},
		{`title = "`, `title = `, "p.toml:1:"},
	} {
		_, err := read(with(t, tt.old, tt.new))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s → %s: %v\nwant %s", tt.old, tt.new, err, tt.says)
		}
	}
}

// Everything wrong is said at once, in the order of the file.
func TestAllProblemsAtOnce(t *testing.T) {
	text := strings.Replace(with(t, `s3 = "4wh"`, `s3 = "4hrs"`), `at = "80%"`, `at = "x"`, 1)
	_, err := read(text)
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 2 || ps[0].Line >= ps[1].Line || strings.Count(ps.Error(), "\n") != 1 {
		t.Errorf("%v", err)
	}
}

// What runs but should be looked at.
func TestDoubts(t *testing.T) {
	for _, tt := range []struct{ old, new, says string }{
		{`s1 = "15m"`, `s1 = "1wh"`, "stage[1].s1: acknowledge of an S1 stands still while the service is closed"},
		{`s3 = "4wh"`, `s3 = "1wh"`, ""},
		{`s2 = "1wh"`, `s2 = "5wh"`, "S2 has more time for acknowledge than S3"},
		{`"2027-09-01"`, `"2026-12-01"`, "next_review: the policy is to be looked at again by 2026-12-01"},
		{`closure_days = []`, `closure_days = ["2026-12-27"]`, "closure_days[0]: 2026-12-27 is a Sunday, when the service is closed anyway"},
		{`closure_days = []`, `closure_days = ["2028-12-27"]`, "closure_days[0]: 2028-12-27 counts as working until the bank holidays of its year are known"},
		{`s1 = "15m"`, `s1 = "8000h"`, "stage[1].s1: acknowledge of an S1 takes 8000 hours, which from now is 333 days"},
		{`s1 = "15m"`, `s1 = "4h"`, "stage[1].s1: S1 has more time for acknowledge than S2"},
		{`open = ["Monday-Thursday 08:30-17:00", "Friday 08:30-16:30"]`, `open = ["Sunday 03:00-03:01"]`, "open: the service is open for 1m0s in a week"},
		{"[repeat]\ns1 = \"1h\"", "[repeat]\ns1 = \"7000h\"", "repeat.s1: repeat of an S1 takes 7000 hours"},
		{"[stale]\ns1 = \"30m\"", "[stale]\ns1 = \"7000h\"", "stale.s1: stale of an S1 takes 7000 hours"},
		{"[pause]\ns3 = \"10wd\"", "[pause]\ns3 = \"300wd\"", "pause.s3: pause of an S3 takes 300 working days"},
		{`"Europe/London"`, `"Pacific/Kiritimati"`, "time_zone: Pacific/Kiritimati has another time than England and Wales"},
		{`"Europe/London"`, `"Africa/Abidjan"`, "time_zone: Africa/Abidjan has another time"},
		{`"Europe/London"`, `"Europe/Jersey"`, ""},
		{"name = \"review\"\ns1 = \"24h\"", "name = \"review\"\ns1 = \"1s\"", "review of an S1 gives a person 1 second"},
		{`pause_reasons = ["waiting`, `pause_reasons = ["a", "waiting`, `pause_reasons[0]: "a" stands in many a sentence`},
		{"name = \"triage\"\n", "name = \"triage\"\nmissed = \"target\"\n", "stage[3]: nobody misses triage any more"},
		{"name = \"triage\"\n", "name = \"triage\"\ndone_by = \"desk\"\n", "stage[3]: nobody misses triage any more"},
		{"name = \"triage\"\n", "name = \"triage\"\nruns = \"if-raised\"\n", "stage[3]: nobody misses triage any more"},
		{"[stale]\ns1 = \"30m\"", "[stale]", "an acknowledged S1 that nobody works never comes back"},
		{`"senior-officer", "executive", "manager"`, `"senior-officer", "manager"`, "the ladder of S1 never reaches the executive"},
	} {
		f, err := read(with(t, tt.old, tt.new))
		if err != nil {
			t.Errorf("%s: %v", tt.new, err)
			continue
		}
		doubts := f.Doubts(bookOf(t, f.Policy), local(t, "2026-11-22 12:00"))
		if tt.says == "" && len(doubts) > 0 || !strings.Contains(doubts.Error(), tt.says) {
			t.Errorf("%s: %v", tt.new, doubts)
		}
	}
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	f := &File{Policy: p}
	if doubts := f.Doubts(bookOf(t, p), local(t, "2027-01-02 12:00")); !strings.Contains(doubts.Error(), "bank holidays are known to 2027-12-31 only") {
		t.Error(doubts)
	}
}

// A ladder is held against who holds the roles, organisation by organisation.
func TestStaffed(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	f := &File{Policy: p, name: "p.toml"}
	seats := func(o string, role sla.Role) []string {
		if role == sla.Manager || o == "service" && (role == sla.Lead || role == sla.LALead) {
			return []string{string(role)}
		}
		return nil
	}
	wrong, doubtful := f.Staffed([]string{"service"}, seats)
	if len(wrong) != 0 || len(doubtful) != 5 || !strings.Contains(doubtful.Error(), "nobody holds the role on-call") {
		t.Errorf("%v\n%v", wrong, doubtful)
	}
	wrong, _ = f.Staffed([]string{"service", "provider"}, seats)
	if len(wrong) != 10 || !strings.Contains(wrong.Error(), `rung[7].tell: nobody stands on the rung at 50% for the organisation "provider"`) {
		t.Errorf("%v", wrong)
	}
}

// What a ledger keeps of a book, its text and its holidays, opens the same book.
func TestBookOpensAgain(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := sla.PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(p, holidays, 20000)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(b.Holidays)
	if err != nil {
		t.Fatal(err)
	}
	var kept sla.Holidays
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	f, err := read(b.Policy.String())
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(f.Policy, kept)
	if err != nil || again.Version != b.Version {
		t.Errorf("%v: %s opens again as %s", err, b.Version, again.Version)
	}
}

// Another policy, and other holidays, are another version; the title counts too,
// and nothing else does.
func TestVersion(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{book(t).Version: true}
	later, titled, closed := p, p, p
	later.Stages = append(sla.Terms{}, p.Stages...)
	later.Stages[1].S[0] = sla.Elapsed(16 * time.Minute)
	titled.Title = "ours"
	closed.Closures = []sla.Day{20000}
	for _, other := range []Policy{later, titled, closed} {
		if v := bookOf(t, other).Version; seen[v] {
			t.Errorf("%s again", v)
		}
		seen[bookOf(t, other).Version] = true
	}
	b, err := New(p, sla.Holidays{20000: "one"})
	if one, other := book(t), book(t); err != nil || seen[b.Version] || one.Version != other.Version {
		t.Errorf("%v, %s", err, b.Version)
	}
}
