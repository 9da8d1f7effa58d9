package notify

import (
	"testing"
	"time"
)

func TestWhenAsPeopleSayIt(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ at, zone, want string }{
		{"2026-11-26T17:00:00Z", "Europe/London", "5pm on Thursday 26 November"},
		{"2026-11-26T17:30:59Z", "Europe/London", "5:30pm on Thursday 26 November"},
		{"2026-11-26T12:00:00Z", "Europe/London", "midday on Thursday 26 November"},
		{"2026-11-26T12:01:00Z", "Europe/London", "12:01pm on Thursday 26 November"},
		{"2026-11-27T00:00:00Z", "Europe/London", "midnight at the start of Friday 27 November"},
		{"2026-11-27T00:05:00Z", "Europe/London", "12:05am on Friday 27 November"},
		{"2026-07-01T16:00:00Z", "Europe/London", "5pm on Wednesday 1 July"}, // summer time
		{"2027-01-04T10:00:00Z", "Europe/London", "10am on Monday 4 January 2027"},
		{"2026-10-25T00:30:00Z", "Europe/London", "1:30am BST on Sunday 25 October"}, // the clock shows it twice
		{"2026-10-25T01:30:00Z", "Europe/London", "1:30am GMT on Sunday 25 October"},
		{"2026-10-25T02:30:00Z", "Europe/London", "2:30am on Sunday 25 October"},
		{"2026-03-29T00:59:00Z", "Europe/London", "12:59am on Sunday 29 March"},
		{"2026-03-29T01:00:00Z", "Europe/London", "2am on Sunday 29 March"}, // one o'clock did not happen
		{"2026-11-26T17:00:00Z", "Asia/Kolkata", "10:30pm on Thursday 26 November"},
		{"2026-12-31T23:30:00Z", "Pacific/Auckland", "12:30pm on Friday 1 January 2027"},
		{"2026-04-04T14:45:00Z", "Australia/Lord_Howe", "1:45am +11 on Sunday 5 April"}, // half an hour goes back
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := when(at, now, zone); got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.at, tt.zone, got, tt.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "less than a minute", 29 * time.Second: "less than a minute", time.Minute: "1 minute", 59 * time.Minute: "59 minutes",
		time.Hour: "1 hour", 2*time.Hour + 5*time.Minute: "2 hours 5 minutes", 24 * time.Hour: "1 day",
		27*time.Hour + 10*time.Minute: "1 day 3 hours", 24*time.Hour + 10*time.Minute: "1 day", 72 * time.Hour: "3 days",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "0 bytes", 0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 300_000: "300 KB", 3_400_000: "3.4 MB", 2_000_000_000: "2 GB",
	} {
		if got := size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// RFC 6068, as Outlook on the web, Gmail and phones all read it.
func TestMailtoGolden(t *testing.T) {
	for _, tt := range []struct{ address, subject, body, want string }{
		{
			"desk+dd1.abc@council.example", "Safeguarding SG-7K3F9", "ACK\n",
			"mailto:desk%2Bdd1.abc@council.example?subject=Safeguarding%20SG-7K3F9&body=ACK%0D%0A",
		},
		{
			"o'brien&x=y?z@c.example", "100% a+b, c&d=é", "NOTE\n\nline two, with comma; and #",
			"mailto:o%27brien%26x%3Dy%3Fz@c.example?subject=100%25%20a%2Bb%2C%20c%26d%3D%C3%A9&body=NOTE%0D%0A%0D%0Aline%20two%2C%20with%20comma%3B%20and%20%23",
		},
	} {
		if got := mailto(tt.address, tt.subject, tt.body); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
	if got := mailto("desk@c.example", "s", string(make([]byte, 200))); got != "" {
		t.Errorf("a link of %d characters was made", len(got))
	}
}

// Each state offers what can be done in it, and a state nobody described still
// makes a letter.
func TestActionsFollowTheState(t *testing.T) {
	for state, want := range map[string]string{
		"open": "ACK NOTE ", "acknowledged": "NOTE CLOSE ", "close-proposed": "CLOSE NOTE ", "closed": "NOTE ", "on-leave": "NOTE ",
	} {
		f := Facts{Kind: Reminder, State: state, Ref: "SG-1", Token: "abcdefghijklmnop", ServiceAddress: "desk@c.example"}
		got := ""
		for _, a := range f.actions() {
			got += a.Word + " "
		}
		if got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
	mine := Facts{Kind: Transcript, State: "close-proposed", Ref: "SG-1", Token: "abcdefghijklmnop", ServiceAddress: "desk@c.example"}
	if a := mine.actions(); len(a) != 1 || a[0].Word != "NOTE" {
		t.Errorf("whoever asks to close is asked to agree: %v", a)
	}
}

func TestLate(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		late time.Duration
		due  time.Time
		want string
	}{
		{0, time.Time{}, ""}, {0, now.Add(time.Hour), ""}, {0, now, ""}, {0, now.Add(-time.Hour), "1 hour"}, {2 * time.Hour, now.Add(-time.Hour), "2 hours"},
	} {
		f := Facts{Now: now, Late: tt.late, Due: tt.due}
		if got := f.late(); got != tt.want {
			t.Errorf("late %v, due %v: %q, want %q", tt.late, tt.due, got, tt.want)
		}
	}
}
