package webform

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// view is all that a page may show.
type view struct {
	Style, Council, Phone string
	Lines                 []string
	Guides                []link
	Step                  int
	Back, Action, Next    string
	Token, Key            string
	Errors                []mistake
	Lapsed, Reload        bool
	Title, Hint           string
	One                   bool // the page asks one thing, in its heading
	Fields                []asked
	Texts, Who, Missing   []string
	Files                 []heldFile
	Rows                  []row
	Kept                  []hidden
	Button, Ref, By       string
}

type link struct{ Link, Text string }

type mistake struct{ Field, Text string }

type hidden struct{ Name, Value string }

// row is one answer on the page where they are checked.
type row struct{ Label, Text, Link string }

// heldFile is a file as people are told of it.
type heldFile struct{ ID, Name, Size, Short string }

// asked is a field with what was answered.
type asked struct {
	ID, Name, Type, Value string
	Label, Hint, Wrong    string
	Says                  string // ids of what describes it
	Head, Optional        bool
	Rows                  int
	Choices               []choice
}

type choice struct {
	ID, Value, Text string
	Chosen          bool
}

// view is what every page shows.
func (f *Form) view() view {
	v := view{Style: f.style, Council: f.Council, Phone: f.Phone, Lines: f.Lines}
	for n := 1; f.pages.Maybe(guideName(n)+".title") != ""; n++ {
		v.Guides = append(v.Guides, link{fmt.Sprint("/g/", n), f.pages.Maybe(guideName(n) + ".title")})
	}
	return v
}

// draftView is view on a page of a draft.
func (f *Form) draftView(d *draft, n int) view {
	v := f.view()
	v.Step, v.Token, v.Key, v.Action, v.Back = n, d.token, d.key, place(n), "/"
	if before := f.before(n, d.answers); before > 0 {
		v.Back = place(before)
	}
	v.Files, v.Missing = held(d.files), d.lost
	v.Lapsed, d.lapsed = d.lapsed, false
	return v
}

func place(n int) string { return "/r/" + strconv.Itoa(n) }

func guideName(n int) string { return "g" + strconv.Itoa(n) }

// number is n as people write it.
func number(n int) string {
	s := strconv.Itoa(n)
	if len(s) > 3 {
		s = s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return s
}

// size is a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

func held(files []file) (out []heldFile) {
	for _, x := range files {
		out = append(out, heldFile{x.id, x.name, size(x.draft.Size()), string(x.draft.Digest())[:12]})
	}
	return out
}

// answer writes a page.
func (f *Form) answer(w http.ResponseWriter, status int, name string, v view) {
	page, err := f.pages.HTML(name, v)
	if err != nil {
		f.Log.Error("a page of the report form cannot be written", "page", name, "err", err)
		status, page = http.StatusInternalServerError, []byte("<!doctype html><title>Report form</title><p>Something is wrong on our side. In danger? Call 999.")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(page)
}

// odd answers what no page of ours asks for.
func (f *Form) odd(w http.ResponseWriter, status int, why string) {
	v := f.view()
	v.Title, v.Texts = f.pages.Maybe("odd.title"), []string{f.pages.Maybe(why)}
	f.answer(w, status, "plain", v)
}

// ended tells somebody whose draft is not here any more.
func (f *Form) ended(w http.ResponseWriter) {
	v := f.view()
	v.Title, v.Texts = f.pages.Maybe("ended.title"), []string{f.pages.Maybe("ended.text")}
	f.answer(w, http.StatusGone, "plain", v)
}

// guide shows one of the pages around the form.
func (f *Form) guide(w http.ResponseWriter, r *http.Request) {
	name := "g" + r.PathValue("n")
	lines, err := f.pages.LinesOf(name+".text", f.Contact)
	if err != nil {
		f.odd(w, http.StatusNotFound, "odd.lost")
		return
	}
	v := f.view()
	v.Title, v.Texts = f.pages.Maybe(name+".title"), lines
	f.answer(w, http.StatusOK, "guide", v)
}

// fields are those of a page with what was answered and what is wrong with it.
func (f *Form) fields(p page, a answers, wrong map[string]string) (out []asked) {
	for _, x := range p.fields {
		id := strings.ReplaceAll(x.key, ".", "-")
		k := asked{ID: id, Name: x.key, Label: f.label(p, x), Hint: f.pages.Maybe(x.key + ".hint"), Wrong: wrong[x.key], Head: x.key == p.name,
			Optional: !x.must && len(p.fields) > 1, Type: map[kind]string{radio: "radio", checks: "checkbox", line: "text", area: "area", long: "area"}[x.kind]}
		if staff := f.pages.Maybe(x.key + ".hint-staff"); staff != "" && a.is("who", "staff") {
			k.Hint = staff
		}
		if x.kind == radio || x.kind == checks {
			k.Choices = f.choices(id, x, a)
		} else {
			k.Value = a.one(x.key)
		}
		k.Rows = map[kind]int{area: 3, long: 10}[x.kind]
		k.Says = described(k)
		out = append(out, k)
	}
	return out
}

// described are the ids of the hint and of what is wrong.
func described(k asked) string {
	var ids []string
	if k.Hint != "" {
		ids = append(ids, k.Name+"-hint")
	}
	if k.Wrong != "" {
		ids = append(ids, k.Name+"-wrong")
	}
	return strings.Join(ids, " ")
}

// choices are the options of a field; the first has the field's own id, to which
// the summary of errors leads.
func (f *Form) choices(id string, x field, a answers) (out []choice) {
	for i, o := range f.options(x) {
		c := choice{ID: id, Value: o, Text: f.choice(x, o)}
		if i > 0 {
			c.ID = fmt.Sprint(id, "-", i+1)
		}
		for _, v := range a[x.key] {
			c.Chosen = c.Chosen || v == o
		}
		out = append(out, c)
	}
	return out
}

// rows are the answers of every page that was shown, in words.
func (f *Form) rows(a answers) (out []row) {
	for i, p := range pages {
		if !f.shown(i+1, a) {
			continue
		}
		for _, x := range p.fields {
			out = append(out, row{f.label(p, x), f.said(x, a), place(i+1) + "?c=1"})
		}
	}
	return out
}
