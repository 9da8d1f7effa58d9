package workflow_test

import (
	"strings"
	"testing"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// STATUS is answered to whoever may act on the case and moves nothing; a
// stranger with the letter gets no answer, and a machine that goes on asking
// gets few.
func TestStatusIsForThoseWhoMayAct(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	forged := d.answer(x, "STATUS")
	forged.From = []string{"x@evil.example"}
	d.obey(forged)
	if n := len(d.letters("lead", workflow.StatusLetter)); n != 0 {
		t.Fatalf("%d letters to a forged sender's question", n)
	}
	for i := range 6 {
		d.obey(d.answer(x, "STATUS"+strings.Repeat(" ", i+1)))
	}
	if n := len(d.letters("lead", workflow.StatusLetter)); n != 3 {
		t.Errorf("%d letters within an hour", n)
	}
	if c := d.only(); c.State != casefile.Submitted || c.By != "" {
		t.Errorf("the case moved: %+v", c)
	}
	if c := d.only(); !d.says(c.Ref, workflow.Asked) {
		t.Error("that it was read is not on the case")
	}
}
