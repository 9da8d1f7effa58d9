package webform

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// answers are what was said, by field; one that was left empty is there too.
type answers map[string][]string

// one is the only answer to a field, "" if there is none.
func (a answers) one(key string) string {
	if len(a[key]) == 0 {
		return ""
	}
	return a[key][0]
}

// is reports whether the answer to a field is one of these.
func (a answers) is(key string, these ...string) bool { return slices.Contains(these, a.one(key)) }

// size is about how many bytes they hold.
func (a answers) size() (n int) {
	for k, vs := range a {
		n += len(k) + 64
		for _, v := range vs {
			n += len(v) + 16
		}
	}
	return n
}

// options are the choices of a field.
func (f *Form) options(x field) []string {
	if x.key != "org" {
		return x.options
	}
	var ids []string
	for _, o := range f.Orgs {
		ids = append(ids, o.ID)
	}
	return append(ids, unsure)
}

// read takes the answers to a page out of what a browser sent. What is no choice
// of the page is left out.
func (f *Form) read(p page, sent url.Values) answers {
	a := answers{}
	for _, x := range p.fields {
		a[x.key] = []string{}
		for _, v := range sent[x.key] {
			switch x.kind {
			case radio, checks:
				if slices.Contains(f.options(x), v) && !slices.Contains(a[x.key], v) && (x.kind == checks || len(a[x.key]) == 0) {
					a[x.key] = append(a[x.key], v)
				}
			default:
				if v = tidy(v); v != "" && len(a[x.key]) == 0 {
					a[x.key] = []string{v}
				}
			}
		}
	}
	return a
}

// tidy makes text of what was sent, without changing its words: line ends are
// "\n", and what cannot be shown is marked.
func tidy(v string) string {
	v = strings.ToValidUTF8(v, "\uFFFD")
	v = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD").Replace(v)
	return strings.TrimSpace(v)
}

// wrong says by field what is wrong with the answers to a page.
func (f *Form) wrong(p page, a answers) map[string]string {
	found := map[string]string{}
	for _, x := range p.fields {
		switch said := a.one(x.key); {
		case x.must && said == "" && (x.kind == radio || x.kind == checks):
			found[x.key] = f.pages.Maybe("error.choose")
		case x.must && said == "":
			found[x.key] = f.pages.Maybe("error.write")
		case most[x.kind] > 0 && utf8.RuneCountInString(said) > most[x.kind]:
			found[x.key], _ = f.pages.Fill("error.long", number(most[x.kind]))
		}
	}
	return found
}

// said is the answer to a field in words, "" if there is none.
func (f *Form) said(x field, a answers) string {
	var out []string
	for _, v := range a[x.key] {
		if x.kind == radio || x.kind == checks {
			v = f.choice(x, v)
		}
		out = append(out, v)
	}
	return strings.Join(out, "\n")
}

// choice is an option in words.
func (f *Form) choice(x field, option string) string {
	if x.key == "org" {
		if o, ok := f.org(option); ok {
			return o.Name
		}
	}
	for _, part := range []string{x.key + "." + option, "option." + option} {
		if text := f.pages.Maybe(part); text != "" {
			return text
		}
	}
	return option
}

// label is what a field asks. A page that asks one thing asks it in its title.
func (f *Form) label(p page, x field) string {
	if x.key == p.name {
		return f.pages.Maybe(p.name + ".title")
	}
	return f.pages.Maybe(x.key + ".label")
}
