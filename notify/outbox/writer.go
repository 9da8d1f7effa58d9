package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/notify"
	"dutydesk/notify/mailer"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// ErrLeft reports a letter to a person who is not on the roster any more.
var ErrLeft = errors.New("person is not on the roster")

// Writer turns a letter that is owed into the bytes of a mail. All fields are
// set before first use.
type Writer struct {
	Ledger  *ledger.Ledger
	Store   *evidence.Store
	Roster  casefile.Roster
	Rules   casefile.Rules // of deadlines
	Key     workflow.Key
	Service string // the name letters come from
	Address string // the safeguarding mailbox
	Host    string // right side of our Message-IDs
	Zone    *time.Location
	Now     func() time.Time
	Teller  Teller // for letters by the clock
	Ring    string // whom to ring when the daily list stays away
}

// envelope is who the letter goes from and to. The recipient's address always
// comes from the roster, never from a message, but for a receipt: that has no
// sender to return it to, so that nothing is answered to it.
func (w *Writer) envelope(x ledger.Letter) (from, to string, err error) {
	if x.Address != "" {
		return "", x.Address, nil
	}
	p := w.Roster.People[x.Person]
	if !w.Roster.On(w.Now()).InPost(x.Person) {
		return "", "", fmt.Errorf("letter %s: %w", x.ID, ErrLeft)
	}
	return w.Address, p.Address, nil
}

// write composes the letter from what the ledger says now.
func (w *Writer) write(ctx context.Context, x ledger.Letter) ([]byte, error) {
	f, err := w.facts(ctx, x)
	if err != nil {
		return nil, err
	}
	l, err := notify.Compose(f)
	if err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	return mailer.Render(l)
}

// facts gathers all that the words may need.
func (w *Writer) facts(ctx context.Context, x ledger.Letter) (f notify.Facts, err error) {
	var d workflow.Detail
	if err := json.Unmarshal([]byte(x.Detail), &d); err != nil {
		return f, fmt.Errorf("read detail: %w", err)
	}
	p := w.Roster.People[x.Person]
	f = notify.Facts{Kind: notify.Kind(x.Kind), Service: w.Service, ServiceAddress: w.Address, Zone: w.Zone, Now: w.Now(), Host: w.Host,
		LetterID: x.ID, Token: w.Key.Token(x.ID), To: notify.Person{ID: p.ID, Name: p.Name, Address: p.Address}, Rung: x.Rung,
		Reason: d.Reason, Deeds: deeds(d.Deeds), Understood: d.Understood, Changed: d.Changed, Next: d.Next, Nearest: d.Nearest,
		State: states[casefile.State(d.State)], Can: plain(casefile.Case{State: casefile.State(d.State)}.Legal()), Due: d.Due,
		What: string(d.Stage), Rule: d.Why, Asked: d.Note, Ask: d.Ask, Back: d.Back}
	if d.By != "" {
		f.By = w.Roster.Name(d.By)
	}
	for _, t := range d.Tallies {
		f.Tallies = append(f.Tallies, notify.Tally(t))
	}
	if d.Trouble != "" {
		f.Trouble = notify.Down{Part: d.Trouble, Since: d.Since}
	}
	if d.List != "" {
		f.Kind = notify.ListAnswer
	}
	f.Period, f.Gone = d.Period, notify.Gone{From: d.Outage.From, To: d.Outage.To}
	if byClock(x.Kind) {
		return w.round(ctx, f, x, p)
	}
	if x.Kind == casefile.Digest {
		f.Items, err = w.items(ctx, x)
		return f, err
	}
	if x.Case == "" {
		return f, nil
	}
	if x.Address != "" {
		f.To = notify.Person{Address: x.Address}
	}
	return w.aboutCase(ctx, f, x, p)
}

// inline is the grade of a mail that was passed on inside another.
const inline = "inline"

// aboutCase adds the case, and the reporter's own words for those who may have
// them.
func (w *Writer) aboutCase(ctx context.Context, f notify.Facts, x ledger.Letter, p casefile.Person) (notify.Facts, error) {
	c, err := w.Ledger.Case(ctx, x.Case)
	if err != nil {
		return f, err
	}
	a, err := w.Ledger.Arrival(ctx, c.Arrival)
	if err != nil {
		return f, err
	}
	xs, err := w.Ledger.Exhibits(ctx, a.ID)
	if err != nil {
		return f, err
	}
	f.Ref, f.Severity, f.Received, f.Org, f.Door = string(c.Ref), string(c.Severity), c.Opened, w.Roster.Org(c.Org).Name, a.Door
	f.Role, f.Grade, f.Inline = string(x.Role), a.Grade, a.Grade == inline
	if f.State == states[casefile.Submitted] && (f.What == "" || f.What == string(sla.Acknowledge)) {
		f.Late = c.Late(w.Rules, x.Created)
	}
	for _, e := range xs {
		f.Exhibits = append(f.Exhibits, notify.Exhibit{Name: e.Name, Type: e.Sniffed, Size: e.Size, SHA256: e.SHA256})
	}
	if x.Kind == workflow.StatusLetter {
		return w.status(ctx, f, c, p.Full)
	}
	if p.Full && a.State == ledger.OnCase {
		f.Words, err = w.words(ctx, a)
	}
	return f, err
}

// words are the reporter's own, as far as they can be read unchanged, and
// without the files that are written into them. A letter that has none goes out
// in time all the same, and the case has them.
func (w *Writer) words(ctx context.Context, a ledger.Arrival) (string, error) {
	e, err := w.Store.Open(ctx, evidence.Digest(a.SHA256))
	if err != nil {
		return "", ctx.Err()
	}
	defer e.Close()
	m := message.Read(ctx, io.ReaderAt(e), e.Size())
	if ctx.Err() != nil || m.SHA256 != a.SHA256 {
		return "", ctx.Err()
	}
	return withoutFiles(m.Text), nil
}
