package intake

import (
	"strings"
	"testing"

	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// V24, V26: who may get a receipt, and everybody who must not.
func TestV24V26WhoIsAnswered(t *testing.T) {
	d := &Desk{Address: "safeguarding@council.example", Office: &workflow.Office{Rules: casefile.Rules{Roster: casefile.Roster{
		People: map[string]casefile.Person{"lead": {ID: "lead", Address: "lead@council.example"}}}}}}
	plain := "From: Ann <learner@college.example>\r\n"
	for name, tt := range map[string]struct {
		head string
		want string
	}{
		"a learner":          {plain, "learner@college.example"},
		"in capitals":        {"From: LEARNER@College.Example\r\n", "learner@college.example"},
		"with a tag":         {"From: learner+help@college.example\r\n", "learner+help@college.example"},
		"a colleague":        {"From: lead@council.example\r\n", ""},
		"the desk":           {"From: safeguarding@council.example\r\n", ""},
		"a plus-address":     {"From: safeguarding+dd1.x@council.example\r\n", ""},
		"another desk":       {plain + "Message-ID: <dd1.aaaaaaaaaaaaaaaaaaaaaaaaaa.abcdefghijklmnopqrstuvwxyz@other.example>\r\n", ""},
		"automatic":          {plain + "Auto-Submitted: auto-replied\r\n", ""},
		"automatic, bare no": {plain + "Auto-Submitted: no\r\n", "learner@college.example"},
		"a list":             {plain + "List-Id: <l.college.example>\r\n", ""},
		"bulk":               {plain + "Precedence: bulk\r\n", ""},
		"no return path":     {"Return-Path: <>\r\n" + plain, ""},
		"two authors":        {"From: a@college.example, b@college.example\r\n", ""},
		"two From":           {plain + "From: b@college.example\r\n", ""},
		"nobody":             {"From: undisclosed:;\r\n", ""},
		"quoted":             {"From: \"a> SIZE=9 <b\"@college.example\r\n", ""},
		"a literal":          {"From: learner@[127.0.0.1]\r\n", ""},
		"too long":           {"From: " + strings.Repeat("a", 65) + "@college.example\r\n", ""},
		"no-reply":           {"From: no-reply@college.example\r\n", ""},
		"noreply, tagged":    {"From: noreply-help@college.example\r\n", ""},
		"do not reply":       {"From: do_not.reply@college.example\r\n", ""},
		"bounces":            {"From: bounces+7@college.example\r\n", ""},
		"list bounces":       {"From: staff-bounces@college.example\r\n", ""},
		"list owner":         {"From: owner-staff@college.example\r\n", ""},
		"list request":       {"From: staff-request@college.example\r\n", ""},
		"daemon":             {"From: MAILER-DAEMON@college.example\r\n", ""},
		"postmaster":         {"From: postmaster@college.example\r\n", ""},
	} {
		raw := tt.head + "To: safeguarding@council.example\r\nSubject: x\r\n\r\nplease help\r\n"
		m := message.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
		a := workflow.Arrived{Arrival: ledger.Arrival{Door: string(Mail), Authentic: true}}
		if got := d.answerable(a, m); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if a.Authentic = false; d.answerable(a, m) != "" {
			t.Errorf("%s: answered without proof", name)
		}
		if a.Authentic, a.Door = true, string(Form); d.answerable(a, m) != "" {
			t.Errorf("%s: a web form is answered by mail", name)
		}
	}
}
