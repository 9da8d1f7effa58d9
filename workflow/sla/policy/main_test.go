package policy

import (
	"flag"
	"os/exec"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

var update = flag.Bool("update", false, "write the golden files")

func TestImportPromise(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, never := range []string{"database/sql", "net/http", "github.com/", "dutydesk/config", "dutydesk/workflow/casefile"} {
			if strings.HasPrefix(dep, never) {
				t.Errorf("policy reaches %s", dep)
			}
		}
	}
}

// book is the default policy with the published bank holidays.
func book(t testing.TB) *Book {
	t.Helper()
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return bookOf(t, p)
}

func bookOf(t testing.TB, p Policy) *Book {
	t.Helper()
	holidays, err := sla.PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(p, holidays)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// local reads an instant on the wall in London.
func local(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// shown is an instant on the wall in London; "-" for none.
func shown(t testing.TB, at time.Time) string {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	if at.IsZero() {
		return "-"
	}
	return at.In(zone).Format("Mon 01-02 15:04")
}

// of is the clock of a stage.
func of(t testing.TB, clocks []Clock, s sla.Stage) (c Clock) {
	t.Helper()
	for _, c := range clocks {
		if c.Stage == s && c.Running() {
			return c
		}
	}
	t.Fatalf("%s does not run", s)
	return c
}
