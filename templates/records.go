package templates

import (
	"embed"
	"fmt"
	html "html/template"
	text "text/template"
)

//go:embed record/*.tmpl
var records embed.FS

// Chronology is what happened on a case, in the order both layouts show it.
type Chronology struct {
	Ref   string
	Title string // neutral: it stands in a window's title bar
	Zone  string // what the times are: "Europe/London"
	Facts []Row
	Lines []Line
}

// Line is one line of a chronology.
type Line struct {
	Seq   int
	Stamp string // RFC 3339, for programs
	Day   string // "Thursday 26 November 2026"
	Time  string // "3:05pm"
	Who   string
	Role  string   // "" for the desk, and for whoever has none
	What  string   // a sentence of ours
	Said  []string // what somebody said or why, line by line
}

// Records are the parsed words and the two layouts of a chronology. They are
// safe for use by many goroutines.
type Records struct {
	words *text.Template
	text  *text.Template
	html  *html.Template
}

// ParseRecords reads the templates; a missing field is an error.
func ParseRecords() (*Records, error) {
	r := &Records{}
	words, err := text.New("words").Option("missingkey=error").ParseFS(records, "record/words.tmpl")
	if err == nil {
		r.words, err = words.ParseFS(files, "letter/phrases.tmpl") // roles and stages are called the same in letters
	}
	if err == nil {
		r.text, err = text.New("chronology.txt.tmpl").Option("missingkey=error").ParseFS(records, "record/chronology.txt.tmpl")
	}
	if err == nil {
		r.html, err = html.New("chronology.html.tmpl").Option("missingkey=error").ParseFS(records, "record/chronology.html.tmpl")
	}
	if err != nil {
		return nil, fmt.Errorf("chronology templates: %w", err)
	}
	return r, nil
}

// Phrase writes the words that stand for a code, such as "what ACK"; "" if
// nobody has written any.
func (r *Records) Phrase(name string, facts any) (string, error) {
	if r.words.Lookup(name) == nil {
		return "", nil
	}
	return sentence(r.words, name, facts)
}

// Text lays c out as plain text. Lines end in LF.
func (r *Records) Text(c Chronology) (string, error) { return layOut(r.text, c) }

// HTML lays c out as one page that fetches nothing; every value is escaped for
// its place.
func (r *Records) HTML(c Chronology) (string, error) { return layOut(r.html, c) }
