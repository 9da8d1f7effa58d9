package webform_test

import (
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// What the statement on access says the tests check, on every page of the
// longest way through the form, with and without mistakes (WCAG 2.2: 1.3.1,
// 2.4.1, 2.4.2, 3.1.1, 3.3.1, 3.3.2, 4.1.2).
func TestAccess(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	look := func() {
		t.Helper()
		for _, what := range faults(b.page) {
			t.Errorf("%s %q: %s", b.at, b.title(), what)
		}
	}
	b.get("/")
	look()
	b.post("/begin", nil)
	s := learner().with(story{"danger": "yes", "who": "staff", "org": "northgate", "image": "no", "name": "yes", "person.age": "unsaid"})
	for turned := true; turned; turned = b.turn(s) {
		look()
		if wrong := actionOf.FindStringSubmatch(b.page); wrong != nil && b.title() != "Check your answers" && b.title() != "Add a file" {
			was := *b
			if b.post(wrong[1], nil); b.status == 422 {
				look()
				if !strings.Contains(b.page, "<title>Error: ") || !strings.Contains(b.page, "There is a problem") {
					t.Errorf("%s does not say that there is a problem", b.at)
				}
			}
			*b = was
		}
	}
	for _, at := range []string{"/r/22", "/r/23", "/g/1", "/g/2", "/g/3", "/g/4", "/g/5", "/gone"} {
		b.get(at)
		look()
	}
	b.get("/r/22").upload("", nil)
	look()
	w.breaks(errBroken)
	b.get("/r/23").send()
	look()
	w.breaks(nil)
	b.send()
	look()
	b.get("/leave").get("/r/3")
	look()
}

// faults lists what is wrong with a page for somebody who cannot see it.
func faults(page string) (found []string) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	ids, labels, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	for n := range doc.Descendants() {
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				found = append(found, "two elements are "+id)
			}
			ids[id] = true
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case slices.Contains([]string{"input", "textarea", "select"}, n.Data) && attr(n, "type") != "hidden" && attr(n, "name") != "website" && !labels[attr(n, "id")]:
			found = append(found, "a field has no label: "+attr(n, "name"))
		case (n.Data == "button" || n.Data == "a" || n.Data == "label" || n.Data == "legend" || n.Data == "h1" || n.Data == "title") && strings.TrimSpace(content(n)) == "":
			found = append(found, "an empty "+n.Data)
		case n.Data == "fieldset" && (n.FirstChild == nil || n.FirstChild.Data != "legend"):
			found = append(found, "a group has no legend")
		case n.Data == "a" && strings.HasPrefix(attr(n, "href"), "#") && !ids[attr(n, "href")[1:]]:
			found = append(found, "a link leads to nothing: "+attr(n, "href"))
		}
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			if !ids[id] {
				found = append(found, "described by nothing: "+id)
			}
		}
	}
	for what, n := range map[string]int{"h1": 1, "main": 1, "title": 1} {
		if count[what] != n {
			found = append(found, strconv.Itoa(count[what])+" of "+what)
		}
	}
	if !strings.Contains(page, `<html lang="en" dir="ltr">`) {
		found = append(found, "no language")
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// Every text stands out from what is behind it (WCAG 2.2: 1.4.3).
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("../../templates/page/form.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z]+):(#[0-9a-f]+)`).FindAllStringSubmatch(string(css), -1) {
		colour[m[1]] = m[2]
	}
	hint := regexp.MustCompile(`\.hint\{color:(#[0-9a-f]+)`).FindStringSubmatch(string(css))
	if len(colour) < 9 || hint == nil {
		t.Fatal("the stylesheet has other colours than this test knows")
	}
	for _, pair := range [][2]string{{colour["ink"], colour["paper"]}, {colour["ink"], colour["soft"]}, {colour["link"], colour["paper"]}, {colour["link"], colour["soft"]}, {"#fff", colour["go"]},
		{"#fff", colour["bad"]}, {colour["bad"], colour["paper"]}, {"#fff", colour["top"]}, {colour["ink"], colour["focus"]}, {hint[1], colour["paper"]}} {
		if c := contrast(t, pair[0], pair[1]); c < 4.5 {
			t.Errorf("%s on %s: %.1f", pair[0], pair[1], c)
		}
	}
}

// contrast is the ratio that WCAG 2.2 defines.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) (l float64) {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = hex[:1] + hex[:1] + hex[1:2] + hex[1:2] + hex[2:] + hex[2:]
	}
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}
