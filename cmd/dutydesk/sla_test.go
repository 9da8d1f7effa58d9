package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planned runs "sla plan" and keeps output and complaints apart.
func planned(t *testing.T, stdin string, args ...string) (out, said string, code int) {
	t.Helper()
	c := root()
	var stdout, stderr bytes.Buffer
	c.SetIn(strings.NewReader(stdin))
	c.SetOut(&stdout)
	c.SetErr(&stderr)
	c.SetArgs(append([]string{"sla", "plan"}, args...))
	if err := c.ExecuteContext(t.Context()); err != nil {
		return stdout.String(), stderr.String() + err.Error(), exitCode(err)
	}
	return stdout.String(), stderr.String(), 0
}

// The names in the JSON are stable.
func TestSLAPlanJSON(t *testing.T) {
	out, said, code := planned(t, "", "--severity", "s2", "--received", "2026-11-27T18:00:00Z", "--json")
	if code != 0 {
		t.Fatal(code, said)
	}
	var p struct {
		Policy, Severity, Received, Received_words, Time_zone, Holidays_until string
		In_hours                                                              *bool
		Stages                                                                []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Policy) != 12 || p.Severity != "S2" || p.Received != "2026-11-27T18:00:00Z" || p.Received_words != "6pm GMT on Friday 27 November 2026" ||
		p.Time_zone != "Europe/London" || p.Holidays_until != "2027-12-31" || p.In_hours == nil || *p.In_hours || len(p.Stages) != 11 {
		t.Errorf("%+v", p)
	}
	want := map[string]any{"stage": "acknowledge", "allowance": "1wh", "due": "2026-11-30T09:30:00Z",
		"due_words": "9:30am GMT on Monday 30 November 2026", "known": true, "soft": false, "repeats": false, "note": ""}
	for name, v := range want {
		if p.Stages[1][name] != v || len(p.Stages[1]) != len(want) {
			t.Errorf("%s is %v in %v, want %v", name, p.Stages[1][name], p.Stages[1], v)
		}
	}
}

// People read the same in words, and are told what is not sure.
func TestSLAPlanInWords(t *testing.T) {
	for _, tt := range []struct{ args, says string }{
		{"--received 2026-11-27T18:00:00Z", "S2 received 6pm GMT on Friday 27 November 2026, out of hours (Europe/London)"},
		{"--received 2026-07-01T09:00:00+01:00", "S2 received 9am BST on Wednesday 1 July 2026, in hours"},
		{"--received 2026-10-25T00:30:00Z --severity S1", "1:45am BST on Sunday 25 October 2026"},
		{"--received 2026-10-25T01:30:00Z --severity S1", "1:45am GMT on Sunday 25 October 2026"},
		{"--received 2026-11-26T12:00:00Z --severity S1", "received midday GMT"},
		{"--received 2026-11-26T00:00:00Z --severity S1", "received 12:00am GMT"},
		{"--received 2027-12-31T15:00:00Z", "not sure: bank holidays are known to 2027-12-31"},
		{"--received 2026-12-24T16:00:00Z --closed 2026-12-29,2026-12-30", "2026-12-31T16:00:00Z"},
		{"--severity S4 --received 2026-11-27T18:00:00Z", "8:30am GMT on Monday 30 November 2026"},
	} {
		out, said, code := planned(t, "", strings.Fields(tt.args)...)
		if code != 0 || !strings.Contains(out, tt.says) {
			t.Errorf("sla plan %s: exit %d, said %q %q, want %q", tt.args, code, out, said, tt.says)
		}
	}
	if out, _, _ := planned(t, "", "--received", "2026-11-27T18:00:00Z"); strings.Contains(out, "not sure") {
		t.Error(out)
	}
}

// A newer file makes sure what was not.
func TestSLAPlanHolidaysFile(t *testing.T) {
	days := `"2027-12-27","2027-12-28","2028-01-03","2028-04-14","2028-04-17","2028-05-01","2028-05-29","2028-08-28","2028-12-25","2028-12-26"`
	events := strings.ReplaceAll(strings.ReplaceAll(days, `",`, `"},`), `"2`, `{"date":"2`) + "}"
	file := filepath.Join(t.TempDir(), "holidays.json")
	if err := os.WriteFile(file, []byte(`{"england-and-wales":{"events":[`+events+`]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const row = "received,allow\n2028-01-02T12:00:00Z,1wd\n"
	for _, tt := range []struct {
		due, says string
		args      []string
	}{
		{"2028-01-03T17:00:00Z", "1 of 1 deadlines are not sure", []string{"--csv", "-"}},
		{"2028-01-04T17:00:00Z", "", []string{"--csv", "-", "--holidays", file}},
	} {
		out, said, code := planned(t, row, tt.args...)
		if code != 0 || !strings.Contains(out, tt.due) || !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
			t.Errorf("%v: exit %d, %q %q, want %s", tt.args, code, out, said, tt.due)
		}
	}
}

// The column due is appended, or replaced where it is; other columns stay.
func TestSLAPlanCSV(t *testing.T) {
	for in, want := range map[string]string{
		"received,allow\n2026-04-02T14:09:50Z,4wh\n":                         "received,allow,due\n2026-04-02T14:09:50Z,4wh,2026-04-07T09:39:50Z\n",
		"\ufeffreceived,allow\r\n2026-04-02T15:09:50+01:00,60m\r\n":          "received,allow,due\n2026-04-02T15:09:50+01:00,60m,2026-04-02T15:09:50Z\n",
		"allow,due,note,received\n1wd,never,\"a, b\",2026-11-27T18:00:00Z\n": "allow,due,note,received\n1wd,2026-11-30T17:00:00Z,\"a, b\",2026-11-27T18:00:00Z\n",
		"received,allow\n": "received,allow,due\n",
	} {
		if out, said, code := planned(t, in, "--csv", "-"); code != 0 || out != want || said != "" {
			t.Errorf("%q: exit %d, %q %q, want %q", in, code, out, said, want)
		}
	}
}

// Bad rows are left out and named by line; the good ones are planned.
func TestSLAPlanCSVNamesBadLines(t *testing.T) {
	in := "received,allow\n" +
		"2026-11-27T18:00:00Z,4 wh\n" +
		"2026-11-27T18:00:00Z,1wd\n" +
		"\n" +
		"27/11/2026 18:00,1wd\n" +
		"2026-11-27T18:00:00Z\n" +
		"\"2026-11-27T18:00:00Z,1wd\n"
	out, said, code := planned(t, in, "--csv", "-")
	if code != 65 || out != "received,allow,due\n2026-11-27T18:00:00Z,1wd,2026-11-30T17:00:00Z\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	for _, want := range []string{`line 2: allow: no allowance: "4 wh": want "4wh"`, "line 5: received: \"27/11/2026 18:00\": want an instant with its zone, such as 2026-11-27T18:00:00Z",
		"line 6: wrong number of fields", "on line 7", "4 of 5 rows could not be planned"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	many := "received,allow\n" + strings.Repeat("x,y\n", 500)
	if _, said, code := planned(t, many, "--csv", "-"); code != 65 || strings.Count(said, "line ") != maxBadRows || !strings.Contains(said, "500 of 500 rows") {
		t.Errorf("exit %d, %q", code, said)
	}
}

// The 4,000 vectors come out of the command as they are.
func TestSLAPlanVectors(t *testing.T) {
	dir := os.Getenv("DUTYDESK_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	file := filepath.Join(dir, "sla-vectors.csv")
	want, err := os.ReadFile(file)
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("no vectors: %v; set DUTYDESK_SHARED to their folder", err)
	}
	out, said, code := planned(t, "", "--csv", file)
	if err != nil || code != 0 || out != string(want) {
		t.Errorf("%v, exit %d, %s; %d bytes, want %d", err, code, said, len(out), len(want))
	}
}

func TestSLAPlanExitCodes(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"", 64, `--received: "": want an instant`},
		{"--received yesterday", 64, `--received: "yesterday": want an instant with its zone`},
		{"--received 2026-11-27T18:00:00Z --severity S9", 64, "--severity: no severity"},
		{"--received 2026-11-27T18:00:00Z --closed 29/12/2026", 64, `--closed: no date: "29/12/2026"`},
		{"--received 2026-11-27T18:00:00Z --holidays /nonexistent", 64, "no such file"},
		{"--csv /nonexistent", 64, "no such file"},
		{"--csv - --received 2026-11-27T18:00:00Z", 64, "leave out --received"},
		{"--csv - --json", 64, "leave out --json"},
		{"--csv -", 65, "want a header with the columns received,allow"},
		{"--csv " + dir, 65, "is a directory"},
		{"--received 2026-11-27T18:00:00Z --holidays " + page, 65, page + ": no bank holidays: want https://www.gov.uk/bank-holidays.json"},
		{"S2", 64, "dutydesk sla plan --help"},
		{"--help", 0, "--json"},
	} {
		out, said, code := planned(t, "when,what\n", strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(out+said, tt.says) {
			t.Errorf("sla plan %s: exit %d, said %q, want %d and %q", tt.args, code, out+said, tt.code, tt.says)
		}
	}
}
