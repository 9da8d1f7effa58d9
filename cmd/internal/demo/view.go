package demo

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"dutydesk/cmd/internal/app"
)

// view is all that the page shows at one moment.
type view struct {
	Title string
	Path  string // where forms come back to
	Clock clockView
	Boxes []boxView
	Cases []caseView // newest first
	Main  string     // home, box or write
	Said  string     // what was just done, "" for nothing

	Person Person // whose mailbox is open; zero at home
	Lists  []listView
	Letter *letterView
	Form   *formView
}

type clockView struct {
	Time, Day, Pace string
	Stands          bool
	Next            string // when the desk must act next, "" for never
	Left            string // until then
}

type boxView struct {
	Person
	Unread, All int
	Here        bool
}

type listView struct {
	Name  string
	Mails []rowView
}

type rowView struct {
	Link, Who, Subject, Time, First string
	Seen, Here                      bool
}

// see looks at everything that every page shows.
func (p *Page) see(r *http.Request, v view) (view, error) {
	ctx := r.Context()
	books, err := p.Books(ctx)
	if err != nil {
		return v, err
	}
	v.Path, v.Said = r.URL.Path, said[r.URL.Query().Get("said")]
	v.Cases = p.cases(books)
	v.Clock = p.clockFace(books)
	for _, who := range People() {
		unread, all, err := p.Council.Unread(ctx, who.ID)
		if err != nil {
			return v, err
		}
		v.Boxes = append(v.Boxes, boxView{Person: who, Unread: unread, All: all, Here: who.ID == v.Person.ID && v.Main != "home"})
	}
	if v.Person.ID != "" && v.Main == "box" {
		v.Lists, err = p.lists(ctx, v)
	}
	return v, err
}

// said are the words after a form was sent, by their name in the address.
var said = map[string]string{
	"sent": "Sent, by SMTP. What the desk makes of it appears under the case.",
}

// lists are the folders of the open mailbox, the newest mail first.
func (p *Page) lists(ctx context.Context, v view) (lists []listView, err error) {
	for _, f := range []struct{ folder, name string }{{Inbox, "Inbox"}, {Sent, "Sent"}} {
		mails, err := p.Council.Folder(ctx, v.Person.ID, f.folder)
		if err != nil {
			return nil, err
		}
		list := listView{Name: f.name}
		for i := len(mails) - 1; i >= 0; i-- {
			list.Mails = append(list.Mails, p.row(v, mails[i]))
		}
		lists = append(lists, list)
	}
	return lists, nil
}

func (p *Page) row(v view, m Mail) rowView {
	x := rowView{Link: letterPath(v.Person.ID, m), Subject: m.Subject, Time: p.hour(m.At), First: firstLines(m.Text, 1)[0], Seen: m.Seen,
		Here: v.Letter != nil && v.Letter.Mail.Folder == m.Folder && v.Letter.Mail.UID == m.UID}
	if x.Who = m.Sender().Name; x.Who == "" {
		x.Who = m.Sender().Addr
	}
	if m.Folder == Sent && len(m.To) > 0 {
		x.Who = "To " + m.To[0].Addr
	}
	if x.Subject == "" {
		x.Subject = "(no subject)"
	}
	return x
}

// clockFace is what the clock shows and what it runs towards.
func (p *Page) clockFace(b app.Books) clockView {
	now := p.Clock.Now().In(p.zone)
	c := clockView{Time: now.Format("3:04pm"), Day: now.Format("Monday 2 January"), Pace: pace(p.Clock.Speed()), Stands: p.Clock.Speed() == 0}
	if next := nextAlarm(b); !next.IsZero() {
		c.Next, c.Left = p.hour(next), left(next.Sub(p.Clock.Now()))
	}
	return c
}

// nextAlarm is the next moment at which the desk must act, zero for never.
func nextAlarm(b app.Books) (next time.Time) {
	for _, c := range b.Cases {
		if c.Next != nil && (next.IsZero() || c.Next.Before(next)) {
			next = *c.Next
		}
	}
	return next
}

// hour is the time of day, with the day if it is another one.
func (p *Page) hour(t time.Time) string {
	t, now := t.In(p.zone), p.Clock.Now().In(p.zone)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("3:04pm")
	}
	return t.Format("Mon 3:04pm")
}

// left is a span of time in words.
func left(d time.Duration) string {
	switch minutes := int(d.Round(time.Minute) / time.Minute); {
	case d <= 0:
		return "now"
	case minutes < 1:
		return "in under a minute"
	case minutes < 60:
		return "in " + amount(minutes, "minute")
	case minutes%60 == 0:
		return "in " + amount(minutes/60, "hour")
	default:
		return "in " + amount(minutes/60, "hour") + " " + amount(minutes%60, "minute")
	}
}

// show writes the page with the given status. It is made whole before a byte
// is sent.
func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, v view) error {
	v, err := p.see(r, v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := p.words.ExecuteTemplate(&b, "page", v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err = b.WriteTo(w)
	return err
}
