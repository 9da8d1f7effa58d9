package intake

import (
	"slices"
	"testing"
)

const (
	one = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	two = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// A token counts in the desk's own address only: a stranger's address that
// bears one is no answer to us.
func TestAddressed(t *testing.T) {
	d := &Desk{Address: "safe.guarding@council.example"}
	for addr, want := range map[string][]string{
		"safe.guarding+dd1." + one + "@council.example":      {one},
		"Safe.Guarding+DD1." + one + "@Council.Example":      {one},
		"safe.guarding@council.example":                      nil,
		"safe.guarding+dd1." + one + "@evil.example":         nil,
		"safe.guarding+dd1." + one + "@x.council.example":    nil,
		"other+dd1." + one + "@council.example":              nil,
		"x+safe.guarding+dd1." + one + "@council.example":    nil,
		"safe.guarding+dd1." + one + "@council.example@evil": nil,
		"dd1." + one + "@council.example":                    nil,
		"":                                                   nil,
	} {
		if got := d.addressed([]string{addr}); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", addr, got, want)
		}
	}
	both := []string{"stranger+dd1." + one + "@evil.example", "safe.guarding+dd1." + two + "@council.example"}
	if got := d.addressed(both); !slices.Equal(got, []string{two}) {
		t.Errorf("%q", got)
	}
}

// A letter's name counts only with our own host to its right.
func TestNamed(t *testing.T) {
	d := &Desk{Address: "safeguarding@council.example"}
	letter := "01234567890123456789012345"
	for id, want := range map[string][]string{
		"<dd1." + letter + "." + one + "@council.example>":       {one},
		"<dd1." + letter + "." + one + "@COUNCIL.example> ":      {one},
		"<dd1." + letter + "." + one + "@evil.example>":          nil,
		"<dd1." + letter + "." + one + "@council.example.evil>":  nil,
		"<dd1." + letter + "." + one + "@evil@council.example>x": nil,
		"<1@council.example>":                                    nil,
		"":                                                       nil,
	} {
		if got := d.named([]string{id}); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
