package policy

import (
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// Whatever stands in a file, reading it ends in a policy that runs, repeats
// without end and reads back as itself, or in what is wrong with it.
func FuzzRead(f *testing.F) {
	p, err := Default()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.String(), "", "")
	for _, change := range [][2]string{{"1wh", "0wh"}, {"50%", "10000%"}, {"Friday", "Sunday"}, {"[]", `["2026-12-29"]`}, {"breach", "target"}} {
		f.Add(p.String(), change[0], change[1])
	}
	received := time.Date(2026, 11, 27, 17, 50, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text, old, new string) {
		if old == "" {
			old = "\x00"
		}
		file, err := read(strings.ReplaceAll(text, old, new))
		if err != nil {
			return
		}
		again, err := read(file.String())
		if err != nil || again.String() != file.String() {
			t.Fatalf("%v: reads back as\n%s\nnot\n%s", err, again, file)
		}
		b := bookOf(t, file.Policy)
		file.Doubts(b, received)
		for _, s := range severities() {
			c := of(t, b.Open(s, received), sla.Acknowledge)
			one, _ := c.Ring(c.Rungs())
			if two, ok := c.Ring(c.Rungs() + 1); !ok || !two.At.After(one.At) || c.Due.Before(received) {
				t.Fatalf("%s: repeats at %s and %s, due %s", c.Why, one.At, two.At, c.Due)
			}
		}
	})
}
