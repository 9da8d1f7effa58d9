package workflow_test

import (
	"fmt"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// report is a mail whose author is proven, unless spoil says otherwise.
func (d *desk) report(from string, spoil func(*workflow.Arrived)) {
	d.t.Helper()
	a := d.arrive(fmt.Sprint("please help ", d.now()))
	a.Authentic, a.ReplyTo = true, from
	if spoil != nil {
		spoil(&a)
	}
	if err := d.Office.Open(d.t.Context(), a, ""); err != nil {
		d.t.Fatal(err)
	}
}

// receipts are those to an address.
func (d *desk) receipts(to string) (n int) {
	d.t.Helper()
	xs, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, x := range xs {
		if x.Kind == workflow.Receipt && x.Address == to {
			n++
		}
	}
	return n
}

// V24: one receipt for an address and day, however many concerns it sends, and
// none where the author is not proven or is a colleague.
func TestV24OneReceiptADay(t *testing.T) {
	d := newDesk(t)
	const learner = "learner@college.example"
	for range 48 {
		d.report(learner, nil)
		d.forward(time.Hour)
	}
	if n := d.receipts(learner); n != 2 {
		t.Errorf("%d receipts in two days, want 2", n)
	}
	d.report("other@college.example", nil)
	if n := d.receipts("other@college.example"); n != 1 {
		t.Errorf("another learner got %d", n)
	}
	d.report("forged@college.example", func(a *workflow.Arrived) { a.Authentic = false })
	d.report("lead@council.example", nil)
	d.report("", nil)
	p := d.Rules.Roster.People["lead"]
	p.Also = []string{"amy", "Amy@home.example"}
	d.Rules.Roster.People["lead"] = p
	d.report("amy@home.example", nil)
	for _, never := range []string{"forged@college.example", "lead@council.example", "amy@home.example", ""} {
		if n := d.receipts(never); n != 0 {
			t.Errorf("%q got %d receipts", never, n)
		}
	}
	if n := len(d.letters("lead", casefile.Opened)); n != 53 {
		t.Errorf("the lead was told of %d cases", n)
	}
}

// The same mail again joins its case and is not answered again.
func TestNoReceiptForACopy(t *testing.T) {
	d := newDesk(t)
	for range 2 {
		a := d.arrive("one and the same")
		a.Authentic, a.ReplyTo = true, "learner@college.example"
		if err := d.Office.Open(t.Context(), a, ""); err != nil {
			t.Fatal(err)
		}
		d.forward(25 * time.Hour)
	}
	if n := d.receipts("learner@college.example"); n != 1 {
		t.Errorf("%d receipts", n)
	}
}

// A receipt that comes back is a line of the chronology. Nobody else is told,
// and nobody may command by it.
func TestReceiptComesBack(t *testing.T) {
	d := newDesk(t)
	d.report("learner@college.example", nil)
	x := d.letters("", workflow.Receipt)[0]
	for range 2 {
		if err := d.Undelivered(t.Context(), x.ID, "the letter could not be delivered (5.1.1)"); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.told(casefile.NotDelivered); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	lines, err := d.Ledger.Chronology(t.Context(), d.only().Ref)
	if err != nil || len(lines) != 2 || lines[1].By != "post" {
		t.Errorf("%v %+v", err, lines)
	}
	s := d.answer(x, "ACK")
	s.From = []string{"learner@college.example"}
	d.obey(s)
	if c := d.only(); c.State != casefile.Submitted || d.untrusted(s) == "" {
		t.Errorf("a receipt moved the case to %s", c.State)
	}
}

// However many mails of one author are opened at once, one receipt goes out.
func TestReceiptsAtOnce(t *testing.T) {
	d := newDesk(t)
	var as []workflow.Arrived
	for i := range 30 {
		a := d.arrive(fmt.Sprint("concern ", i))
		a.Authentic, a.ReplyTo = true, "learner@college.example"
		as = append(as, a)
	}
	errs := make(chan error, len(as))
	for _, a := range as {
		go func() { errs <- d.Office.Open(t.Context(), a, "") }()
	}
	for range as {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := d.receipts("learner@college.example"); n != 1 {
		t.Errorf("%d receipts", n)
	}
}

// T6: three answers an hour about one case to mails that move nothing; what
// moves it is answered always.
func TestT6ThreeAnswersAnHour(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	for i := range 10 {
		d.obey(d.answer(x, fmt.Sprint("I am out of the office ", i)))
		d.obey(d.answer(x, fmt.Sprint("HELP\n", i)))
	}
	answers := func() int {
		return len(d.letters("lead", workflow.Transcript)) + len(d.letters("lead", workflow.HelpLetter))
	}
	if n := answers(); n != 3 {
		t.Errorf("%d answers in an hour", n)
	}
	d.obey(d.answer(x, "ACK"))
	if n := answers(); n != 4 {
		t.Errorf("what moved the case was not answered: %d", n)
	}
	d.forward(61 * time.Minute)
	d.obey(d.answer(x, "one more note"))
	if n := answers(); n != 5 {
		t.Errorf("%d answers in the next hour", n)
	}
	lines, err := d.Ledger.Chronology(t.Context(), d.only().Ref)
	if err != nil || len(lines) < 13 {
		t.Errorf("%d lines are kept, %v", len(lines), err)
	}
}
