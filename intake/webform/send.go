package webform

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
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
	d := f.draft(r)
	if k := sent.Get("k"); d != nil && k != "" && k != d.key {
		d = f.drafts.named(k, sent.Get("t")) // of another tab: it is sent as it is shown
		if d != nil {
			f.remember(w, d)
		}
	} else if d != nil && !d.ours(r, sent.Get("t")) {
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
	f.turn(d, w, r, func(w http.ResponseWriter) {
		d.bot = d.bot || sent.Get("website") != ""
		f.sending(w, r, d)
	})
}

// sending is send in its draft's turn.
func (f *Form) sending(w http.ResponseWriter, r *http.Request, d *draft) {
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
	d.key = strings.Clone(sent["k"][0])
	for _, name := range sent["lost"][:min(len(sent["lost"]), mostLost)] {
		d.lost = append(d.lost, strings.Clone(fileName(name)))
	}
	for _, p := range pages {
		maps.Copy(d.answers, f.read(p, sent))
		for key := range f.wrong(p, d.answers) {
			delete(d.answers, key)
		}
	}
	f.drafts.note(d)
	return d, true
}

// deliver hands the report to the desk, without the draft's mu, which is held
// before and after: who leaves meanwhile does not wait. Only when that
// has kept it is anybody told so, and only then are the words forgotten.
func (f *Form) deliver(w http.ResponseWriter, r *http.Request, d *draft) {
	at := f.Now().UTC().Truncate(time.Minute)
	got, err := f.apart(d, func() (receipt, error) { return f.keep(r.Context(), d, f.signs(d, r), at) })
	if err != nil {
		f.Log.Error("a report by the form could not be kept", "err", err)
		if d.gone {
			f.ended(w)
			return
		}
		v := f.checkView(d, f.draftView(d, numberOf("check")))
		v.Button = f.pages.Maybe("down.button")
		w.Header().Set("Retry-After", "60")
		f.answer(w, http.StatusServiceUnavailable, "down", v)
		return
	}
	f.Log.Info("a report came by the form")
	if d.gone {
		f.ended(w)
		return
	}
	d.receipt = &got
	lost := d.lost
	f.drafts.drop(d)
	d.lost = lost
	f.drafts.note(d)
	f.lead(w, r, numberOf("sent"))
}

// apart does what takes long without the draft's mu. A draft that went
// meanwhile is dropped then.
func (f *Form) apart(d *draft, do func() (receipt, error)) (receipt, error) {
	d.sending = true
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		if d.sending = false; d.gone {
			f.drafts.drop(d)
		}
	}()
	return do()
}

// keep hands the report to the desk. If that had another one of this key, sent
// before some answer was changed, this is one of its own, which names the first:
// nothing that was written is dropped.
func (f *Form) keep(ctx context.Context, d *draft, signs []string, at time.Time) (receipt, error) {
	got := receipt{key: doorKey(d.key), files: held(d.files)}
	ref, err := f.report(ctx, d, intake.Delivery{Key: got.key, At: at}, signs, "")
	if err != nil {
		return got, err
	}
	got.ref = ref
	kept, err := f.Desk.Summed(ctx, got.key)
	if err != nil {
		return got, err
	}
	own := f.sum(d)
	if covers(kept, own) {
		return got, nil
	}
	name := sha256.Sum256([]byte(own))
	got.key = fmt.Sprintf("%s/%x", got.key, name[:12])
	got.ref, err = f.report(ctx, d, intake.Delivery{Key: got.key, At: at}, signs, cmp.Or(ref, "not given yet"))
	return got, err
}

// report hands one delivery to the desk; first is the reference of a report that
// it follows, "" for none.
func (f *Form) report(ctx context.Context, d *draft, in intake.Delivery, signs []string, first string) (ref string, err error) {
	body, stop := f.document(d, signs, in.At, first)
	defer stop() // nobody reads on; the desk may have read nothing, if it had the report
	in.Door, in.Org, in.Body = intake.Form, f.delivered(d.answers), body
	return f.Desk.Report(ctx, in)
}

// sum is of what a draft says, then of each of its files.
func (f *Form) sum(d *draft) string {
	h, said := sha256.New(), f.given(d.answers)
	for _, key := range slices.Sorted(maps.Keys(said)) {
		fmt.Fprintf(h, "%q %q\n", key, said[key])
	}
	out := fmt.Sprintf("%x", h.Sum(nil)[:12])
	for _, x := range d.files {
		out += " " + string(x.draft.Digest())[:12]
	}
	return out
}

// covers reports whether what was kept says all that own does. A page that was
// left open has lost its files, and is the same report all the same.
func covers(kept, own string) bool {
	has, wants := strings.Fields(kept), strings.Fields(own)
	return len(has) == 0 || has[0] == wants[0] && !slices.ContainsFunc(wants[1:], func(x string) bool { return !slices.Contains(has[1:], x) })
}

// delivered is the organisation a report is for, "" for triage.
func (f *Form) delivered(a answers) string {
	if o, ok := f.org(a.one("org")); ok {
		return o.ID
	}
	return ""
}

// showSent shows the receipt, in its draft's turn.
func (f *Form) showSent(w http.ResponseWriter, r *http.Request, d *draft) {
	got := *d.receipt
	if got.ref == "" {
		got, _ = f.apart(d, func() (receipt, error) { // without the reference the page loads again
			ref, _, err := f.Desk.Reported(r.Context(), got.key)
			got.ref = ref
			return got, err
		})
	}
	d.receipt = &got
	v := f.draftView(d, numberOf("sent"))
	v.Back, v.Ref, v.Files, v.Reload, v.Next, v.By = "", d.receipt.ref, d.receipt.files, d.receipt.ref == "", "/r/note", f.Within
	f.answer(w, http.StatusOK, "sent", v)
}

// note is the reference as a file whose name and words say nothing else.
func (f *Form) note(w http.ResponseWriter, r *http.Request) {
	d := f.draft(r)
	if d == nil {
		f.ended(w)
		return
	}
	f.turn(d, w, r, func(w http.ResponseWriter) { f.noting(w, d) })
}

// noting is note in its draft's turn.
func (f *Form) noting(w http.ResponseWriter, d *draft) {
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
