package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// read reads the arrival's mail and hands it to the office. An exhibit that is
// gone or changed is a person's business: the case is opened all the same.
func (d *Desk) read(ctx context.Context, a workflow.Arrived) error {
	raw, err := d.Store.Open(ctx, evidence.Digest(a.SHA256))
	if errors.Is(err, evidence.ErrMissing) {
		return d.Office.Open(ctx, a, "the kept mail is missing from the evidence folder")
	}
	if err != nil {
		return fmt.Errorf("open exhibit: %w", err)
	}
	defer raw.Close()
	m := message.Read(ctx, raw, raw.Size())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if m.SHA256 != a.SHA256 {
		return d.Office.Open(ctx, a, "the kept mail has changed since it arrived")
	}
	a.Content, a.Defects, a.Exhibits = content(m), codes(m.Defects), exhibits(m.Attachments)
	return d.decide(ctx, a, m)
}

// decide finds out whose the mail is. Whatever answers no letter of ours is a
// new concern, by whomever or whatever it was written.
func (d *Desk) decide(ctx context.Context, a workflow.Arrived, m message.Message) error {
	if own := workflow.Tokens(m.MessageID); len(own) > 0 {
		if x, ok, err := d.about(ctx, own); ok || err != nil {
			return d.remark(ctx, a, x, "a letter of the desk came to its own mailbox", err)
		}
	}
	token, x, ok, err := d.letter(ctx, m)
	switch {
	case err != nil:
		return err
	case !ok || x.Case == "" && m.Machine.Class == message.Person:
		return d.Office.Open(ctx, a, "")
	case m.Machine.Class == message.Person:
		return d.Office.Obey(ctx, workflow.Said{Arrived: a, Token: token, From: addresses(m.From), FromHeaders: m.FromHeaders, Text: m.Text})
	case x.Case != "" && cameBack(m):
		return d.Office.Returned(ctx, a, x, why(m))
	}
	return d.remark(ctx, a, x, "written by a machine: "+string(m.Machine.Class), nil)
}

// remark notes an arrival that asks nothing of anybody.
func (d *Desk) remark(ctx context.Context, a workflow.Arrived, x ledger.Letter, text string, err error) error {
	if err != nil {
		return err
	}
	if x.Case == "" {
		return d.Office.Aside(ctx, a, text)
	}
	return d.Office.Remark(ctx, a, x.Case, text)
}

// letter finds the letter of ours that the mail answers or brings back.
func (d *Desk) letter(ctx context.Context, m message.Message) (token string, x ledger.Letter, ok bool, err error) {
	ids := append(append([]string{}, m.InReplyTo...), m.References...)
	for _, b := range m.Bounce {
		ids = append(ids, b.OriginalMessageID)
	}
	var plus []string
	for _, r := range m.Recipients {
		plus = append(plus, "<"+r+">")
	}
	for _, token := range workflow.Tokens(append(plus, ids...)...) {
		if x, ok, err := d.about(ctx, []string{token}); ok || err != nil {
			return token, x, ok, err
		}
	}
	return "", x, false, nil
}

// about finds the first letter that a token belongs to.
func (d *Desk) about(ctx context.Context, tokens []string) (x ledger.Letter, ok bool, err error) {
	for _, token := range tokens {
		x, err := d.Ledger.LetterOf(ctx, workflow.Hash(token))
		if err == nil {
			return x, true, nil
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return x, false, fmt.Errorf("find letter: %w", err)
		}
	}
	return ledger.Letter{}, false, nil
}

// cameBack reports whether a machine says that its reader did not get the
// letter, or is away.
func cameBack(m message.Message) bool {
	if m.Machine.Class == message.AutoReply {
		return true
	}
	if m.Machine.Class != message.BounceDSN {
		return false
	}
	for _, b := range m.Bounce {
		if b.Action == "delivered" || b.Action == "relayed" || b.Action == "expanded" || b.Action == "delayed" {
			return false
		}
	}
	return true
}

// why says what came back, in words that name nobody.
func why(m message.Message) string {
	if m.Machine.Class == message.AutoReply {
		return "an automatic answer came back, the person may be away"
	}
	for _, b := range m.Bounce {
		if b.Status != "" {
			return "the letter could not be delivered (" + b.Status + ")"
		}
	}
	return "the letter could not be delivered"
}

// content is equal for two copies of one mail that took different ways, and for
// nothing else: sender, Message-ID and body count.
func content(m message.Message) string {
	if m.MessageID == "" || m.Body == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(append(addresses(m.From), m.MessageID, m.Subject, m.Body), "\n")))
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
