package sla

import (
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shared finds a file of the data that comes with the issue and is no part of
// the project. Under CI its absence is a failure, not a reason to skip.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("DUTYDESK_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	for _, path := range []string{filepath.Join(dir, name), filepath.Join(dir, "data", name)} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no %s in %s: set DUTYDESK_SHARED", name, dir)
	}
	t.Skipf("no %s in %s: set DUTYDESK_SHARED to its folder", name, dir)
	return ""
}

func england(t testing.TB) *Calendar {
	t.Helper()
	c, err := EnglandAndWales()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func allow(t testing.TB, s string) Allowance {
	t.Helper()
	a, err := ParseAllowance(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func day(t testing.TB, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every one of the vectors, to the second.
func TestVectors(t *testing.T) {
	f, err := os.Open(shared(t, "sla-vectors.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c, exact := england(t), 0
	for i, row := range rows[1:] {
		due, known := c.Due(at(t, row[0]), allow(t, row[1]))
		if got := due.Format(time.RFC3339); got != row[2] || !known {
			t.Errorf("line %d: %s + %s: %s (known %v), want %s", i+2, row[0], row[1], got, known, row[2])
			continue
		}
		exact++
	}
	if exact != 4000 {
		t.Errorf("%d exact, want 4000", exact)
	}
}

// The embedded copy is GOV.UK's own, date by date and name by name.
func TestPublishedHolidaysAreGOVUKs(t *testing.T) {
	f, err := os.Open(shared(t, "bank-holidays.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	theirs, err := ReadHolidays(f)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(ours, theirs) || len(ours) != 83 {
		t.Errorf("%d embedded, %d published", len(ours), len(theirs))
	}
}

// with2028 adds the bank holidays DOMAIN.md expects for 2028, which GOV.UK had
// not published yet.
func with2028(t *testing.T) *Calendar {
	t.Helper()
	h, err := PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Fields("2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26") {
		h[day(t, s)] = "expected"
	}
	c, err := NewCalendar(england(t).Zone(), OfficeWeek(), h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The table of DOMAIN.md section 4, in local time as printed there.
func TestDomainTable(t *testing.T) {
	c := with2028(t)
	const form = "2006-01-02 15:04 MST"
	heads := []string{"1wh", "4wh", "1wd", "5wd"}
	for _, row := range [][5]string{
		{"2026-11-25 10:00 GMT", "2026-11-25 11:00 GMT", "2026-11-25 14:00 GMT", "2026-11-26 10:00 GMT", "2026-12-02 10:00 GMT"},
		{"2026-11-27 16:00 GMT", "2026-11-30 09:00 GMT", "2026-11-30 12:00 GMT", "2026-11-30 16:00 GMT", "2026-12-04 16:00 GMT"},
		{"2026-11-27 18:00 GMT", "2026-11-30 09:30 GMT", "2026-11-30 12:30 GMT", "2026-11-30 17:00 GMT", "2026-12-04 16:30 GMT"},
		{"2026-11-26 16:45 GMT", "2026-11-27 09:15 GMT", "2026-11-27 12:15 GMT", "2026-11-27 16:30 GMT", "2026-12-03 16:45 GMT"},
		{"2026-11-30 07:00 GMT", "2026-11-30 09:30 GMT", "2026-11-30 12:30 GMT", "2026-12-01 08:30 GMT", "2026-12-07 08:30 GMT"},
		{"2026-12-24 16:00 GMT", "2026-12-24 17:00 GMT", "2026-12-29 11:30 GMT", "2026-12-29 16:00 GMT", "2027-01-05 16:00 GMT"},
		{"2026-12-26 02:00 GMT", "2026-12-29 09:30 GMT", "2026-12-29 12:30 GMT", "2026-12-29 17:00 GMT", "2027-01-05 17:00 GMT"},
		{"2027-03-25 16:45 GMT", "2027-03-30 09:15 BST", "2027-03-30 12:15 BST", "2027-03-30 16:45 BST", "2027-04-05 16:45 BST"},
		{"2027-12-24 15:00 GMT", "2027-12-24 16:00 GMT", "2027-12-29 11:00 GMT", "2027-12-29 15:00 GMT", "2028-01-05 15:00 GMT"},
	} {
		for i, want := range row[1:] {
			received, err := time.ParseInLocation(form, row[0], c.Zone())
			if err != nil {
				t.Fatal(err)
			}
			due, known := c.Due(received, allow(t, heads[i]))
			if got := due.In(c.Zone()).Format(form); got != want || !known || due.Location() != time.UTC {
				t.Errorf("%s + %s: %s (known %v), want %s", row[0], heads[i], got, known, want)
			}
		}
	}
}

// Elapsed time does not care what the clock on the wall does.
func TestDomainTableElapsed(t *testing.T) {
	c := england(t)
	for _, tt := range []struct{ from, allow, want string }{
		{"2027-03-28T00:45:00Z", "60m", "2027-03-28 02:45 BST"},
		{"2026-10-25T00:30:00+01:00", "60m", "2026-10-25 01:30 BST"},
		{"2026-10-25T00:30:00+01:00", "120m", "2026-10-25 01:30 GMT"},
	} {
		due, known := c.Due(at(t, tt.from), allow(t, tt.allow))
		if got := due.In(c.Zone()).Format("2006-01-02 15:04 MST"); got != tt.want || !known {
			t.Errorf("%s + %s: %s, want %s", tt.from, tt.allow, got, tt.want)
		}
	}
}
