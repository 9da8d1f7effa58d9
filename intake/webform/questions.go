package webform

import "slices"

type kind int

const (
	radio  kind = iota // one of the options
	checks             // any of the options
	line               // a line of text
	area               // more text
	long               // the report itself
)

// most is how many characters a text may have.
var most = map[kind]int{line: 500, area: 5000, long: 20000}

// field is one thing that is asked. Its key is also where the catalogue has its
// words: KEY.label, KEY.hint and KEY.OPTION; a page that asks one thing has
// them in its title and hint.
type field struct {
	key     string
	kind    kind
	options []string
	must    bool
}

// page is one page of the form. One without fields tells something.
type page struct {
	name   string
	fields []field
	when   func(f *Form, a answers) bool // nil for always
}

const (
	yes    = "yes"
	no     = "no"
	unsure = "unsure"
	unsaid = "unsaid"
)

var (
	maybe   = []string{yes, no, unsure}
	private = []string{yes, no, unsure, unsaid}
	ages    = []string{"u18", "adult", unsure, unsaid}
)

func one(name string, k kind, must bool, options ...string) []field {
	return []field{{name, k, options, must}}
}

// pages are all of the form, in order; their place is their number in the path,
// which says nothing (T9). What a page asks is DOMAIN.md section 9.
var pages = []page{
	{name: "danger", fields: one("danger", radio, true, maybe...)},
	{name: "warn", when: func(_ *Form, a answers) bool { return a.is("danger", yes, unsure) }},
	{name: "who", fields: one("who", radio, true, "self", "other", "staff")},
	{name: "what", fields: one("what", long, true)},
	{name: "forms", when: notSelf, fields: one("forms", checks, false, "threats", "stalking", "sexual", "lies", "excluded", "faked", "private", "trolling", "other", unsure)},
	{name: "when", fields: []field{{key: "when.first", kind: line}, {key: "when.often", options: []string{"once", "few", "many", unsure}}, {key: "when.where", kind: area}, {key: "when.online", options: maybe}}},
	{name: "extra", when: notSelf, fields: one("extra", checks, false, "hate", "home", "extreme", "sexual", "none", unsure)},
	{name: "person", when: notSelf, fields: []field{{key: "person.name", kind: line}, {key: "person.age", options: ages, must: true}, {key: "person.needs", options: private}, {key: "person.place", kind: line}}},
	{name: "self", when: self, fields: []field{{key: "self.age", options: ages, must: true}, {key: "self.needs", options: private}}},
	{name: "org", fields: one("org", radio, true)},
	{name: "by", fields: []field{{key: "by.known", options: private}, {key: "by.name", kind: area}, {key: "by.how", kind: line}, {key: "by.works", options: maybe}, {key: "by.others", options: maybe}}},
	{name: "about", fields: []field{{key: "about.handles", options: []string{no, "organisation", "service", "both", unsure}, must: true}, {key: "about.unseen", kind: line}}},
	{name: "safe", fields: []field{{key: "safe.place", options: private}, {key: "safe.harm", options: private}, {key: "safe.contact", options: maybe}}},
	{name: "wish", when: notSelf, fields: []field{{key: "wish.want", kind: area}, {key: "wish.knows", options: maybe}, {key: "wish.agrees", options: maybe}, {key: "wish.why", kind: area}}},
	{name: "done", when: notSelf, fields: []field{{key: "done.told", kind: line}, {key: "done.police", kind: line}, {key: "done.site", kind: line}, {key: "done.acts", kind: area}}},
	{name: "staff", when: staff, fields: []field{{key: "staff.when", kind: line}, {key: "staff.place", kind: line}, {key: "staff.present", kind: line}, {key: "staff.think", kind: area}, {key: "staff.name", kind: line}}},
	{name: "name", fields: one("name", radio, true, yes, no)},
	{name: "reach", when: named, fields: []field{{key: "reach.name", kind: line}, {key: "reach.how", kind: line}, {key: "reach.safe", kind: area}, {key: "reach.ways", kind: checks, options: []string{"call", "text", "voicemail", "email"}}, {key: "reach.needs", kind: line}}},
	{name: "proof", fields: one("proof", area, false)},
	{name: "image", when: (*Form).uploads, fields: one("image", radio, true, maybe...)},
	{name: "noimage", when: func(f *Form, a answers) bool { return f.uploads(a) && a.is("image", yes, unsure) }},
	{name: "upload", when: takesFiles},
	{name: "check"},
	{name: "sent"},
}

func self(_ *Form, a answers) bool    { return a.is("who", "self") }
func notSelf(_ *Form, a answers) bool { return a.is("who", "other", "staff") }
func staff(_ *Form, a answers) bool   { return a.is("who", "staff") }
func named(_ *Form, a answers) bool   { return a.is("name", yes) }

// takesFiles is the gate: whoever does not say that no picture of a child is
// among them adds none.
func takesFiles(f *Form, a answers) bool { return f.uploads(a) && a.is("image", no) }

// numberOf is the place of a page in its path, from 1.
func numberOf(name string) int {
	return slices.IndexFunc(pages, func(p page) bool { return p.name == name }) + 1
}

func (f *Form) shown(n int, a answers) bool {
	return pages[n-1].when == nil || pages[n-1].when(f, a)
}

// after is the next page that these answers lead to.
func (f *Form) after(n int, a answers) int {
	for n++; n < len(pages) && !f.shown(n, a); n++ {
	}
	return min(n, len(pages))
}

// before is the page that led to n, 0 for the beginning.
func (f *Form) before(n int, a answers) int {
	for n--; n > 0 && !f.shown(n, a); n-- {
	}
	return n
}

// missing is the first page that still has to be answered, or the one on which
// answers are checked.
func (f *Form) missing(a answers) int {
	for i, p := range pages {
		for _, x := range p.fields {
			_, seen := a[x.key]
			if f.shown(i+1, a) && (!seen || x.must && a.one(x.key) == "") {
				return i + 1
			}
		}
	}
	return numberOf("check")
}
