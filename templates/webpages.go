package templates

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	html "html/template"
	"maps"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

//go:embed page
var pageFiles embed.FS

// ErrNoPhrase reports a part of a page for which the catalogue has no words.
var ErrNoPhrase = errors.New("no words for this part of a page")

// Pages are the words and the layout of the report form and the pages around
// it, in one language. They are safe for use by many goroutines.
type Pages struct {
	words  map[string]string // by "page.part"
	layout *html.Template
	style  []byte
}

// ParsePages reads the catalogue and the layout.
func ParsePages() (*Pages, error) {
	p := &Pages{words: map[string]string{}}
	catalogue, err := pageFiles.ReadFile("page/en.toml")
	if err != nil {
		return nil, fmt.Errorf("page words: %w", err)
	}
	var tables map[string]any
	if err := toml.Unmarshal(catalogue, &tables); err != nil {
		return nil, fmt.Errorf("page words: %w", err)
	}
	p.flatten("", tables)
	if p.style, err = pageFiles.ReadFile("page/form.css"); err != nil {
		return nil, fmt.Errorf("page style: %w", err)
	}
	calls := html.FuncMap{"say": p.Say, "lines": p.Lines, "fill": p.Fill, "linesOf": p.LinesOf}
	p.layout, err = html.New("pages").Option("missingkey=error").Funcs(calls).ParseFS(pageFiles, "page/*.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("page layout: %w", err)
	}
	return p, nil
}

func (p *Pages) flatten(prefix string, table map[string]any) {
	for key, v := range table {
		switch v := v.(type) {
		case string:
			p.words[prefix+key] = strings.TrimSpace(v)
		case map[string]any:
			p.flatten(prefix+key+".", v)
		}
	}
}

// Say returns the words of a part, or ErrNoPhrase.
func (p *Pages) Say(part string) (string, error) {
	if text, ok := p.words[part]; ok {
		return text, nil
	}
	return "", fmt.Errorf("%q: %w", part, ErrNoPhrase)
}

// Maybe returns the words of a part, "" if it has none.
func (p *Pages) Maybe(part string) string { return p.words[part] }

// Fill is Say with value in the place that the words leave for it.
func (p *Pages) Fill(part, value string) (string, error) {
	text, err := p.Say(part)
	return strings.ReplaceAll(text, "{}", value), err
}

// Lines is Say, line by line.
func (p *Pages) Lines(part string) ([]string, error) {
	text, err := p.Say(part)
	return strings.Split(text, "\n"), err
}

// LinesOf is Fill, line by line.
func (p *Pages) LinesOf(part, value string) ([]string, error) {
	text, err := p.Fill(part, value)
	return strings.Split(text, "\n"), err
}

// Words are all words by part.
func (p *Pages) Words() map[string]string { return maps.Clone(p.words) }

// Style is the stylesheet, and a name for it that changes with it.
func (p *Pages) Style() (name string, css []byte) {
	sum := sha256.Sum256(p.style)
	return hex.EncodeToString(sum[:6]) + ".css", p.style
}

// HTML lays view out as the page called name; every value is escaped for its
// place, and a missing one is an error.
func (p *Pages) HTML(name string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.layout.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return b.Bytes(), nil
}
