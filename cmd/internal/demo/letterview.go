package demo

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// letterView is an open mail.
type letterView struct {
	Mail
	From, Time, Body string // Body is where the HTML part is, "" if there is none
	Files            []keptView
}

func letterPath(person string, m Mail) string {
	return "/box/" + person + "/" + m.Folder + "/" + strconv.FormatUint(uint64(m.UID), 10)
}

// letterOf is the mail that the request names, and whose it is.
func (p *Page) letterOf(r *http.Request) (Person, Mail, error) {
	return p.mailAt(r, r.PathValue("person"), r.PathValue("folder"), r.PathValue("uid"))
}

func (p *Page) mailAt(r *http.Request, person, folder, number string) (Person, Mail, error) {
	who, err := visible(person)
	if err != nil {
		return who, Mail{}, err
	}
	uid, err := strconv.ParseUint(number, 10, 32)
	if err != nil || uid == 0 {
		return who, Mail{}, ErrNobody
	}
	m, err := p.Council.Letter(r.Context(), person, folder, uint32(uid))
	return who, m, err
}

// visible finds somebody whose mailbox the page shows.
func visible(id string) (Person, error) {
	for _, p := range People() {
		if p.ID == id {
			return p, nil
		}
	}
	return Person{}, ErrNobody
}

// letter shows a mail in its mailbox, with a form to answer it.
func (p *Page) letter(w http.ResponseWriter, r *http.Request) error {
	who, m, err := p.letterOf(r)
	if err != nil {
		return err
	}
	if !m.Seen {
		if err := p.Council.MarkRead(r.Context(), who.ID, m.Folder, m.UID); err != nil {
			return err
		}
	}
	x := &letterView{Mail: m, From: m.Sender().Name, Time: p.hour(m.At)}
	if addr := m.Sender().Addr; addr != "" {
		x.From = strings.TrimSpace(x.From + " <" + addr + ">")
	}
	if m.HTML != "" {
		x.Body = letterPath(who.ID, m) + "/body"
	}
	for _, f := range m.Attachments {
		x.Files = append(x.Files, keptView{Name: f.Name, Size: size(f.Size), SHA256: f.SHA256})
	}
	v := view{Title: m.Subject, Main: "box", Person: who, Letter: x}
	if m.Folder == Inbox && m.AnswerTo() != "" {
		d := Reply(who.ID, m, "")
		v.Form = &formView{To: d.To, Subject: d.Subject, Answers: strconv.FormatUint(uint64(m.UID), 10)}
	}
	return p.show(w, r, http.StatusOK, v)
}

// letterPolicy lets a letter do nothing but be looked at and be clicked. The
// letter has an address of its own because a document inside srcdoc would get
// the page's policy, under which a letter's inline styles do not show.
const letterPolicy = "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// body is the HTML part of a mail, whoever wrote it.
func (p *Page) body(w http.ResponseWriter, r *http.Request) error {
	who, m, err := p.letterOf(r)
	if err == nil && m.HTML == "" {
		err = ErrNobody
	}
	if err != nil {
		return err
	}
	tame, err := tamed(m.HTML, "/write/"+who.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", letterPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write(tame)
	return err
}

// unwanted elements do nothing that a letter needs.
var unwanted = []string{"script", "base", "link", "meta", "iframe", "frame", "frameset", "object", "embed", "form", "noscript", "template"}

// leading attributes take the reader or the browser somewhere.
var leading = []string{"href", "xlink:href", "src", "srcset", "action", "formaction", "background", "ping", "target", "http-equiv"}

// tamed is a letter whose mailto: links open the form at write, as they would a
// mail program, and whose other links lead nowhere.
func tamed(letter, write string) ([]byte, error) {
	doc, err := html.Parse(strings.NewReader(letter))
	if err != nil {
		return nil, err
	}
	var drop []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains(unwanted, n.Data) {
			drop = append(drop, n)
		}
		n.Attr = lead(n, write)
	}
	for _, n := range drop {
		n.Parent.RemoveChild(n)
	}
	var b bytes.Buffer
	err = html.Render(&b, doc)
	return b.Bytes(), err
}

// lead returns the attributes of n without those that lead away.
func lead(n *html.Node, write string) (kept []html.Attribute) {
	mailto := ""
	for _, a := range n.Attr {
		key := strings.ToLower(a.Key)
		switch {
		case n.Data == "a" && key == "href" && strings.HasPrefix(strings.ToLower(a.Val), "mailto:"):
			mailto = a.Val
		case !slices.Contains(leading, key) && !strings.HasPrefix(key, "on"):
			kept = append(kept, a)
		}
	}
	if mailto != "" {
		kept = append(kept, html.Attribute{Key: "href", Val: write + "?link=" + url.QueryEscape(mailto)}, html.Attribute{Key: "target", Val: "_top"})
	}
	return kept
}
