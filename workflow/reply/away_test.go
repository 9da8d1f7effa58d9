package reply

import (
	"testing"
	"time"
)

// The end of an absence is the last day that an automatic answer names.
func TestBack(t *testing.T) {
	at := time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC) // a Thursday
	for text, want := range map[string]string{
		"I am out of the office until 30 November 2026.":              "2026-12-01",
		"I am away from Monday 23rd November to Friday 4th December.": "2026-12-05",
		"Back on the 1st of December":                                 "2026-12-02",
		"I will return on December 7, 2026":                           "2026-12-08",
		"I will be back Dec 7th.":                                     "2026-12-08",
		"Out until 2026-12-02":                                        "2026-12-03",
		"away till 02/12/2026":                                        "2026-12-03",
		"Ich bin bis 02.12.26 nicht da":                               "2026-12-03",
		"on leave until 4 January":                                    "2027-01-05",
		"back on Monday":                                              "2026-12-01",
		"I return next Tuesday":                                       "2026-12-02",
		"out of the office today, 26 November":                        "2026-11-27",
		"I was away on 20 November 2026":                              "",
		"I left the council on 1 March 2027":                          "",
		"until 31 November":                                           "",
		"99/99/9999 and 2026-13-45":                                   "",
		"I may be slow to answer. Ring 01234 567890":                  "",
		"Thank you for your message":                                  "",
		"":                                                            "",
	} {
		got, ok := Back(text, at)
		if s := got.Format("2006-01-02"); ok != (want != "") || ok && s != want {
			t.Errorf("%q: %s, %v, want %q", text, s, ok, want)
		}
	}
}

// Whatever a machine writes, an absence lies ahead, and within sixty days.
func FuzzBack(f *testing.F) {
	f.Add("until 30 November 2026")
	f.Add("back Dec 7th, 99/99/99, 2026-02-31")
	at := time.Date(2026, 2, 26, 14, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if end, ok := Back(text, at); ok && (!end.After(at) || end.Sub(at) > furthest) {
			t.Errorf("%q: %v", text, end)
		}
	})
}
