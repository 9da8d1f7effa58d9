package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/casefile"
)

// How far ahead the doctor looks at the roster: for roles that nobody will hold,
// and for people who leave.
const (
	rosterAhead = 90 * 24 * time.Hour
	leavesAhead = 30 * 24 * time.Hour
)

// checkTerms looks at who leaves, who is away and who stands in, from now on.
func checkTerms(_ context.Context, cfg *config.Config) (out []Finding) {
	now := time.Now()
	for _, w := range Rules(cfg).Roster.Warnings(now, rosterAhead) {
		if f, told := term(cfg, w, now); told {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		out = append(out, ok("every role is held for the next %d days", int(rosterAhead.Hours()/24)))
	}
	return out
}

// term is what the doctor says of a warning, if it says anything.
func term(cfg *config.Config, w casefile.Warning, now time.Time) (f Finding, told bool) {
	role, when := strings.TrimSpace(string(w.Role)+" "+w.Org), "from "+w.At.In(cfg.Zone()).Format("2 January 2006")
	switch {
	case w.What == casefile.Vacant && !w.At.After(now):
		return fail("nobody is there as "+role, "nobody hears in that role; the next rung is told instead", "name a cover for whoever is away, or a [[seat]]"), true
	case w.What == casefile.Vacant:
		return warn("nobody will be there as "+role+" "+when, "nobody will hear in that role", "name a cover for whoever is away, or a [[seat]]"), true
	case w.What == casefile.Ends && w.At.Before(now.Add(leavesAhead)):
		return warn(fmt.Sprintf("%s is not %s any more %s", w.Person, role, when), "letters go to whoever holds the role then", "see to a successor; change until, if the date is wrong"), true
	case w.What == casefile.Ambassadors:
		return warn(fmt.Sprintf("%s has fewer than two CEOP Ambassadors %s", w.Org, when), "the policy asks for two", "train somebody and name them in ambassadors, or write ceop = false"), true
	}
	return f, false
}
