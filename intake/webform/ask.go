package webform

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

const mostBody = 1 << 20 // bytes of a form that was sent, files aside

// begin shows what is to be known before any question.
func (f *Form) begin(w http.ResponseWriter, _ *http.Request) {
	f.answer(w, http.StatusOK, "begin", f.view())
}

// start begins a draft.
func (f *Form) start(w http.ResponseWriter, r *http.Request) {
	sent, ok := f.sent(w, r)
	if !ok {
		return
	}
	if old := f.drafts.get(r); old != nil {
		f.drafts.end(old)
	}
	d := f.drafts.add()
	d.bot = sent.Get("website") != ""
	f.remember(w, d)
	f.lead(w, r, 1)
}

func (f *Form) lead(w http.ResponseWriter, r *http.Request, n int) {
	http.Redirect(w, r, place(n), http.StatusSeeOther)
}

// sent is what a form holds. One that cannot be read, or is too long, is
// answered here.
func (f *Form) sent(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	if err := r.ParseForm(); err != nil {
		f.odd(w, http.StatusBadRequest, "odd.text")
		return nil, false
	}
	return r.PostForm, true
}

// step is a page of the form.
func (f *Form) step(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(pages) {
		f.odd(w, http.StatusNotFound, "odd.lost")
		return
	}
	p, get := pages[n-1], r.Method != http.MethodPost
	switch {
	case p.name == "check" && !get:
		f.send(w, r)
	case p.name == "upload" && !get:
		f.upload(w, r)
	case len(p.fields) > 0 && !get:
		f.take(w, r, n)
	case get:
		f.show(w, r, n)
	default:
		f.odd(w, http.StatusMethodNotAllowed, "odd.text")
	}
}

// show shows a page of a draft. One that these answers do not lead to leads to
// the one that is to be answered.
func (f *Form) show(w http.ResponseWriter, r *http.Request, n int) {
	d := f.drafts.get(r)
	if d == nil {
		f.ended(w)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	last := numberOf("sent")
	switch {
	case d.gone:
		f.ended(w)
	case d.receipt != nil && n != last:
		f.lead(w, r, last)
	case d.receipt != nil:
		f.showSent(w, r, d)
	case !f.shown(n, d.answers) || n > f.missing(d.answers):
		f.lead(w, r, f.missing(d.answers))
	default:
		f.showDraft(w, r, d, n)
	}
}

func (f *Form) showDraft(w http.ResponseWriter, r *http.Request, d *draft, n int) {
	p, v := pages[n-1], f.draftView(d, n)
	switch p.name {
	case "check":
		f.answer(w, http.StatusOK, "check", f.checkView(d, v))
	case "warn", "noimage":
		v.Action = place(f.after(n, d.answers))
		f.answer(w, http.StatusOK, p.name, v)
	case "upload":
		v.Next = place(f.after(n, d.answers))
		f.answer(w, http.StatusOK, "upload", v)
	default:
		f.question(w, http.StatusOK, d.answers, nil, v, r)
	}
}

// question shows a page that asks, with answers and what is wrong with them.
func (f *Form) question(w http.ResponseWriter, status int, a answers, wrong map[string]string, v view, r *http.Request) {
	p := pages[v.Step-1]
	if r.URL.Query().Get("c") != "" {
		v.Action, v.Back = v.Action+"?c=1", place(numberOf("check"))
	}
	v.Title, v.Hint, v.One = f.pages.Maybe(p.name+".title"), f.pages.Maybe(p.name+".hint"), len(p.fields) == 1
	v.Fields = f.fields(p, a, wrong)
	for _, x := range v.Fields {
		if x.Wrong != "" {
			v.Errors = append(v.Errors, mistake{x.ID, x.Wrong})
		}
	}
	f.answer(w, status, "question", v)
}

// take takes the answers to a page. If the draft has gone by then, they are the
// first of a new one: nobody has to write them again.
func (f *Form) take(w http.ResponseWriter, r *http.Request, n int) {
	sent, ok := f.sent(w, r)
	if !ok {
		return
	}
	d := f.drafts.get(r)
	if d == nil {
		d = f.drafts.add()
		d.lapsed = true
		f.remember(w, d)
	} else if !d.ours(r, sent.Get("t")) {
		f.odd(w, http.StatusForbidden, "odd.cross")
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	p := pages[n-1]
	said := f.read(p, sent)
	switch wrong := f.wrong(p, said); {
	case d.gone:
		f.ended(w)
	case d.receipt != nil:
		f.lead(w, r, numberOf("sent"))
	case len(wrong) > 0:
		shown := maps.Clone(d.answers)
		maps.Copy(shown, said)
		f.question(w, http.StatusUnprocessableEntity, shown, wrong, f.draftView(d, n), r)
	default:
		f.put(d, said)
		f.lead(w, r, f.whither(d, n, r.URL.Query().Get("c") != "", d.lapsed))
	}
}

// put adds answers to a draft; its mu is held. Files that the gate would not let
// in any more go.
func (f *Form) put(d *draft, said answers) {
	maps.Copy(d.answers, said)
	if !takesFiles(f, d.answers) {
		f.drafts.dropFiles(d)
	}
	f.drafts.note(d, d.answers.size())
}

// whither is the page after n. After a change it is the first that is not
// answered, unless the next one has something to tell.
func (f *Form) whither(d *draft, n int, changed, lapsed bool) int {
	next := f.after(n, d.answers)
	if lapsed || changed && len(pages[next-1].fields) > 0 {
		return f.missing(d.answers)
	}
	return next
}

// checkView adds all answers, and who will get them.
func (f *Form) checkView(d *draft, v view) view {
	v.Rows, v.Button, v.Kept = f.rows(d.answers), f.pages.Maybe("check.send"), kept(d)
	v.Who = f.audience(d.answers)
	return v
}

// kept are the answers as a page carries them, so that they can be sent again
// when nothing else has them any more.
func kept(d *draft) (out []hidden) {
	for _, key := range slices.Sorted(maps.Keys(d.answers)) {
		for _, v := range d.answers[key] {
			out = append(out, hidden{key, v})
		}
	}
	for _, x := range d.files {
		out = append(out, hidden{"lost", x.name})
	}
	for _, name := range d.lost {
		out = append(out, hidden{"lost", name})
	}
	return out
}

// audience says who will get a report with these answers.
func (f *Form) audience(a answers) (out []string) {
	o, known := f.org(a.one("org"))
	about := a.one("about.handles")
	round := about == "both" || about == "organisation" && known || about == "service"
	if known && o.ID != f.Triage {
		part := "check.who-org"
		if about == "organisation" || about == "both" {
			part += "-not"
		}
		text, _ := f.pages.Fill(part, o.Name)
		out = append(out, text)
	}
	if !known || o.ID == f.Triage || about == "service" || about == "both" {
		part := "check.who-service"
		if round {
			part += "-not"
		}
		out = append(out, f.pages.Maybe(part))
	}
	return append(out, f.pages.Maybe("check.who-names"))
}
