package templates

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

// oldest is the reading age, in years, that the words on our pages may ask for
// (UX.md section 1); school begins at five.
const oldest = 11

// Each page of the catalogue that has a text, and all words together, can be
// read at eleven (Flesch–Kincaid grade, J. P. Kincaid et al. 1975).
func TestReadingAge(t *testing.T) {
	p, err := ParsePages()
	if err != nil {
		t.Fatal(err)
	}
	byPage := map[string]string{}
	for part, text := range p.Words() {
		page, _, _ := strings.Cut(part, ".")
		byPage[page] += "\n" + text
		byPage["all"] += "\n" + text
	}
	for page, text := range byPage {
		age, words := readingAge(text)
		if words < 60 {
			continue
		}
		t.Logf("%-8s %4d words, %4.1f years", page, words, age)
		if age > oldest {
			t.Errorf("%s needs a reader of %.1f years", page, age)
		}
	}
}

// The measure tells a child's book from a statute.
func TestReadingAgeTells(t *testing.T) {
	easy, _ := readingAge("The cat sat on the mat. It was a big red mat. The dog ran to the cat.")
	hard, _ := readingAge("Notwithstanding the preceding provisions, the relevant authority shall communicate particulars of any determination to the individual concerned.")
	if easy > 7 || hard < 18 {
		t.Errorf("easy %.1f, hard %.1f", easy, hard)
	}
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?:]+(\s|$)|\n+`)
	wordOf      = regexp.MustCompile(`[A-Za-z]+('[a-z]+)?`)
	vowels      = regexp.MustCompile(`[aeiouy]+`)
	silentEnd   = regexp.MustCompile(`([^aeiouyl]e|[^aeioudt]ed|[^aeiouyscxzg]es)$`)
)

// readingAge is the Flesch–Kincaid grade and five years.
func readingAge(text string) (years float64, words int) {
	sentences, syllables := 0, 0
	for _, s := range sentenceEnd.Split(text, -1) {
		found := wordOf.FindAllString(s, -1)
		if len(found) > 0 {
			sentences++
		}
		words += len(found)
		for _, w := range found {
			w = strings.ToLower(w)
			syllables += max(1, len(vowels.FindAllString(silentEnd.ReplaceAllString(w, "x"), -1)))
		}
	}
	if words == 0 {
		return 0, 0
	}
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59 + 5, words
}

// A part that nobody has written words for is an error, in a page as well.
func TestMissingWords(t *testing.T) {
	p, err := ParsePages()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Say("gossip.title"); !errors.Is(err, ErrNoPhrase) {
		t.Errorf("err = %v, want %v", err, ErrNoPhrase)
	}
	if _, err := p.HTML("begin", struct{}{}); err == nil {
		t.Error("a page was written without its values")
	}
}

// Nothing of the pages comes from another site, and the stylesheet is ours.
func TestPagesFetchNothing(t *testing.T) {
	banned := regexp.MustCompile(`(?i)https?:|<img|<script|url\(|@import|@font-face|GDS Transport|govuk`)
	for _, name := range []string{"page/form.css", "page/layout.html.tmpl", "page/en.toml"} {
		b, err := pageFiles.ReadFile(name)
		if hit := banned.Find(b); hit != nil || err != nil {
			t.Errorf("%s holds %q, %v", name, hit, err)
		}
	}
}
