package outbox

import (
	"strings"
	"time"

	"dutydesk/notify"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// states are the stages of a case as letters name them.
var states = map[casefile.State]string{
	casefile.Submitted: "open", casefile.Acknowledged: "acknowledged", casefile.CloseProposed: "close-proposed", casefile.Closed: "closed",
}

// doors are the ways in as letters name them.
var doors = map[string]string{"mail": "email", "form": "web form"}

// reasons say why a person is told, by the role they hold.
var reasons = map[sla.Role]string{
	sla.Lead:          "You are the safeguarding lead for ORG.",
	sla.Deputy:        "You are the deputy safeguarding lead for ORG.",
	sla.ServiceLead:   "You are the safeguarding lead of the whole service.",
	sla.LALead:        "You are the Local Authority Safeguarding Lead.",
	sla.SeniorOfficer: "You are the senior accountable officer.",
	sla.Executive:     "You are the nominated executive.",
	sla.Manager:       "You are a manager: managers hear of every missed deadline.",
}

func why(role sla.Role, org string) string { return strings.ReplaceAll(reasons[role], "ORG", org) }

// parts are the words for each part of the desk that can be down.
var parts = map[string]notify.Down{
	"redis": {What: "The queue (Redis) does not answer.", Means: "Nothing is lost. Letters and deadlines are still dealt with, up to 30 seconds later than usual.",
		Fix: "Ask the operator to start Redis and to run: dutydesk doctor"},
	"smtp": {What: "The mail server did not take a letter.", Means: "People may not have been told of a concern. Please ring the leads.",
		Fix: "Ask the operator to look at the mail server and to run: dutydesk doctor"},
	"late": {What: "The desk is behind with its work.", Means: "Concerns may be waiting to be opened, or deadlines to be answered.",
		Fix: "Ask the operator to run: dutydesk doctor"},
	"letters": {What: "Letters cannot be written, all of them or some.", Means: "People may not have been told of a concern. Please ring the leads, and look with: dutydesk case list",
		Fix: "Ask the operator to look at the disk and the configuration, and to run: dutydesk doctor"},
	"ledger": {What: "The database did not answer.", Means: "New concerns stay in the mailbox until it does. Nothing is lost.",
		Fix: "Ask the operator to look at the database and to run: dutydesk doctor"},
	"mailbox": {What: "Mail could not be fetched from the safeguarding mailbox, all of it or some.", Means: "New concerns wait in the mailbox. Please have somebody look into it by hand.",
		Fix: "Ask the operator to run: dutydesk doctor"},
}

// down describes a part of the desk that is down. A mailbox is named "mailbox"
// and its name in the configuration.
func down(part string, since time.Time) notify.Down {
	kind, _, _ := strings.Cut(part, " ")
	d, known := parts[kind]
	if !known {
		d = notify.Down{What: "A part of the desk is down: " + part + "."}
	}
	d.Since = since
	return d
}
