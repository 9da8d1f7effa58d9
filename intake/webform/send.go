package webform

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"

	"dutydesk/intake"
)

// keyPattern is the form of a draft's key, which the page carries.
var keyPattern = regexp.MustCompile(`^[a-z2-7]{26}$`)

// doorKey is the key of a delivery by the form.
func doorKey(key string) string { return "form/" + key }

// send delivers the report. A page that is sent twice, or after the program was
// started again, is the same report: it has its key and all its answers (F9,
// F10).
func (f *Form) send(w http.ResponseWriter, r *http.Request) {
	sent, ok := f.sent(w, r)
	if !ok {
		return
	}
	d := f.drafts.get(r)
	if d != nil && !d.ours(r, sent.Get("t")) {
		f.odd(w, http.StatusForbidden, "odd.cross")
		return
	}
	if d == nil {
		if d, ok = f.revive(sent); !ok {
			f.ended(w)
			return
		}
		f.remember(w, d)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bot = d.bot || sent.Get("website") != ""
	switch {
	case d.gone:
		f.ended(w)
	case d.receipt != nil:
		f.lead(w, r, numberOf("sent"))
	case f.missing(d.answers) != numberOf("check"):
		f.lead(w, r, f.missing(d.answers))
	default:
		f.deliver(w, r, d)
	}
}

// revive is a draft out of the page that carries it, when the one it was made
// from has gone. Files are not in the page.
func (f *Form) revive(sent map[string][]string) (*draft, bool) {
	if len(sent["k"]) != 1 || !keyPattern.MatchString(sent["k"][0]) {
		return nil, false
	}
	d := f.drafts.add()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.key, d.lost = sent["k"][0], sent["lost"][:min(len(sent["lost"]), mostPerReport)]
	for _, p := range pages {
		maps.Copy(d.answers, f.read(p, sent))
		for key := range f.wrong(p, d.answers) {
			delete(d.answers, key)
		}
	}
	f.drafts.note(d, d.answers.size())
	return d, true
}

// deliver hands the report to the desk; the draft's mu is held. Only when that
// has kept it is anybody told so, and only then are the words forgotten.
func (f *Form) deliver(w http.ResponseWriter, r *http.Request, d *draft) {
	at := f.Now().UTC().Truncate(time.Minute)
	body, stop := f.document(d, f.signs(d, r), at)
	defer stop() // also if the desk panics
	ref, err := f.Desk.Report(r.Context(), intake.Delivery{Door: intake.Form, Org: f.delivered(d.answers), Key: doorKey(d.key), At: at, Body: body})
	stop() // nobody reads on; the desk may have read nothing, if it had the report
	if err != nil {
		f.Log.Error("a report by the form could not be kept", "err", err)
		v := f.checkView(d, f.draftView(d, numberOf("check")))
		v.Button = f.pages.Maybe("down.button")
		w.Header().Set("Retry-After", "60")
		f.answer(w, http.StatusServiceUnavailable, "down", v)
		return
	}
	f.Log.Info("a report came by the form")
	d.receipt = &receipt{ref: ref, files: held(d.files)}
	lost := d.lost
	f.drafts.drop(d)
	d.lost = lost
	f.lead(w, r, numberOf("sent"))
}

// delivered is the organisation a report is for, "" for triage.
func (f *Form) delivered(a answers) string {
	if o, ok := f.org(a.one("org")); ok {
		return o.ID
	}
	return ""
}

// showSent shows the receipt; the draft's mu is held.
func (f *Form) showSent(w http.ResponseWriter, r *http.Request, d *draft) {
	if d.receipt.ref == "" {
		if ref, known, err := f.Desk.Reported(r.Context(), doorKey(d.key)); err == nil && known {
			d.receipt.ref = ref
		}
	}
	v := f.draftView(d, numberOf("sent"))
	v.Back, v.Ref, v.Files, v.Reload, v.Next, v.By = "", d.receipt.ref, d.receipt.files, d.receipt.ref == "", "/r/note", f.Within
	f.answer(w, http.StatusOK, "sent", v)
}

// note is the reference as a file whose name and words say nothing else.
func (f *Form) note(w http.ResponseWriter, r *http.Request) {
	d := f.drafts.get(r)
	if d == nil {
		f.ended(w)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.receipt == nil || d.receipt.ref == "" {
		f.odd(w, http.StatusNotFound, "odd.lost")
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="note.txt"`)
	w.Write([]byte(d.receipt.ref + "\r\n"))
}

// barred are the codes of the teams that must not see a report.
func barred(a answers) (codes []string) {
	switch a.one("about.handles") {
	case "organisation":
		codes = []string{intake.BarredOrg}
	case "service":
		codes = []string{intake.BarredService}
	case "both":
		codes = []string{intake.BarredOrg, intake.BarredService}
	}
	return slices.Clip(codes)
}
