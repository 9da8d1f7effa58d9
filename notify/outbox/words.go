package outbox

import (
	"dutydesk/notify"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// states are the stages of a case as letters name them.
var states = map[casefile.State]string{
	casefile.Submitted: "open", casefile.Acknowledged: "acknowledged", casefile.CloseProposed: "close-proposed", casefile.Closed: "closed",
	casefile.Triaged: "triaged", casefile.Active: "active", casefile.ReferredOut: "referred-out", casefile.Monitoring: "monitoring", casefile.Reopened: "reopened",
	casefile.NoSafeguarding: "not-safeguarding", casefile.RetentionReview: "retention-review", casefile.DisposedOf: "disposed",
}

// deeds are what a reply did, as letters tell it.
func deeds(ds []workflow.Deed) (out []notify.Deed) {
	for _, d := range ds {
		out = append(out, notify.Deed{Word: string(d.Word), Did: d.Did, State: states[d.State], Can: plain(d.Can), Refs: refs(d.Refs), Reasons: d.Reasons})
	}
	return out
}

// plain are verbs as words of a reply.
func plain(vs []casefile.Verb) (words []string) {
	for _, v := range vs {
		words = append(words, string(v))
	}
	return words
}

// refs are cases as a letter names them.
func refs(all []casefile.Ref) (names []string) {
	for _, ref := range all {
		names = append(names, string(ref))
	}
	return names
}
