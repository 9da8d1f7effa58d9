package templates_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/notify"
	"dutydesk/templates"
	"dutydesk/workflow/casefile"
)

var update = flag.Bool("update", false, "write the letters as they are now to testdata")

// Every letter we can send, as it is sent, minimal unless its name says full.
// Read the diff as the lead would.
func TestGoldenLetters(t *testing.T) {
	for name, f := range letters(t) {
		t.Run(name, func(t *testing.T) {
			l, err := notify.Compose(f)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", l.Text)
			golden(t, name+".html", l.HTML)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, _ := os.ReadFile(file); got != string(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", file, got, want)
	}
}

// A kind without a golden letter is a kind nobody has read.
func TestEveryKindHasAGolden(t *testing.T) {
	set, err := templates.ParseLetters()
	if err != nil {
		t.Fatal(err)
	}
	all := letters(t)
	for _, kind := range set.Kinds() {
		if _, ok := all[kind]; !ok {
			t.Errorf("no golden letter for %s", kind)
		}
	}
}

// letters are the facts of every golden letter, by the name of its file.
func letters(t *testing.T) map[string]notify.Facts {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, london) }
	base := usual(london, at)
	all := map[string]notify.Facts{}
	add := func(name string, kind notify.Kind, change func(*notify.Facts)) {
		f := base
		f.Kind = kind
		if change != nil {
			change(&f)
		}
		f.Can = could(f.State)
		all[name] = f
	}
	addOpening(add, at)
	addAnswers(add, at)
	addLists(add, at)
	addClocks(add, at)
	addDesk(add, at)
	return all
}

// addOpening adds the letters that call people to a concern.
func addOpening(add func(string, notify.Kind, func(*notify.Facts)), at func(day, hour, minute int) time.Time) {
	add("opened", notify.Opened, nil)
	add("opened-full", notify.Opened, func(f *notify.Facts) {
		f.Severity, f.Door, f.Due = "S1", "form", at(26, 15, 5)
		f.Words = "Somebody in my group keeps sending me messages.\n\nThey put my photo on https://social.example/x & said <b>worse</b> is coming.\nPlease do not phone me at home."
	})
	add("opened-late", notify.Opened, func(f *notify.Facts) { f.Due, f.Severity = at(25, 17, 0), "" })
	add("nudge", notify.Nudge, func(f *notify.Facts) { f.Now = at(26, 15, 35) })
	add("breach", notify.Breach, func(f *notify.Facts) {
		f.Now, f.Late, f.Rung = at(26, 19, 5), 2*time.Hour+5*time.Minute, 2
		f.Role = "service-lead"
	})
	add("breach-higher", notify.Breach, func(f *notify.Facts) {
		f.Now, f.Late, f.Rung, f.Severity = at(27, 9, 0), 16*time.Hour, 3, "S1"
		f.Role = "la-lead"
	})
	add("breach-answered", notify.Breach, func(f *notify.Facts) { f.Now, f.Rung, f.State, f.Due = at(26, 19, 5), 2, "acknowledged", time.Time{} })
	add("breach-manager", notify.Breach, func(f *notify.Facts) {
		f.Now, f.Rung, f.Role, f.Asked = at(26, 19, 5), 2, "manager", "a written reason is required"
	})
	night := func(f *notify.Facts) {
		f.Received, f.Now, f.Due, f.What, f.Role = at(27, 2, 0), at(27, 2, 1), at(27, 4, 0), "out-of-hours-screen", "on-call"
		f.Rule, f.Asked = "S2 out-of-hours-screen: 2 hours from receipt, policy 0123456789ab", "is this S1?"
	}
	add("opened-night", notify.Opened, night)
	add("hold-night", notify.Hold, func(f *notify.Facts) { night(f); f.Reason, f.Exhibits = "one mail, 1.2 MB", nil })
	add("stage-nudge-night", notify.StageNudge, func(f *notify.Facts) { night(f); f.Now = at(27, 3, 0) })
}

// addAnswers adds the letters about what people say.
func addAnswers(add func(string, notify.Kind, func(*notify.Facts)), at func(day, hour, minute int) time.Time) {
	taken := func(f *notify.Facts) { f.State, f.By, f.Due = "acknowledged", "Tom Reid", at(30, 17, 0) }
	add("acknowledged", notify.Acknowledged, taken)
	add("transcript", notify.Transcript, func(f *notify.Facts) {
		taken(f)
		f.Deeds = []notify.Deed{{Word: "ACK", Did: "taken"}, {Did: "noted"}}
		f.What, f.Due, f.Back = "triage", at(26, 17, 0), at(27, 9, 30)
		f.Rule = "S2 triage: 4 working hours from receipt, policy 0123456789ab"
	})
	add("transcript-nothing", notify.Transcript, func(f *notify.Facts) {
		taken(f)
		f.Deeds = []notify.Deed{{Word: "ACK", Did: "taken-before"}, {Word: "CLOSE", Did: "no-reason"}}
	})
	add("transcript-refused", notify.Transcript, func(f *notify.Facts) {
		f.Deeds = []notify.Deed{{Word: "CLOSE", Did: "refused", State: "open", Can: []string{"ACK", "NOTE"}}}
	})
	add("transcript-all", notify.Transcript, func(f *notify.Facts) {
		f.State = "closed"
		for _, did := range strings.Fields("noted taken taken-too taken-before kept-open proposed closed no-reason spent same-person needs-la-lead graded calm-proposed calm-same done not-done " +
			"referred not-grave held no-pause resumed unclear needs-reason barred readmit-proposed readmitted unknown-person readmit-same not-barred not-theirs not-waited not-pausable not-held") {
			f.Deeds = append(f.Deeds, notify.Deed{Word: "CLOSE", Did: did, Reasons: []string{"waiting for the person affected"}})
		}
	})
	add("transcript-old", notify.Transcript, func(f *notify.Facts) { // decided on before there were codes
		taken(f)
		f.Understood = []string{"ACK"}
		f.Changed = []string{"The case is acknowledged, by you."}
		f.Next = []string{"The case comes back to lead and deputy every day until it is closed."}
	})
	add("help", notify.Help, nil)
	add("status", notify.Status, func(f *notify.Facts) {
		taken(f)
		f.Clocks = []notify.Clock{{Stage: "triage", Due: at(26, 12, 5), Missed: true}, {Stage: "protective-action", Due: at(27, 17, 0)}}
		f.Lines = []string{"Thursday 26 November 2026, 9am. The reporter: The concern arrived, and the case was opened.",
			"Thursday 26 November 2026, 12:05pm. The desk's clock: The limit for the triage decision was missed. Those on this step of the ladder were told.",
			"Thursday 26 November 2026, 1pm. Tom Reid (deputy safeguarding lead): Acknowledged the case."}
	})
	add("status-full", notify.Status, func(f *notify.Facts) {
		f.State, f.Due = "closed", time.Time{}
		f.Deeds = []notify.Deed{{Did: "noted"}}
		f.Lines = []string{"Thursday 26 November 2026, 1pm. Tom Reid (deputy safeguarding lead): Noted. “I rang her; she is safe.”"}
	})
	add("help-nearest", notify.Help, func(f *notify.Facts) { f.Nearest = "ACK" })
	add("help-nearest-refused", notify.Help, func(f *notify.Facts) { f.Nearest = "CLOSE" })
	add("help-asked", notify.Help, func(f *notify.Facts) {
		taken(f)
		f.Deeds = []notify.Deed{{Word: "ACK", Did: "taken"}}
	})
	closing := func(f *notify.Facts) {
		taken(f)
		f.State, f.Reason = "close-proposed", "the learner is content; tutor will check in weekly"
	}
	add("close-proposed", notify.CloseProposed, closing)
	add("closed", notify.Closed, func(f *notify.Facts) { closing(f); f.State, f.Due = "closed", time.Time{} })
	add("reminder", notify.Reminder, func(f *notify.Facts) { f.Now = at(27, 8, 30) })
	add("reminder-acknowledged", notify.Reminder, func(f *notify.Facts) { taken(f); f.Now = at(27, 8, 30) })
	add("untrusted", notify.Untrusted, func(f *notify.Facts) {
		taken(f)
		f.Reason = "it did not come from the address we know."
	})
	add("undelivered", notify.Undelivered, func(f *notify.Facts) {
		f.By, f.Reason, f.Role = "Amina Patel", "the mailbox is full", "deputy"
	})
	add("hold", notify.Hold, func(f *notify.Facts) { f.Reason, f.Exhibits = "one mail, 1.2 MB", nil })
}

// addLists adds letters about many concerns, and those to reporters.
func addLists(add func(string, notify.Kind, func(*notify.Facts)), at func(day, hour, minute int) time.Time) {
	add("digest", notify.Digest, func(f *notify.Facts) {
		f.Ref, f.Severity, f.State, f.Org, f.Exhibits, f.Role, f.Received, f.Due = "", "", "", "", nil, "", time.Time{}, time.Time{}
		item := notify.Item{Kind: notify.Opened, Ref: "SG-7K3F9", Org: "Northgate Training", Severity: "S2", State: "open", Received: at(26, 14, 5), Due: at(26, 17, 0), Token: f.Token}
		f.Items = []notify.Item{item, item, item, item}
		f.Items[1].Ref, f.Items[1].Kind = "SG-00A1B", notify.Nudge
		f.Items[2].Ref, f.Items[2].Kind, f.Items[2].What = "SG-Z9Y8X", notify.Hold, "out-of-hours-screen"
		f.Items[3].Ref, f.Items[3].State = "SG-M4N5P", "acknowledged"
	})
	unnamed := func(f *notify.Facts) {
		f.Ref, f.Severity, f.State, f.Org, f.Exhibits, f.Role, f.Received, f.Due = "", "", "", "", nil, "", time.Time{}, time.Time{}
	}
	add("digest-taken", notify.Digest, func(f *notify.Facts) {
		unnamed(f)
		f.Items = []notify.Item{{Kind: notify.Acknowledged, Ref: "SG-7K3F9", Org: "Northgate Training", Severity: "S2", State: "acknowledged", Received: at(26, 14, 5), Token: f.Token, By: "Amina Patel"}}
	})
	add("list-answer-unnamed", notify.ListAnswer, unnamed)
	add("list-answer", notify.ListAnswer, func(f *notify.Facts) {
		unnamed(f)
		for _, did := range []string{"taken", "taken-too", "taken-before", "refused", "not-listed", "too-many"} {
			f.Deeds = append(f.Deeds, notify.Deed{Word: "ACK", Did: did, Refs: []string{"SG-7K3F9", "SG-00A1B"}})
		}
		f.Deeds = append(f.Deeds, notify.Deed{Did: "noted", Refs: []string{"SG-7K3F9"}}, notify.Deed{Word: "CLOSE", Did: "list-only"})
	})
	add("receipt", notify.Receipt, func(f *notify.Facts) { f.To = notify.Person{Address: "learner@college.example"} })
	add("receipt-inline", notify.Receipt, func(f *notify.Facts) { f.To, f.Inline = notify.Person{Address: "learner@college.example"}, true })
}

// could are the words that may be said in each state.
func could(state string) (words []string) {
	states := map[string]casefile.State{"open": casefile.Submitted, "acknowledged": casefile.Acknowledged, "close-proposed": casefile.CloseProposed, "closed": casefile.Closed}
	for _, v := range (casefile.Case{State: states[state]}).Legal() {
		words = append(words, string(v))
	}
	return words
}

// usual are the facts most letters share: a fresh concern, told to its lead.
func usual(london *time.Location, at func(day, hour, minute int) time.Time) notify.Facts {
	return notify.Facts{
		Service: "Skills and Employment safeguarding desk", ServiceAddress: "safeguarding@council.example",
		Zone: london, Now: at(26, 14, 6), Ref: "SG-7K3F9", Severity: "S2", State: "open",
		Received: at(26, 14, 5), Due: at(26, 17, 0), Org: "Northgate Training",
		To:    notify.Person{ID: "lead", Name: "Amina Patel", Address: "amina.patel@northgate.example"},
		Role:  "lead",
		Token: "k3v9x0q2m7c5t8w1b4n6z0d2f8", LetterID: "01JD8Z6Q4M", Host: "council.example",
		Exhibits: []notify.Exhibit{
			{Name: "screenshot 1.png", Type: "image/png", Size: 3_100_000, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
			{Name: "chat <b>log</b>.txt", Type: "text/plain", Size: 300_000, SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"},
		},
	}
}

// addClocks adds the letters that the clocks of a policy lead to.
func addClocks(add func(string, notify.Kind, func(*notify.Facts)), at func(day, hour, minute int) time.Time) {
	triage := func(f *notify.Facts) {
		f.State, f.What, f.Due, f.Role = "acknowledged", "triage", at(26, 17, 0), "assignee"
		f.Rule = "S2 triage: 4 working hours from receipt, policy 0123456789ab"
	}
	add("stage-nudge", notify.StageNudge, triage)
	late := func(f *notify.Facts) {
		triage(f)
		f.Now, f.Rung, f.Role, f.Asked = at(26, 19, 5), 3, "deputy", "a written reason is required"
	}
	add("stage-breach", notify.StageBreach, late)
	add("stage-breach-manager", notify.StageBreach, func(f *notify.Facts) { late(f); f.Role = "manager" })
	add("stage-nudge-closure", notify.StageNudge, func(f *notify.Facts) {
		triage(f)
		f.What, f.Due, f.Rule, f.Severity = "closure", at(30, 17, 0), "S3 closure: 20 working days from receipt, policy 0123456789ab", "S3"
	})
	add("returned", notify.Returned, func(f *notify.Facts) {
		f.Due, f.Rule = at(27, 9, 30), "S2 acknowledge: 1 working hour from an acknowledgement that led to nothing, policy 0123456789ab"
	})
	add("changed", notify.Changed, func(f *notify.Facts) {
		f.State, f.By, f.Due, f.Severity = "acknowledged", "Tom Reid", time.Time{}, "S1"
		f.Reason = "graded it S1; it was S2"
	})
	add("changed-calm", notify.Changed, func(f *notify.Facts) {
		f.State, f.By, f.Due, f.Severity = "acknowledged", "Tom Reid", time.Time{}, "S1"
		f.Reason, f.Ask = "proposes to grade it S3 instead of S1. It stays S1 until a second person answers GRADE S3 because (your reason)", "GRADE S3 because "
	})
	add("informed-emergency", notify.Informed, func(f *notify.Facts) {
		f.Severity, f.What, f.Role, f.Due = "S1", "la-told", "la-lead", at(26, 15, 5)
		f.Rule = "S1 la-acknowledged: 1 hour from receipt, policy 0123456789ab"
	})
	add("informed", notify.Informed, func(f *notify.Facts) {
		f.State, f.What, f.Due, f.Role = "acknowledged", "la-told", time.Time{}, "la-lead"
		f.Asked, f.Rule = "on triage or at this limit, whichever is first", "S2 la-told: 4 working hours from receipt, policy 0123456789ab"
	})
}
