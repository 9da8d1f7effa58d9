package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/notify"
)

// byClock are the facts of a letter about no case.
func byClock(kind notify.Kind) notify.Facts {
	f := facts(kind)
	f.Ref, f.Severity, f.State, f.Org, f.Received, f.Due, f.Period = "", "", "", "", time.Time{}, time.Time{}, f.Now
	f.Trouble = notify.Down{Part: string(kind)}
	return f
}

// Each letter by the clock is one conversation for ever, apart from the others
// and from every case, and none is answered by a command.
func TestRoundsThread(t *testing.T) {
	roots := map[string]bool{}
	for _, kind := range []notify.Kind{notify.DailyList, notify.RosterCheck, notify.PolicyReview} {
		f := byClock(kind)
		today := compose(t, f)
		f.LetterID, f.Now, f.Period, f.Daily = "other", f.Now.Add(24*time.Hour), f.Period.Add(24*time.Hour), &notify.Daily{}
		tomorrow := compose(t, f)
		if today.InReplyTo != tomorrow.InReplyTo || today.Subject != tomorrow.Subject || today.MessageID == tomorrow.MessageID {
			t.Errorf("%s: %s %q, then %s %q", kind, today.InReplyTo, today.Subject, tomorrow.InReplyTo, tomorrow.Subject)
		}
		if strings.Contains(today.Subject, "SG-") || strings.Contains(today.Text, notify.Marker) {
			t.Errorf("%s: %s\n%s", kind, today.Subject, today.Text)
		}
		roots[today.InReplyTo] = true
	}
	if len(roots) != 3 {
		t.Errorf("conversations %v", roots)
	}
}

// A daily list names five hundred concerns, and counts the others.
func TestDailyListIsBounded(t *testing.T) {
	f := byClock(notify.DailyList)
	f.Daily = &notify.Daily{Open: 620}
	for i := range 620 {
		f.Daily.Owed = append(f.Daily.Owed, notify.Owed{Ref: fmt.Sprintf("SG-%05d", i), State: "open", Due: f.Now.Add(time.Hour)})
	}
	l := compose(t, f)
	if n := strings.Count(l.Text, "SG-"); n != 500 || !strings.Contains(l.Text, "120 more are not named") || !strings.Contains(l.Text, "620 concerns are open") {
		t.Errorf("%d are named:\n%s", n, l.Text[:300])
	}
}

// What comes in time says nothing of being late; what is late says since when.
func TestF63LateSaysWhy(t *testing.T) {
	f := byClock(notify.DailyList)
	f.Now = f.Period.Add(4 * time.Minute)
	if l := compose(t, f); strings.Contains(l.Text, "late:") {
		t.Errorf("in time:\n%s", l.Text)
	}
	f.Now = f.Period.Add(6 * time.Minute)
	if l := compose(t, f); !strings.Contains(l.Text, "This comes late: it was owed at 2:05pm on Thursday 26 November") {
		t.Errorf("late:\n%s", l.Text)
	}
	f = facts(notify.Breach)
	f.Gone = notify.Gone{From: f.Now.Add(-36 * time.Hour), To: f.Now}
	if l := compose(t, f); !strings.Contains(l.Text, "late because the desk did not run from 2:05am on Wednesday 25 November to 2:05pm on Thursday 26 November.") {
		t.Errorf("after an outage:\n%s", l.Text)
	}
}
