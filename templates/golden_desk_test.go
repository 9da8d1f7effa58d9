package templates_test

import (
	"time"

	"dutydesk/notify"
)

// addDesk adds the letters about the desk itself, which concern no case.
func addDesk(add func(string, notify.Kind, func(*notify.Facts)), at func(day, hour, minute int) time.Time) {
	desk := func(f *notify.Facts) {
		f.Ref, f.Token, f.Severity, f.State, f.Org, f.Exhibits = "", "", "", "", "", nil
		f.Received, f.Due, f.Role = time.Time{}, time.Time{}, ""
		f.Trouble = notify.Down{Part: "mailbox safeguarding", Since: at(26, 13, 40)}
	}
	add("trouble", notify.Trouble, desk)
	add("trouble-letters", notify.Trouble, func(f *notify.Facts) { desk(f); f.Trouble.Part = "letters" })
	add("missing", notify.Missing, func(f *notify.Facts) {
		desk(f)
		f.Tallies = []notify.Tally{{Mailbox: "safeguarding", Vanished: 3, Removed: 1}}
	})
	add("reconciled", notify.Reconciled, func(f *notify.Facts) {
		desk(f)
		f.Tallies = []notify.Tally{{Mailbox: "safeguarding", Asked: true, Server: 2, Kept: 40, Ledger: 42}}
	})
	add("reconciled-unseen", notify.Reconciled, func(f *notify.Facts) {
		desk(f)
		f.Tallies = []notify.Tally{{Mailbox: "safeguarding", Asked: true, Server: 900, Ledger: 400, NotLooked: 500}}
	})
	add("reconciled-gaps", notify.Reconciled, func(f *notify.Facts) {
		desk(f)
		f.Tallies = []notify.Tally{{Mailbox: "safeguarding", Asked: true, Server: 2, Kept: 40, Ledger: 41, Strange: 1, Waiting: 2, Vanished: 3, Removed: 4}, {Mailbox: "provider", Ledger: 7}}
	})
	add("trouble-unknown", notify.Trouble, func(f *notify.Facts) { desk(f); f.Trouble.Part = "parking meter" })
	add("recovered", notify.Recovered, desk)
	add("recovered-desk", notify.Recovered, func(f *notify.Facts) { desk(f); f.Trouble.Part = "desk" })
	add("policy-changed", notify.PolicyChanged, func(f *notify.Facts) {
		desk(f)
		f.Trouble.Part = "policy 0123456789ab"
		f.Reason = "12 deadlines of open cases are earlier from now on; 3 would be later by it, and stay as they were"
	})
	off := func(f *notify.Facts) { desk(f); f.Trouble.Part, f.Reason = "SG-7K3F9", "SG-7K3F9" }
	add("off-case", notify.OffCase, off)
	add("off-case-unsure", notify.OffCase, func(f *notify.Facts) { off(f); f.Deeds = []notify.Deed{{Word: "CONFLICT", Did: "unknown-person"}} })
	addRounds(add, desk, at)
}

// addRounds adds the letters that come by the clock.
func addRounds(add func(string, notify.Kind, func(*notify.Facts)), desk func(*notify.Facts), at func(day, hour, minute int) time.Time) {
	daily := func(f *notify.Facts) {
		desk(f)
		f.Trouble, f.Period, f.Now = notify.Down{Part: "daily"}, at(26, 8, 30), at(26, 8, 30)
		f.Daily = &notify.Daily{Why: "lead", Ring: "Robin Gray on 01632 960 001"}
	}
	add("daily-nothing", notify.DailyList, daily)
	add("daily", notify.DailyList, func(f *notify.Facts) {
		daily(f)
		f.Daily.Open, f.Daily.Today, f.Daily.Overdue, f.Daily.Breached, f.Daily.Undelivered, f.Daily.Held = 3, 1, 1, 2, 1, 1
		f.Daily.Owed = []notify.Owed{
			{Ref: "SG-7K3F9", State: "open", Due: at(25, 17, 0), Overdue: true, Missed: true},
			{Ref: "SG-00A1B", State: "acknowledged", Due: at(26, 17, 0), Today: true},
			{Ref: "SG-Z9Y8X", State: "close-proposed", Due: at(27, 9, 0), Missed: true, Severity: "S2", Org: "Northgate Training"},
		}
	})
	add("daily-late", notify.DailyList, func(f *notify.Facts) {
		daily(f)
		f.Now, f.Gone = at(27, 18, 30), notify.Gone{From: at(26, 6, 30), To: at(27, 18, 30)}
		f.Daily = &notify.Daily{Why: "manager", Ring: "the operator of the desk", Open: 1, Overdue: 1, Breached: 1, Undelivered: 2, Held: 2, Waiting: 1, Counts: true,
			Owed: []notify.Owed{{Ref: "SG-7K3F9", State: "open", Due: at(25, 17, 0), Overdue: true, Missed: true}}}
	})
	roster := func(f *notify.Facts) { daily(f); f.Daily, f.Roll, f.Trouble.Part = nil, &notify.Roll{}, "roster-check" }
	add("roster-check", notify.RosterCheck, func(f *notify.Facts) {
		roster(f)
		f.Roll = &notify.Roll{Uncovered: []string{"Northgate Training"}, Returned: []string{"Tom Reid"}, Warnings: []notify.RollWarning{
			{What: "vacant", At: at(26, 8, 30), Now: true, Org: "Northgate Training", Role: "deputy"},
			{What: "ends", At: at(30, 0, 0), Role: "la-lead", Person: "Helen Marsh"},
			{What: "away", At: at(26, 8, 30), Until: at(29, 0, 0), Now: true, OnlyMail: true, Org: "Northgate Training", Role: "lead", Person: "Amina Patel"},
			{What: "ambassadors", At: at(28, 0, 0), Org: "Family Learning"},
		}}
	})
	add("roster-check-fine", notify.RosterCheck, roster)
	review := func(f *notify.Facts) {
		daily(f)
		f.Daily, f.Trouble.Part, f.Due = nil, "review times", at(30, 0, 0)
	}
	add("policy-review", notify.PolicyReview, review)
	add("policy-review-overdue", notify.PolicyReview, func(f *notify.Facts) {
		review(f)
		f.Trouble.Part, f.Now, f.Due = "review policy", at(26, 9, 30), at(1, 0, 0)
	})
	add("breach-outage", notify.Breach, func(f *notify.Facts) {
		f.Now, f.Rung, f.Role, f.Gone = at(26, 19, 5), 2, "service-lead", notify.Gone{From: at(26, 14, 30), To: at(26, 19, 4)}
	})
}
