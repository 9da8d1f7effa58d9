package notify

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// A letter says that the reply did something exactly where what came of its
// words does not begin with "Nothing".
func TestNothingIsIdle(t *testing.T) {
	text, err := os.ReadFile("../templates/letter/phrases.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?m)^\{\{define "did ([a-z-]+)"\}\}(Nothing\b)?`).FindAllStringSubmatch(string(text), -1)
	if len(all) < 20 {
		t.Fatalf("%d codes", len(all))
	}
	for _, m := range all {
		if nothing := m[2] != ""; nothing == (Facts{Deeds: []Deed{{Did: m[1]}}}).moved() || nothing != slices.Contains(idle, m[1]) {
			t.Errorf("%s: says nothing: %v", m[1], nothing)
		}
	}
}
