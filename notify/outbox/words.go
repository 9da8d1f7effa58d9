package outbox

import (
	"dutydesk/notify"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// states are the stages of a case as letters name them.
var states = map[casefile.State]string{
	casefile.Submitted: "open", casefile.Acknowledged: "acknowledged", casefile.CloseProposed: "close-proposed", casefile.Closed: "closed",
}

// deeds are what a reply did, as letters tell it.
func deeds(ds []workflow.Deed) (out []notify.Deed) {
	for _, d := range ds {
		x := notify.Deed{Word: string(d.Word), Did: d.Did, State: states[d.State]}
		for _, v := range d.Can {
			x.Can = append(x.Can, string(v))
		}
		out = append(out, x)
	}
	return out
}
