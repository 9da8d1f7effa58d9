package templates

import (
	"regexp"
	"strings"
	"testing"
)

// A chronology fetches nothing and runs nothing.
func TestRecordsFetchNothing(t *testing.T) {
	banned := regexp.MustCompile(`(?i)https?:|<img|<script|<link|url\(|@import|src=|href=|//[a-z]`)
	names, err := records.ReadDir("record")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range names {
		b, err := records.ReadFile("record/" + f.Name())
		if hit := banned.Find(b); hit != nil || err != nil {
			t.Errorf("%s holds %q, %v", f.Name(), hit, err)
		}
	}
}

// Whatever a value holds, it is text on the page, and the title is neutral.
func TestRecordsEscapeEverything(t *testing.T) {
	r, err := ParseRecords()
	if err != nil {
		t.Fatal(err)
	}
	const evil = `"></title></style><svg onload=x>`
	page, err := r.HTML(Chronology{Ref: evil, Title: evil, Zone: evil, Facts: []Row{{evil, evil}}, Lines: []Line{{1, evil, evil, evil, evil, evil, evil, []string{evil}}}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page, "<svg") || strings.Count(page, "</style>") != 1 || strings.Count(page, "</title>") != 1 {
		t.Error(page)
	}
	if _, err := r.Phrase("what UNDELIVERED", map[string]string{}); err == nil {
		t.Error("words were written without a name that they need")
	}
}
