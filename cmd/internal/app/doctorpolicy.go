package app

import (
	"context"
	"fmt"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/sla/policy"
)

// checkPolicy looks at the policy that new cases begin under: whether it runs,
// what of it should be looked at, how far ahead bank holidays are known, and
// whether somebody stands on every rung.
func checkPolicy(_ context.Context, cfg *config.Config) (out []Finding) {
	b, err := Book(cfg)
	if err != nil {
		return []Finding{unusable(cfg, err)}
	}
	f, err := parsePolicy("policy", []byte(b.Policy.String()))
	if err != nil {
		return []Finding{fail("the policy cannot be read again: "+err.Error(), "no case can be opened", "report this as a bug")}
	}
	now := time.Now()
	for _, p := range f.Doubts(b, now) {
		out = append(out, warn("policy: "+p.What, "deadlines may not be what you mean", p.Fix))
	}
	empty, unheld := f.Staffed(Active(cfg), policy.Seats(Rules(cfg).Roster.On(now).Holders))
	for _, p := range empty {
		out = append(out, warn("policy: "+p.What, "the nearest rung with somebody on it is told instead", p.Fix))
	}
	for _, p := range unheld {
		out = append(out, warn("policy: "+p.What, "whoever stands beside that role is told alone", p.Fix))
	}
	return append(out, ok("policy %s, bank holidays known to %s", b.Version, fmt.Sprint(b.Calendar.Horizon(now))))
}

// unusable says which of the two files is at fault for a policy that cannot be
// opened.
func unusable(cfg *config.Config, err error) Finding {
	const why = "no case can be opened"
	if cfg.SLA.Policy != "" {
		if _, wrong := ReadPolicy(cfg.SLA.Policy); wrong != nil {
			return fail("the policy cannot be used: "+wrong.Error(), why, "dutydesk policy check "+cfg.SLA.Policy)
		}
	}
	if cfg.SLA.Holidays != "" {
		return fail("the bank holidays cannot be used: "+err.Error(), why, "save https://www.gov.uk/bank-holidays.json as "+cfg.SLA.Holidays)
	}
	return fail("the policy cannot be used: "+err.Error(), why, "report this as a bug")
}
