package casefile

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// Parties are who they are said to be: an alias stays an alias, two of them are
// never made one, and their traces are alike however they were written.
func TestParties(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Party, "affected: Mei O'Neill, learner")
	w.say("lead", Party, "responsible: alias @SammyX, +44 7700 900123")
	w.say("lead", Party, "responsible: unknown, https://app.example/u/Sammy/")
	w.say("lead", Party, "forwarder: the whole group")
	w.say("lead", Party, "3: staff, 07700 900 123")
	want := []Someone{
		{1, "AFFECTED", "LRN", "Mei O'Neill", ""},
		{2, "SUBJECT", "UNK", "", "07700900123 @sammyx"},
		{3, "SUBJECT", "STF", "unknown", "07700900123 https://app.example/u/sammy"},
		{4, "ACCESSORY", "UNK", "the whole group", ""},
	}
	if got := w.c.File.Parties.List(); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if w.status("SUPPORT_SUBJECT") != "PENDING" {
		t.Error("nothing is owed to whoever is said to be responsible")
	}
	for text, near := range map[string]string{"responsibel: X": "", "subjct: X": "SUBJECT", "": "", "affected": "", "9: x": ""} {
		if err := w.try("lead", Party, text); !errors.Is(err, ErrUnclear) || !strings.Contains(err.Error(), near) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A party who stands on the roster is kept from the case, by name or address,
// and what they did on it does not stand; who works with it is not kept from it.
func TestPartyOnRoster(t *testing.T) {
	w := newWorker(t)
	p := w.rules.Roster.People["lead"]
	p.Name = "Ada Quill"
	w.rules.Roster.People["lead"] = p
	w.say("lead", Acknowledge, "")
	w.say("deputy", Party, "professional: Ada Quill")
	if w.c.Excluded != "" {
		t.Fatalf("%s is excluded", w.c.Excluded)
	}
	w.say("deputy", Party, "responsible: Ada Quill, staff")
	if w.c.Excluded != "lead" || w.c.State != Submitted || !slices.Contains(told(w.last), "head") {
		t.Errorf("excluded %q, %s, told %v", w.c.Excluded, w.c.State, told(w.last))
	}
	w = newWorker(t)
	w.say("lead", Party, "witness: somebody, deputy@council.example")
	if w.c.Excluded != "deputy" {
		t.Errorf("excluded %q", w.c.Excluded)
	}
}

// What somebody settled who is then kept from the case is owed again, with its
// limit from now; what others settled stands. With the deputy the whole provider
// is passed over, and its lead with it.
func TestExcludeOwesAgain(t *testing.T) {
	w := newWorker(t).triaged()
	w.say("deputy", Flag, "STAFFSUBJ")
	w.say("deputy", Refer, "LADO LR-1")
	w.say("deputy", NotNeeded, "PIPOT because no adult is at risk")
	w.say("la", Done, "HR rang them")
	out := w.c.Exclude([]string{"deputy"}, "lead", "a relative", w.rules, w.at)
	w.c = out.Case
	for code, want := range map[string]string{"LADO": "DONE PENDING", "PIPOT": "NOT_REQUIRED PENDING", "HR": "DONE", "TRIAGE": "DONE PENDING", "ACK": "DONE PENDING"} {
		if got := w.status(code); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
	if !slices.ContainsFunc(out.Events, func(e Event) bool { return strings.HasSuffix(e.Text, "owed again: ACK LADO PIPOT TRIAGE") }) {
		t.Errorf("%+v", out.Events)
	}
	if !slices.ContainsFunc(out.Alarms, func(a Alarm) bool { return a.Stage == "obligation-lado" && a.Turn == 1 }) {
		t.Errorf("%+v", out.Alarms)
	}
	again := w.c.Exclude([]string{"deputy"}, "lead", "a relative", w.rules, w.at)
	if again.Case.File != w.c.File {
		t.Error("saying it twice owes it twice")
	}
}

// Facts are kept as they were said, and bring the duties that they add: of
// somebody whose age nobody knows, those of a child.
func TestFactsOfACase(t *testing.T) {
	w := newWorker(t)
	w.say("lead", Channel, "msg soc: Snapchat")
	if w.c.File.Channels != "MSG SOC" || w.c.File.Platform != "Snapchat" {
		t.Errorf("%q, %q", w.c.File.Channels, w.c.File.Platform)
	}
	w.refused(ErrUnclear, "lead", Channel, "telepathy")
	w.say("lead", Age, "unknown")
	w.say("lead", Needs, "yes")
	if w.status("CHILD_REF") != "PENDING" || w.status("ADULT_REF") != "PENDING" {
		t.Errorf("%s", w.c.File.Owed)
	}
}
