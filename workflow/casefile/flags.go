package casefile

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// owing is an obligation that something brings, and how long people have.
type owing struct {
	code  string
	limit sla.Allowance // zero: no limit of its own
}

// The limits of DOMAIN.md 6.6. "At once" is at most the hour that table gives.
var (
	anHour  = sla.Elapsed(time.Hour)
	aDay    = sla.WorkingDays(1)
	noLimit = sla.Allowance{}
)

// flagTable is DOMAIN.md 6.4 with what 6.6 says of each flag. Whether a member of
// staff works with children or with adults is for people to say: both referrals
// are owed until one is said, with its reason, not to be required.
var flagTable = []struct {
	code   string
	brings []owing
}{
	{"DANGER", []owing{{"POLICE_999", anHour}, {"SAFETY_PLAN", anHour}}},
	{"SELFHARM", []owing{{"POLICE_999", anHour}, {"SAFETY_PLAN", anHour}}},
	{"U18", []owing{{"CHILD_REF", aDay}, {"PARENT_INFORM", noLimit}}},
	{"IIOC", []owing{{"POLICE_101", anHour}, {"CHILD_REF", aDay}, {"EVIDENCE_SECURE", anHour}}},
	{"INTIM", nil},
	{"AAR", []owing{{"ADULT_REF", aDay}}},
	{"STAFFSUBJ", []owing{{"LADO", aDay}, {"PIPOT", aDay}, {"HR", noLimit}}},
	{"STAFFVIC", []owing{{"HR", aDay}}},
	{"LLC", nil},
	{"PREV", []owing{{"PREVENT", aDay}}},
	{"HATE", nil},
	{"DA", nil},
	{"CRIME", []owing{{"POLICE_101", aDay}}},
	{"LIVE", []owing{{"PLATFORM_TAKEDOWN", sla.Elapsed(48 * time.Hour)}}},
	{"REPEAT", nil}, {"MULTI", nil}, {"COI", nil}, {"ANON", nil}, {"OOH", nil}, {"HIST", nil}, {"MEDIA", nil},
}

// always is what every case owes. That the lead of the local authority is told
// has a clock of the policy, and so have an update and a review.
var always = []string{"ACK", "TRIAGE", "LA_NOTIFY", "SUPPORT_AFFECTED", "REVIEW", "UPDATE_REPORTER", "LEARNING"}

// agencies are the obligations that are a referral to somebody outside.
var agencies = []string{"POLICE_999", "POLICE_101", "EDT", "CHILD_REF", "ADULT_REF", "LADO", "PIPOT", "DBS", "PREVENT"}

// agencyNames are what people call them.
var agencyNames = map[string]string{
	"police": "POLICE_101", "999": "POLICE_999", "101": "POLICE_101", "children": "CHILD_REF", "iart": "CHILD_REF",
	"adults": "ADULT_REF", "adult": "ADULT_REF", "child": "CHILD_REF", "channel": "PREVENT",
}

// obligationCodes are those of DOMAIN.md 6.5.
var obligationCodes = []string{
	"ACK", "TRIAGE", "LA_NOTIFY", "POLICE_999", "POLICE_101", "EDT", "CHILD_REF", "ADULT_REF", "LADO", "PIPOT", "DBS", "PREVENT", "HR", "DFE_24H",
	"PLATFORM_TAKEDOWN", "SUPPORT_AFFECTED", "SUPPORT_SUBJECT", "SAFETY_PLAN", "PARENT_INFORM", "EVIDENCE_SECURE", "REVIEW", "UPDATE_REPORTER", "LEARNING", "DPO_BREACH",
}

// addedLimits are the limits of what no flag brings, and a person adds. A
// personal data breach is reported within 72 hours (UK GDPR, article 33).
var addedLimits = map[string]sla.Allowance{
	"POLICE_999": anHour, "POLICE_101": aDay, "EDT": anHour, "CHILD_REF": aDay, "ADULT_REF": aDay, "LADO": aDay, "PIPOT": aDay, "DBS": aDay, "PREVENT": aDay,
	"HR": aDay, "DFE_24H": sla.Elapsed(24 * time.Hour), "PLATFORM_TAKEDOWN": sla.Elapsed(48 * time.Hour), "SAFETY_PLAN": aDay, "EVIDENCE_SECURE": anHour,
	"DPO_BREACH": sla.Elapsed(72 * time.Hour),
}

// emergencies are the flags of which each makes a case S1 (DOMAIN.md section 4).
var emergencies = []string{"DANGER", "SELFHARM", "IIOC"}

// confirmedAbove are the flags of a case that only the lead of the local
// authority may close (DOMAIN.md section 7).
var confirmedAbove = []string{"U18", "AAR", "STAFFSUBJ", "PREV"}

func flagCodes() (codes []string) {
	for _, f := range flagTable {
		codes = append(codes, f.code)
	}
	return codes
}

// brought is what a flag brings.
func brought(flag string) []owing {
	for _, f := range flagTable {
		if f.code == flag {
			return f.brings
		}
	}
	return nil
}

// any reports whether one of the flags is set.
func (f File) any(flags ...string) bool { return slices.ContainsFunc(flags, f.Flags.Has) }

// begin writes down what every case owes, once.
func (c Case) begin(f File, rules Rules, at time.Time) File {
	if f.begun() {
		return f
	}
	for _, code := range always {
		f = c.owe(f, owing{code: code}, "every case", rules, at)
	}
	if c.State != Submitted {
		f.Owed = f.Owed.settle("ACK", Fulfilled, c.By, "", c.Acknowledged)
	}
	if c.State != Submitted && rules.Roster.fills(c.By, c.Org, sla.LALead) || strings.Contains(string(c.Story), string(policy.Did)+" "+string(sla.LAAcknowledge)) {
		f.Owed = f.Owed.settle("LA_NOTIFY", Fulfilled, c.By, "took the case", c.Acknowledged)
	}
	return f
}

// owe writes one obligation down.
func (c Case) owe(f File, o owing, why string, rules Rules, at time.Time) File {
	x := Obligation{Code: o.code, Status: Pending, Limit: o.limit, From: at.UTC(), Severity: c.Severity, Why: why}
	if b := c.bookOf(rules); b != nil {
		x.Version = b.Version
	}
	f.Owed = f.Owed.with(x)
	return f
}

// flag sets a flag, with all that it brings.
func (c Case) flag(f File, flag string, rules Rules, at time.Time) File {
	f = c.begin(f, rules, at)
	f.Flags = f.Flags.With(flag)
	for _, o := range brought(flag) {
		if o.code == "CHILD_REF" && flag == "IIOC" && c.nobodyAtDesk(rules, at) {
			f = c.owe(f, owing{"EDT", anHour}, flag, rules, at) // "or the Emergency Duty Team now"
		}
		f = c.owe(f, o, flag, rules, at)
	}
	return f
}

// nobodyAtDesk reports whether the service is closed at the moment.
func (c Case) nobodyAtDesk(rules Rules, at time.Time) bool {
	b := c.bookOf(rules)
	return b != nil && !b.Calendar.IsOpen(at)
}
