package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// Header fields of the document that the web form seals. Nobody but the form
// delivers through the door Form, so they are believed there and nowhere else.
const (
	FormSigns  = "Dutydesk-Signs"          // codes of what looks unlike a person, space separated
	FormBarred = "Dutydesk-Barred"         // Barred codes, space separated: whose team must not see it
	FormUnseen = "Dutydesk-Must-Not-See"   // in the reporter's words (RFC 2047): who must not see it
	FormAnswer = "Dutydesk-Answer"         // a question's name, "=" and the code of what was chosen; one field each
	FormGrade  = "form"                    // the grade of all that comes by the form
	formAuth   = "written on the web form" // why nobody is proven to have written it
)

// Whose team must not see a report.
const (
	BarredOrg     = "organisation" // lead and deputy of the organisation it is for
	BarredService = "service"      // those who lead the council's own service
)

// given is how long a report that was sent may take to be kept, also when the
// browser that sent it has gone.
const given = 25 * time.Second

// waits is how often a report looks whether another has disposed of it: for ten
// seconds.
const waits = 200

// Report takes and keeps what somebody sent by the form, and disposes of it at
// once. nil is the promise that it is kept, at rest and in the ledger; ref is
// then the case's reference, "" if others are still about it. The same key is the same report,
// whatever its bytes: it answers with the first one's reference.
func (d *Desk) Report(ctx context.Context, in Delivery) (ref string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), given)
	defer cancel()
	if ref, known, err := d.Reported(ctx, in.Key); known || err != nil {
		return ref, err
	}
	if err := d.Accept(ctx, in); err != nil {
		return "", err
	}
	return d.referred(ctx, in.Key), nil
}

// Reported looks for a report that was kept under key; ref is "" while it waits.
func (d *Desk) Reported(ctx context.Context, key string) (ref string, known bool, err error) {
	a, err := d.Ledger.ArrivalUnder(ctx, key)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("look up report: %w", err)
	}
	return string(a.Case), true, nil
}

// referred pays the debt of a report that was kept, or waits for whoever does,
// and gives its reference. What goes wrong is the next claim's to mend: the
// report is kept, and its sender is told no less.
func (d *Desk) referred(ctx context.Context, key string) (ref string) {
	a, err := d.Ledger.ArrivalUnder(ctx, key)
	if err != nil {
		return ""
	}
	err = d.Dispose(ctx, ledger.DisposeOf(a.ID))
	wait := time.NewTicker(50 * time.Millisecond)
	defer wait.Stop()
	for range waits {
		if ref, _, _ := d.Reported(ctx, key); ref != "" || !busy(err) {
			return ref
		}
		select {
		case <-wait.C:
		case <-ctx.Done():
			return ""
		}
	}
	return ""
}

// busy reports that another has the job.
func busy(err error) bool { return errors.Is(err, ledger.ErrTaken) || errors.Is(err, ledger.ErrLost) }

// formed notes what the form says of a report beside its words: who must not
// hear of it, and what makes it look unlike a person's.
func (d *Desk) formed(a *workflow.Arrived, raw io.ReaderAt) {
	a.Grade, a.Authentic, a.AuthWhy, a.Signatures, a.Away = FormGrade, false, formAuth, "", time.Time{}
	m, err := mail.ReadMessage(io.NewSectionReader(raw, 0, mostRaw))
	if err != nil {
		return // sealed by us, so this is a changed exhibit, which is found before
	}
	a.Defects = strings.Join(append(strings.Fields(m.Header.Get(FormSigns)), slices.DeleteFunc(strings.Fields(a.Defects), isUsual)...), " ")
	a.Danger = answered(m.Header, "danger")
	barred := strings.Fields(m.Header.Get(FormBarred))
	if unseen, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(FormUnseen)); err == nil {
		a.Mentions.Addresses = append(a.Mentions.Addresses, d.called(unseen)...)
	}
	a.Mentions.Addresses = append(a.Mentions.Addresses, d.barred(a.Org, barred)...)
}

// answered is what was chosen where the form asks the question; "" if it was not
// asked.
func answered(h mail.Header, question string) string {
	for _, line := range h[FormAnswer] {
		if asked, said, _ := strings.Cut(line, "="); asked == question {
			return said
		}
	}
	return ""
}

// isUsual reports a defect that would be one of a mail: the form names no author.
func isUsual(code string) bool {
	return code == string(message.DefectNoFrom) || code == string(message.DefectNoID)
}

// barred are the addresses of those who must not hear of a report against a team.
func (d *Desk) barred(org string, teams []string) (addrs []string) {
	r := d.Office.Rules.Roster.On(d.Now())
	var ids []string
	if slices.Contains(teams, BarredOrg) {
		o := r.Org(org)
		ids = slices.Concat(ids, r.Holders(org, sla.Lead), r.Holders(org, sla.Deputy), []string{o.Lead, o.Deputy})
	}
	if slices.Contains(teams, BarredService) {
		o := r.Org(r.Triage)
		ids = slices.Concat(ids, r.Holders(o.ID, sla.Lead), r.Holders(o.ID, sla.Deputy), r.Holders(o.ID, sla.ServiceLead), []string{o.Lead, o.Deputy, r.ServiceLead})
	}
	for _, id := range ids {
		if p, ok := r.People[id]; ok {
			addrs = append(addrs, p.Address)
		}
	}
	return addrs
}

// called are the addresses of all who go by a word of what was written where it
// is asked who must not see the report: there one name is enough.
func (d *Desk) called(text string) (addrs []string) {
	said := words(text)
	for _, p := range d.Office.Rules.Roster.People {
		for _, w := range words(p.Name + " " + strings.Join(p.Also, " ")) {
			if len(w) > 2 && slices.Contains(said, w) {
				addrs = append(addrs, p.Address)
				break
			}
		}
	}
	return addrs
}

// words are those of a text, in small letters, without a possessive's ending.
func words(text string) (out []string) {
	for w := range strings.FieldsFuncSeq(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool { return strings.ContainsRune(" ,.;:!?()/\n\r\t\"", r) }) {
		out = append(out, strings.TrimSuffix(w, "'s"))
	}
	return out
}

// Draft takes a file of a report that is not sent yet; a crash forgets it.
func (d *Desk) Draft(ctx context.Context, r io.Reader) (*evidence.Draft, error) {
	return d.Store.Draft(ctx, r)
}
