package message

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// sheet is what the style elements of an HTML text veil.
type sheet struct {
	names map[string]veil // by ".class", "#id" or "tag"
	all   veil            // by rules that may be about anything
}

// maxRules is how many rules of style elements are read; a mail with more is
// trusted for nothing.
const maxRules = 5000

// readSheet reads the style elements of src, wherever they stand: one at the
// end is about what stands before it too.
func readSheet(src []byte) (s sheet) {
	z := html.NewTokenizer(bytes.NewReader(src))
	rules := 0
	for in := false; ; {
		switch z.Next() {
		case html.ErrorToken:
			return s
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			in = atom.Lookup(name) == atom.Style
		case html.EndTagToken:
			in = false
		case html.TextToken:
			if in {
				rules += s.read(strings.ToLower(cssComments.ReplaceAllString(string(z.Text()), " ")), maxRules-rules)
			}
		}
	}
}

var cssComments = regexp.MustCompile(`/\*[\s\S]*?\*/|<!--|-->`)

// read takes the rules of one style element, at most max. A rule inside @media
// counts as if it stood outside.
func (s *sheet) read(css string, max int) (n int) {
	for ; ; n++ {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			break
		}
		if n == max || strings.Contains(css[:open], "@import") {
			s.all = shifting
			break
		}
		selectors := strings.Trim(css[:open], " \t\r\n\f};")
		css = css[open+1:]
		if strings.HasPrefix(selectors, "@media") || strings.HasPrefix(selectors, "@supports") {
			continue
		}
		body, rest, _ := strings.Cut(css, "}")
		css = rest
		if v := styleVeil(body); v > plainSight && selectors != "@font-face" && !strings.HasPrefix(selectors, "@page") {
			s.veil(selectors, v)
		}
	}
	if strings.Contains(css, "@import") {
		s.all = shifting
	}
	return n
}

// simple is a selector whose last part is one tag with a class or id, or one of
// the three alone.
var simple = regexp.MustCompile(`^(?:[\w.#-]+[ >]+)*([\w-]*)([.#][\w-]+)?$`)

// veil notes what a rule is about: more may be veiled than it says, never less.
func (s *sheet) veil(selectors string, v veil) {
	for _, one := range strings.Split(selectors, ",") {
		m := simple.FindStringSubmatch(strings.TrimSpace(one))
		if m == nil || m[1]+m[2] == "" {
			s.all = max(s.all, v)
			continue
		}
		name := m[2]
		if name == "" {
			name = m[1]
		}
		if s.names == nil {
			s.names = map[string]veil{}
		}
		s.names[name] = max(s.names[name], v)
	}
}

// of judges one element.
func (s *sheet) of(tag string, class, id string) veil {
	v := max(s.all, s.names[tag])
	if s.names == nil {
		return v
	}
	if id != "" {
		v = max(v, s.names["#"+strings.ToLower(id)])
	}
	for _, c := range strings.Fields(strings.ToLower(class)) {
		v = max(v, s.names["."+c])
	}
	return v
}
