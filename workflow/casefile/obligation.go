package casefile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// Status is how an obligation stands.
type Status string

// The statuses of DOMAIN.md 6.5. That a limit was missed is no status: see Late.
const (
	Pending     Status = "PENDING"
	Fulfilled   Status = "DONE"         // Text is the reference
	NotRequired Status = "NOT_REQUIRED" // Text is the reason
	Blocked     Status = "BLOCKED"      // Text is on whom; it is owed all the same
)

// Obligation is one thing that is owed in a case beside its state.
type Obligation struct {
	Code     string // of DOMAIN.md 6.5
	Status   Status
	Limit    sla.Allowance // zero: no limit of its own
	From     time.Time     // when it came to be owed, UTC
	Severity sla.Severity  // by which its ladder is climbed
	Version  string        // of the policy whose hours count; "" if there was none
	Why      string        // what brought it: a flag, a referral, "every case"
	By       string        // who did it, or said that it is not required; "" while it is owed
	At       time.Time     // when, UTC
	Text     string        // reference, reason, or on whom it waits
}

// Open reports whether it is still owed.
func (o Obligation) Open() bool { return o.Status == Pending || o.Status == Blocked }

// Obligations are all of a case, in the order in which they came, one a line. It
// is a string so that two cases can be compared. Lines change their status and
// never go.
type Obligations string

// List are the obligations one by one.
func (s Obligations) List() (all []Obligation) {
	for line := range strings.Lines(string(s)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 10 {
			all = append(all, Obligation{Code: f[0], Status: Status(f[1]), Limit: limitIn(f[2]), From: instantIn(f[3]), Severity: sla.Severity(f[4]),
				Version: f[5], Why: f[6], By: f[7], At: instantIn(f[8]), Text: f[9]})
		}
	}
	return all
}

// obligations writes a list down.
func obligations(all []Obligation) Obligations {
	var b strings.Builder
	for _, o := range all {
		b.WriteString(strings.Join([]string{o.Code, string(o.Status), o.Limit.String(), millis(o.From), string(o.Severity), o.Version, inLine(o.Why), o.By,
			millis(o.At), inLine(o.Text)}, "\t") + "\n")
	}
	return Obligations(b.String())
}

// Open are those that are still owed.
func (s Obligations) Open() []Obligation {
	return slices.DeleteFunc(s.List(), func(o Obligation) bool { return !o.Open() })
}

// Owes reports whether code is still owed.
func (s Obligations) Owes(code string) bool {
	return slices.ContainsFunc(s.Open(), func(o Obligation) bool { return o.Code == code })
}

// settled reports whether code was owed, and is not any more.
func (s Obligations) settled(code string) bool {
	return !s.Owes(code) && slices.ContainsFunc(s.List(), func(o Obligation) bool { return o.Code == code })
}

// with adds an obligation. Where its code is owed already the earlier limit
// stands, and a limit comes to one that has none.
func (s Obligations) with(o Obligation) Obligations {
	all := s.List()
	i := slices.IndexFunc(all, func(x Obligation) bool { return x.Code == o.Code && x.Open() })
	switch {
	case i < 0:
		all = append(all, o)
	case all[i].Limit.IsZero() && !o.Limit.IsZero():
		o.Status, o.Text = all[i].Status, all[i].Text
		all[i] = o
	}
	return obligations(all)
}

// settle gives every open obligation of code a new status. One that was not owed
// is written down as done all the same.
func (s Obligations) settle(code string, status Status, by, text string, at time.Time) Obligations {
	all, was := s.List(), s.Owes(code)
	if !was && status == Fulfilled {
		all = append(all, Obligation{Code: code, Status: Pending, From: at.UTC(), Why: "done unasked"})
	}
	for i := range all {
		if all[i].Code == code && all[i].Open() {
			all[i].Status, all[i].Text = status, text
			if status == Fulfilled || status == NotRequired {
				all[i].By, all[i].At = by, at.UTC()
			}
		}
	}
	return obligations(all)
}

// inLine is a text without what ends a field or a line.
func inLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func instantIn(digits string) time.Time {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// limitIn reads what Allowance.String wrote; none is no limit.
func limitIn(text string) sla.Allowance {
	a, err := sla.ParseAllowance(text)
	if err != nil {
		return sla.Allowance{}
	}
	return a
}
