package casefile

import (
	"testing"
)

// However one of their names is written, they are meant (T9).
func TestMeant(t *testing.T) {
	r := Roster{People: map[string]Person{
		"lead": {Name: "Dr Amira K. Khan", Address: "lead.person@council.example", Also: []string{"Mimi"}},
		"jo":   {Name: "Jo Nunez", Address: "jo.n@council.example"},
		"li":   {Name: "李 伟", Address: "li@council.example"},
	}}
	for text, want := range map[string]IDs{
		"'Amira'": "lead", "“Amira”": "lead", "my tutor\u00a0Amira please": "lead", "Amira-": "lead", "Tom&Amira+Jo": "jo lead", "*Amira*": "lead", "Amira–lead": "lead", "Tom and/or AMIRA": "lead",
		"Àmíra": "lead", "@amira": "lead", "amira_k": "lead", "[Amira]": "lead", "Ami\u200bra…": "lead", "Amira=?x?=": "lead", "Amiras": "lead", "Khan’s": "lead", "mimi": "lead", "lead.person": "lead",
		"lead.person@council.example": "lead", "amirakhan": "lead", "Jo": "jo", "Núñez": "jo", "李": "li",
		"": "", "nobody at the council": "", "the doctor, Dr": "", "k": "",
	} {
		if got := r.Meant(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
