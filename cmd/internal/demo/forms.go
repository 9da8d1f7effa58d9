package demo

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// formView is a mail that somebody is writing.
type formView struct {
	To, Subject, Text string
	Answers           string // UID of the mail in the inbox that is answered, "" for none
	Proof             bool   // the story's file may be attached
	Wrong             string // why it was not sent, "" if it was not tried
}

// home shows what to try, with the story's first mail ready to send.
func (p *Page) home(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, http.StatusOK, view{Title: "A council in a box", Main: "home", Person: People()[0], Form: story()})
}

// story is the concern as a form.
func story() *formView {
	d := concern()
	return &formView{To: d.To, Subject: d.Subject, Text: d.Text, Proof: true}
}

// box shows a mailbox.
func (p *Page) box(w http.ResponseWriter, r *http.Request) error {
	who, err := visible(r.PathValue("person"))
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, view{Title: who.Name, Main: "box", Person: who})
}

// write shows an empty form, or one that a mailto: link (RFC 6068) has filled.
func (p *Page) write(w http.ResponseWriter, r *http.Request) error {
	who, err := visible(r.PathValue("person"))
	if err != nil {
		return err
	}
	f := &formView{To: DeskAddress}
	if link := r.FormValue("link"); link != "" {
		f = linked(link)
	} else if who.ID == "learner" {
		f = story()
	}
	return p.show(w, r, http.StatusOK, view{Title: "Write as " + who.Name, Main: "write", Person: who, Form: f})
}

// linked is the form that a mailto: link asks for. A link that cannot be read
// asks for an empty one.
func linked(link string) *formView {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "mailto" {
		return &formView{}
	}
	to, err := url.PathUnescape(u.Opaque)
	if err != nil {
		to = ""
	}
	q, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B"))
	if err != nil {
		return &formView{To: to}
	}
	return &formView{To: to, Subject: q.Get("subject"), Text: strings.ReplaceAll(q.Get("body"), "\r\n", "\n")}
}

// biggest is how many bytes a form may have.
const biggest = 5 << 20

// send submits what was written. A mail that the post office refuses comes back
// with its text.
func (p *Page) send(w http.ResponseWriter, r *http.Request) error {
	who, err := visible(r.PathValue("person"))
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, biggest)
	if err := r.ParseMultipartForm(biggest); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return err
	}
	d, err := p.draft(r, who)
	if err != nil {
		return err
	}
	err = p.Council.Write(r.Context(), d)
	var refused *smtp.SMTPError
	if errors.As(err, &refused) || errors.Is(err, ErrAddress) {
		return p.again(w, r, who, d, refused)
	}
	if err == nil {
		http.Redirect(w, r, "/box/"+who.ID+"?said=sent", http.StatusSeeOther)
	}
	return err
}

// again shows the form of a mail that was not taken.
func (p *Page) again(w http.ResponseWriter, r *http.Request, who Person, d Draft, refused *smtp.SMTPError) error {
	f := &formView{To: d.To, Subject: d.Subject, Text: d.Text, Answers: r.FormValue("answers"), Proof: who.ID == "learner",
		Wrong: "That is not a mail address. A file must be chosen again."}
	if refused != nil {
		f.Wrong = "The post office did not take it: " + refused.Message + ". A file must be chosen again."
	}
	return p.show(w, r, http.StatusUnprocessableEntity, view{Title: "Not sent", Main: "write", Person: who, Form: f})
}

// draft is what the form holds.
func (p *Page) draft(r *http.Request, who Person) (d Draft, err error) {
	d = Draft{From: who.ID, To: r.FormValue("to"), Subject: r.FormValue("subject"), Text: r.FormValue("text")}
	if uid := r.FormValue("answers"); uid != "" {
		_, m, err := p.mailAt(r, who.ID, Inbox, uid)
		if err != nil {
			return d, err
		}
		d.Answers = &m
	}
	if r.FormValue("proof") != "" {
		d.Files = concern().Files
	}
	if r.MultipartForm == nil {
		return d, nil
	}
	for _, f := range r.MultipartForm.File["file"] {
		x, err := attached(f)
		if err != nil {
			return d, err
		}
		if x.Name != "" || len(x.Body) > 0 {
			d.Files = append(d.Files, x)
		}
	}
	return d, nil
}

func attached(h *multipart.FileHeader) (File, error) {
	f, err := h.Open()
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	return File{Name: h.Filename, Type: h.Header.Get("Content-Type"), Body: body}, err
}

// turn stops the clock, lets it run on, or puts it forward to the next moment at
// which the desk must act.
func (p *Page) turn(w http.ResponseWriter, r *http.Request) (err error) {
	switch r.FormValue("do") {
	case "stop":
		p.Clock.Stop()
		err = p.Reset(r.Context())
	case "go":
		p.Clock.Go()
		err = p.Reset(r.Context())
	case "next":
		err = p.skip(r)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, ownPage(r.FormValue("back")), http.StatusSeeOther)
	return nil
}

// pages are the addresses a form may come back to: a mailbox, an empty form, a
// letter in a mailbox.
var pages = regexp.MustCompile(`^/(?:write/([a-z-]+)|box/([a-z-]+)(?:/(?:` + Inbox + `|` + Sent + `)/[0-9]{1,10})?)$`)

// ownPage is path if it is a page of somebody's mailbox, else the first page.
func ownPage(path string) string {
	m := pages.FindStringSubmatch(path)
	if m == nil {
		return "/"
	}
	if _, err := visible(m[1] + m[2]); err != nil {
		return "/"
	}
	return path
}

// skip puts the clock forward to a second after the next alarm, if there is one.
func (p *Page) skip(r *http.Request) error {
	b, err := p.Books(r.Context())
	if err != nil {
		return err
	}
	if next := nextAlarm(b); !next.IsZero() {
		return p.Forward(r.Context(), next.Add(time.Second))
	}
	return nil
}
