package app

import (
	"context"
	"fmt"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/casefile/law"
	"dutydesk/workflow/sla"
)

// checkLaw looks at whether somebody should review the list of laws.
func checkLaw(_ context.Context, cfg *config.Config) []Finding {
	l, err := law.Published()
	if err != nil {
		return []Finding{fail("the list of laws cannot be read", "leads get no hints", "report this as a bug")}
	}
	return lawFindings(l, sla.DayOf(time.Now().In(cfg.Zone())))
}

func lawFindings(l *law.List, today sla.Day) []Finding {
	if l.Overdue(today) {
		return []Finding{warn(fmt.Sprintf("the list of laws of %s was to be reviewed by %s", l.Version, l.NextReview),
			"leads may be told of a law that is not in force, or not of one that is", "have legal services look at it (dutydesk law list), and ask for a newer program")}
	}
	return []Finding{ok("list of laws of %s, to be reviewed by %s", l.Version, l.NextReview)}
}
