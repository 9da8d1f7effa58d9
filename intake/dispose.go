package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// tooLong is how long a mail may be unreadable before a person is told of it.
const tooLong = 2 * time.Minute

// read reads the arrival's mail and hands it to the office. An exhibit that is
// gone, changed, or for too long not to be read is a person's business: the
// case is opened all the same.
func (d *Desk) read(ctx context.Context, a workflow.Arrived) error {
	name := evidence.Digest(a.SHA256)
	raw, err := d.Store.Open(ctx, name)
	switch {
	case errors.Is(err, evidence.ErrMissing):
		return d.Office.Open(ctx, a, "the kept mail is missing from the evidence folder")
	case errors.Is(err, evidence.ErrTampered):
		return d.Office.Open(ctx, a, "the kept mail has changed since it arrived")
	case err != nil && d.Now().Sub(a.Received) > tooLong:
		return d.Office.Open(ctx, a, "the kept mail cannot be read from the disk at present")
	case err != nil:
		return fmt.Errorf("open exhibit: %w", err)
	}
	defer raw.Close()
	m := d.Reader.Read(ctx, raw, raw.Size())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if m.SHA256 != a.SHA256 {
		return d.Office.Open(ctx, a, unread(d.Store.Verify(ctx, name)))
	}
	a.Content, a.Defects, a.Exhibits = content(m), codes(m.Defects), exhibits(m.Attachments)
	d.prove(&a, m)
	d.name(&a, m, raw)
	if Door(a.Door) == Form {
		d.formed(&a, raw)
	}
	if stopped(m) {
		return d.Office.Open(ctx, a, "it made the reader stop; the raw mail is kept unchanged")
	}
	return d.decide(ctx, a, m)
}

// prove writes down what could be found out about where the mail comes from,
// now: keys are taken out of the DNS and marks of servers change.
func (d *Desk) prove(a *workflow.Arrived, m message.Message) {
	a.Grade = string(m.Grade)
	addr, why := m.Authenticated(d.Trust[a.Mailbox])
	a.Authentic, a.AuthWhy = addr != "", why
	if len(m.DKIM) > 0 {
		if kept, err := json.Marshal(m.DKIM); err == nil { // texts always marshal
			a.Signatures = string(kept)
		}
	}
}

// stopped reports a mail in which a decoder gave up in an unforeseen way: what
// it says is not known well enough to act on (F5).
func stopped(m message.Message) bool {
	return slices.ContainsFunc(m.Defects, func(x message.Defect) bool { return x.Code == message.DefectPanic })
}

// unread says why the reader did not see all of a mail.
func unread(err error) string {
	switch {
	case err == nil:
		return "it took too long to read; the raw mail is kept unchanged"
	case errors.Is(err, evidence.ErrTampered):
		return "the kept mail has changed since it arrived"
	}
	return "the kept mail cannot be read whole from the disk at present"
}

// content is equal for two copies of one mail that took different ways, and for
// nothing else: sender, Message-ID, date, subject and body count.
func content(m message.Message) string {
	if m.MessageID == "" || m.Body == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(append(addresses(m.From), m.MessageID, m.Subject, m.Date.String(), m.Body), "\n")))
	return hex.EncodeToString(sum[:])
}

func addresses(as []message.Address) (out []string) {
	for _, a := range as {
		out = append(out, a.Addr)
	}
	return out
}

func codes(ds []message.Defect) string {
	var out []string
	for _, d := range ds {
		if c := string(d.Code); len(out) < 20 && !strings.Contains(strings.Join(out, " "), c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, " ")
}

func exhibits(as []message.Attachment) (xs []ledger.Exhibit) {
	for i, a := range as {
		xs = append(xs, ledger.Exhibit{N: i + 1, Name: a.Name, Declared: a.DeclaredType, Sniffed: a.SniffedType, How: string(a.How), Size: a.Size, SHA256: a.SHA256})
	}
	return xs
}
