package casefile

import (
	"slices"
	"testing"
)

// An organisation has cover when somebody besides lead and deputy would stand
// in, also at second hand.
func TestUncovered(t *testing.T) {
	people := map[string]Person{}
	for _, p := range []Person{{ID: "a"}, {ID: "b", Cover: "a"}, {ID: "c", Cover: "d"}, {ID: "d", Cover: "e"}, {ID: "e"}, {ID: "f", Cover: "gone"}} {
		people[p.ID] = p
	}
	r := Roster{People: people, Orgs: map[string]Org{
		"each-other": {ID: "each-other", Lead: "a", Deputy: "b"},
		"one":        {ID: "one", Lead: "a", Deputy: "d"},
		"second":     {ID: "second", Lead: "c", Deputy: "d"},
		"left":       {ID: "left", Lead: "f", Deputy: "a"},
		"closed":     {ID: "closed", Lead: "a", Deputy: "b", Closed: true},
	}}
	if got, want := r.Uncovered(), []string{"each-other", "left"}; !slices.Equal(got, want) {
		t.Errorf("uncovered %v, want %v", got, want)
	}
}
