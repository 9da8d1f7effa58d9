package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow/casefile"
)

// acted runs "case act" on the only case.
func (d *desk) acted(ref, person, said string, more ...string) (string, int) {
	d.t.Helper()
	return d.run(append([]string{"case", "act", ref, said, "--as", person, "--on-behalf-because", "rang"}, more...)...)
}

// An operator works a case from triage to a close by two people, beside the
// worker, and what is shown is what was said.
func TestCaseAct(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	ref := rows[app.Case](d, "case", "list")[0].Ref
	d.work(func(*app.App) { // the worker runs meanwhile
		for _, said := range []string{"ACK", "FORM thr", "channel MSG: Snapchat", "AGE 25+", "DANGER no", "NEEDS no", "GRADE S3 because it has ended", "TRIAGE because it is a threat", "PLAN I speak to both"} {
			if text, code := d.acted(ref, "lead", said); code != 0 {
				t.Fatalf("%s: exit %d, %s", said, code, text)
			}
		}
		if text, code := d.acted(ref, "lead", "CLOSE ADVICE. Told: yes, by phone. Learning: less. Because over"); code != 65 || !strings.Contains(text, "still owed: LA_NOTIFY") {
			t.Errorf("exit %d, %s", code, text)
		}
	})
	text, code := d.run("case", "show", ref, "--json")
	var x app.ShownCase
	d.must(json.Unmarshal([]byte(text), &x))
	w := x.Casework
	if code != 0 || x.State != "ACTIVE" || !slices.Equal(w.Forms, []string{"THR"}) || w.Platform != "Snapchat" || w.Age != "25+" || w.Danger != "NO" || !w.Triaged || len(w.Obligations) != 7 {
		t.Errorf("exit %d: %s", code, text)
	}
	for _, said := range []string{"DONE LA_NOTIFY rang", "NOT-NEEDED support affected because she has a mentor", "DONE review", "DONE update reporter", "CLOSE ADVICE. Told: yes, by phone. Learning: less. Because over"} {
		if text, code := d.acted(ref, "lead", said); code != 0 {
			t.Fatalf("%s: exit %d, %s", said, code, text)
		}
	}
	if text, code := d.acted(ref, "deputy", "CLOSE agreed"); code != 65 || !strings.Contains(text, "second person") {
		t.Errorf("one hand closed it: exit %d, %s", code, text)
	}
	if text, _ := d.run("case", "chronology", ref); !strings.Contains(text, "operator") || !strings.Contains(text, "on behalf of lead, because rang: TRIAGE") {
		t.Errorf("%s", text)
	}
}

// Each kind of trouble has its exit code, and names what is near.
func TestCaseActExits(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	ref := rows[app.Case](d, "case", "list")[0].Ref
	for _, tt := range []struct {
		person, said string
		code         int
		says         string
	}{
		{"lead", "GARDE S2", 64, "did you mean GRADE"}, {"lead", "sack him", 64, "begins with no command"}, {"lead", "FLAG STAFSUBJ", 64, "the nearest is STAFFSUBJ"},
		{"lead", "GRADE S3", 64, "needs a reason"}, {"nobody", "ACK", 64, "nobody's id"}, {"manager", "ACK", 65, "may not act"}, {"lead", "CLOSE because", 65, "not allowed"},
		{"", "ACK", 64, "--as PERSON"},
	} {
		if text, code := d.acted(ref, tt.person, tt.said); code != tt.code || !strings.Contains(text, tt.says) {
			t.Errorf("%s %s: exit %d, %s; want %d, %q", tt.person, tt.said, code, text, tt.code, tt.says)
		}
	}
	if text, code := d.acted("SG-NONE0", "lead", "ACK"); code != 65 {
		t.Errorf("no such case: exit %d, %s", code, text)
	}
	if text, code := d.acted(ref, "lead", "ACK", "--json"); code != 0 || !strings.Contains(text, `"state": "ACKNOWLEDGED"`) {
		t.Errorf("exit %d, %s", code, text)
	}
}

// The help names every command and every code.
func TestCaseActHelp(t *testing.T) {
	text, code := dutydesk(t, "case", "act", "--help")
	if code != 0 {
		t.Fatal(code)
	}
	for _, v := range casefile.Acts() {
		for _, word := range append(casefile.Codes(v), string(v)) {
			if !strings.Contains(text, word) {
				t.Errorf("%s is not named", word)
			}
		}
	}
}
