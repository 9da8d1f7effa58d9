// Package templates holds the words people read, embedded in the program.
//
// It knows sentences and their layout. It must never know where the facts come
// from, who may read them, or how a letter travels; it imports nothing of ours.
package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"io"
	"path"
	"slices"
	"strings"
	text "text/template"
)

//go:embed letter/*.tmpl
var files embed.FS

// ErrNoWords reports a kind of letter nobody has written words for.
var ErrNoWords = errors.New("no words for this kind of letter")

// Letters are the parsed words and the two layouts of every letter. They are
// safe for use by many goroutines.
type Letters struct {
	words   map[string]*text.Template
	phrases *text.Template
	text    *text.Template
	html    *html.Template
}

// ParseLetters reads every template; a missing field is an error, not an empty
// line in a letter about a person.
func ParseLetters() (*Letters, error) {
	l := &Letters{words: map[string]*text.Template{}}
	names, err := files.ReadDir("letter")
	if err != nil {
		return nil, fmt.Errorf("letter templates: %w", err)
	}
	for _, f := range names {
		kind, ok := strings.CutSuffix(f.Name(), ".words.tmpl")
		if !ok || kind == "common" {
			continue
		}
		l.words[kind], err = text.New(kind).Option("missingkey=error").ParseFS(files, "letter/common.words.tmpl", path.Join("letter", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("letter words: %w", err)
		}
	}
	return l, l.parseLayouts()
}

func (l *Letters) parseLayouts() (err error) {
	l.phrases, err = text.New("phrases").Option("missingkey=error").ParseFS(files, "letter/phrases.tmpl")
	if err != nil {
		return fmt.Errorf("letter phrases: %w", err)
	}
	l.text, err = text.New("letter.txt.tmpl").Option("missingkey=error").ParseFS(files, "letter/letter.txt.tmpl")
	if err != nil {
		return fmt.Errorf("letter layout: %w", err)
	}
	only := html.FuncMap{"outlook": outlook}
	l.html, err = html.New("letter.html.tmpl").Option("missingkey=error").Funcs(only).ParseFS(files, "letter/letter.html.tmpl")
	if err != nil {
		return fmt.Errorf("letter layout: %w", err)
	}
	return nil
}

// outlook returns markup that only Outlook for Windows reads: html/template
// drops comments, and Word's renderer knows no max-width.
func outlook(part string) (html.HTML, error) {
	switch part {
	case "open":
		return `<!--[if mso]><table role="presentation" width="580" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`, nil
	case "close":
		return `<!--[if mso]></td></tr></table><![endif]-->`, nil
	}
	return "", fmt.Errorf("outlook %q: unknown part", part)
}

// Kinds returns every kind of letter there are words for, sorted.
func (l *Letters) Kinds() []string {
	var kinds []string
	for k := range l.words {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Words writes what this kind of letter says about facts: its first line, and
// the paragraphs after it.
func (l *Letters) Words(kind string, facts any) (first string, rest []string, err error) {
	t, ok := l.words[kind]
	if !ok {
		return "", nil, fmt.Errorf("letter %q: %w", kind, ErrNoWords)
	}
	first, err = sentence(t, "first", facts)
	if err != nil {
		return "", nil, err
	}
	all, err := sentence(t, "rest", facts)
	for p := range strings.SplitSeq(all, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			rest = append(rest, p)
		}
	}
	return first, rest, err
}

// Phrase writes one of the shorter things that letters say, such as
// "role lead"; "" if nobody has written words for it.
func (l *Letters) Phrase(name string, facts any) (string, error) {
	if l.phrases.Lookup(name) == nil {
		return "", nil
	}
	return sentence(l.phrases, name, facts)
}

func sentence(t *text.Template, part string, facts any) (string, error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, part, facts); err != nil {
		return "", fmt.Errorf("letter words: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// Text lays p out for people who read plain text. Lines end in LF.
func (l *Letters) Text(p Page) (string, error) { return layOut(l.text, p) }

// HTML lays p out for everybody else; every value is escaped for its place.
func (l *Letters) HTML(p Page) (string, error) { return layOut(l.html, p) }

func layOut(t interface{ Execute(io.Writer, any) error }, page any) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return "", fmt.Errorf("layout: %w", err)
	}
	return b.String(), nil
}
