package webform

import (
	"crypto/subtle"
	"net/http"
)

const cookieName = "s"

// policy lets a page load its stylesheet and send its form to us, and nothing
// else (T11).
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded sets what every answer carries, and turns away what other sites make
// a browser send (T12).
func (f *Form) guarded(h http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := w.Header()
		set.Set("Cache-Control", "no-store")
		set.Set("Content-Security-Policy", policy)
		set.Set("Referrer-Policy", "no-referrer")
		set.Set("X-Content-Type-Options", "nosniff")
		set.Set("X-Frame-Options", "DENY")
		set.Set("Cross-Origin-Opener-Policy", "same-origin")
		set.Set("Cross-Origin-Resource-Policy", "same-origin")
		set.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
		set.Set("X-Robots-Tag", "noindex, nofollow")
		if err := cross.Check(r); err != nil && !silent(r) {
			f.odd(w, http.StatusForbidden, "odd.cross")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// silent reports a browser that does not say where a form was sent from: an old
// one, which for no-referrer hides the origin from ourselves too. Then the token
// of the page decides.
func silent(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null"
}

// ours reports whether a page of d sent the form.
func (d *draft) ours(r *http.Request, token string) bool {
	return !silent(r) || subtle.ConstantTimeCompare([]byte(token), []byte(d.token)) == 1
}

// remember gives a browser its one cookie, which ends with the browser.
func (f *Form) remember(w http.ResponseWriter, d *draft) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: d.id, Path: "/", HttpOnly: true, Secure: f.Secure, SameSite: http.SameSiteStrictMode})
}

// leave forgets the draft and leads away at once.
func (f *Form) leave(w http.ResponseWriter, r *http.Request) {
	if d := f.drafts.get(r); d != nil {
		f.drafts.end(d)
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, Secure: f.Secure, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	http.Redirect(w, r, f.Leave, http.StatusSeeOther)
}

// styles serves the stylesheet, whose name changes with it.
func (f *Form) styles(w http.ResponseWriter, r *http.Request) {
	name, css := f.pages.Style()
	if r.PathValue("name") != name {
		f.odd(w, http.StatusNotFound, "odd.lost")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Write(css)
}
