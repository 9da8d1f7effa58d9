package casefile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// names are people of all kinds of names.
func names() Roster {
	r := Roster{People: map[string]Person{}}
	for id, p := range map[string]Person{
		"lead":     {Name: "Amira Khan", Address: "amira.khan@council.example", Also: []string{"Mandy", "ak47@games.example"}},
		"deputy":   {Name: "Tom Reed", Address: "t.reed@council.example"},
		"obrien":   {Name: "Dr Siân O'Brien", Address: "sian@provider.example"},
		"double":   {Name: "Mary-Jane Smith-Łukasik (she/her)", Address: "mjs@provider.example"},
		"particle": {Name: "Anna van der Berg", Address: "avdb@provider.example"},
		"comma":    {Name: "Özdemir, Jürgen", Address: "jo@provider.example"},
		"honour":   {Name: "Priya Nair, OBE", Address: "pn@provider.example"},
		"li":       {Name: "李小龙", Address: "lxl@provider.example"},
		"mono":     {Name: "Teller", Address: "teller@provider.example"},
		"garcia":   {Name: "Maria Garcia Lopez", Address: "mgl@provider.example"},
	} {
		p.ID = id
		r.People[id] = p
	}
	return r
}

// Every way to name somebody is found, and nothing that only looks like it.
func TestNamed(t *testing.T) {
	r := names()
	for text, want := range map[string]IDs{
		"Amira Khan hit me": "lead", "AMIRA  KHAN": "lead", "amira\nkhan": "lead", "it was Amira Khan's doing": "lead", "Amira Khan’s": "lead", "“Amira Khan”": "lead",
		"Khan, Amira": "lead", "A. Khan": "lead", "a khan": "lead", "Ms Khan": "lead", "miss khan shouted": "lead", "Ms. A. Khan": "lead", "Amira J. Khan": "lead",
		"amira.khan did it": "lead", "@amira_khan": "lead", "@AmiraKhan01 on snapchat": "lead", "khanamira": "lead", "write to amira.khan@council.example now": "lead",
		"Mandy said so": "lead", "mandy": "lead", "mail from ak47@games.example.": "lead", "Ami Khan": "lead", "Amira\u200b Kh\u00e1n": "lead", "Ａｍｉｒａ Ｋｈａｎ": "lead",
		"Khan alone": "", "Amira alone": "", "Khanate of Amiraland": "", "amira went to see khanh": "", "mandyland": "",
		"Mr Reed": "deputy", "Tommy Reed": "deputy", "the reed by the river": "", "I don't reed well": "", "T Reed and A Khan": "deputy lead", "Reed T": "deputy",
		"Sian OBrien": "obrien", "sian o’brien": "obrien", "Dr O'Brien": "obrien", "S. O'BRIEN'S": "obrien",
		"Mary Jane Lukasik": "double", "MJ Smith": "double", "maryjane smith": "double", "Mary-Jane Smith": "double", "she/her": "",
		"Anna van der Berg": "particle", "Anna Berg": "particle", "Ms van der Berg": "particle", "a van hit me": "", "van der valk": "",
		"Jurgen Ozdemir": "comma", "Herr Jürgen Özdemir": "comma", "priya nair": "honour", "obe": "",
		"我看见李小龙打人": "li", "teller": "mono", "bank tellers": "", "Maria Garcia": "garcia", "Maria Lopez": "garcia", "M Lopez": "garcia", "M Garcia": "",
		"": "", "please help, somebody is being nasty to me online": "",
	} {
		if got := r.Named(Mentions{Texts: []string{text}}); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
	for addr, want := range map[string]IDs{"Amira.Khan+work@Council.Example": "lead", "t.reed@council.example": "deputy", "x@council.example": "", "": "", "tom.reed@home.example": "deputy"} {
		if got := r.Named(Mentions{Addresses: []string{addr}}); got != want {
			t.Errorf("%q names %q, want %q", addr, got, want)
		}
	}
}

// Words around a name do not hide it, and more words never name fewer.
func TestNamedAnywhere(t *testing.T) {
	r := names()
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		got := r.Named(Mentions{Texts: []string{before + "\nAmira Khan\n" + after}})
		if !got.Has("lead") {
			t.Errorf("%q + name + %q names %q", before, after, got)
		}
	})
}

// A mail of ten megabytes against five hundred people is read in seconds.
func TestNamedInTime(t *testing.T) {
	r := names()
	for i := range 500 {
		id := fmt.Sprint("p", i)
		r.People[id] = Person{ID: id, Name: fmt.Sprintf("A%d Khan", i), Address: id + "@council.example"}
	}
	begun := time.Now()
	r.Named(Mentions{Texts: []string{strings.Repeat("the quick brown fox ran to mr grey and back ", 230_000)}})
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	t.Log(time.Since(begun))
}
