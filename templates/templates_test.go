package templates

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	text "text/template"
)

// Nothing in a letter is fetched, runs, or can be clicked by a scanner.
func TestNoRemoteContent(t *testing.T) {
	banned := regexp.MustCompile(`(?i)https?:|<img|<script|<link|url\(|@import|src=|background=|//[a-z]`)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		if hit := banned.Find(b); hit != nil {
			t.Errorf("%s holds %q", name, hit)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A fact that is not there is an error, in words and in both layouts.
func TestMissingFactIsAnError(t *testing.T) {
	l, err := ParseLetters()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range l.Kinds() {
		tmpl := l.words[kind]
		if tmpl.Lookup("first") == nil || tmpl.Lookup("rest") == nil {
			t.Errorf("%s lacks its first line or the rest", kind)
		}
	}
	if _, _, err := l.Words("opened", map[string]string{"Due": "5pm"}); err == nil {
		t.Error("a letter was written without its severity")
	}
	broken, err := text.New("x").Option("missingkey=error").Parse(`{{.Nobody}}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := layOut(broken, Page{}); err == nil {
		t.Error("a layout was written without a field")
	}
}

func TestUnknownKind(t *testing.T) {
	l, err := ParseLetters()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Words("gossip", nil); !errors.Is(err, ErrNoWords) {
		t.Errorf("err = %v, want %v", err, ErrNoWords)
	}
}

// Whatever a value holds, it is text in the HTML part.
func TestHTMLEscapesEverything(t *testing.T) {
	l, err := ParseLetters()
	if err != nil {
		t.Fatal(err)
	}
	const evil = `"><svg onload=x>{{.}}</style><!--`
	got, err := l.HTML(Page{
		Language: evil, Title: evil, Preview: evil, First: evil, Marker: evil, Stripe: evil, Rest: []string{evil},
		Rows: []Row{{evil, evil}}, Sections: []Section{{evil, []string{evil}}}, Heard: []string{evil}, Files: evil,
		Exhibits: []Exhibit{{evil, evil, evil, evil}}, Actions: []Action{{Label: evil, Word: evil, Link: "javascript:" + evil}}, Sender: evil,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<svg", "javascript:", "onload=x>"} {
		if strings.Contains(got, bad) {
			t.Errorf("the letter holds %q:\n%s", bad, got)
		}
	}
}
