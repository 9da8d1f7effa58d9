package intake

import (
	"io"
	"slices"
	"strings"
	"time"

	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/reply"
)

// name notes whom the mail may name, and how long an automatic answer says that
// its person is away.
func (d *Desk) name(a *workflow.Arrived, m message.Message, raw io.ReaderAt) {
	a.Mentions, a.Copied = mentions(m), copied(m)
	a.Mentions.Texts = append(a.Mentions.Texts, m.Elsewhere()...)
	if slices.ContainsFunc(m.Attachments, stray) {
		a.Mentions.Texts = append(a.Mentions.Texts, unfolded(raw))
	}
	if m.Machine.Class == message.AutoReply {
		a.Away = away(m, a.Received)
	}
}

// mentions is all of a mail in which somebody can be named.
func mentions(m message.Message) casefile.Mentions {
	seen, _ := veiled(m.Text)
	out := casefile.Mentions{Texts: []string{m.Subject, seen}}
	for _, x := range slices.Concat(m.From, m.ReplyTo) {
		out.Addresses, out.Texts = append(out.Addresses, x.Addr), append(out.Texts, x.Name)
	}
	for _, x := range m.Attachments {
		out.Texts = append(out.Texts, x.Name)
	}
	return out
}

// copied is where somebody can be named whom the mail does not tell of: among
// those it was sent to, and in words that its readers do not see.
func copied(m message.Message) casefile.Mentions {
	out := casefile.Mentions{Addresses: slices.Clone(m.Recipients)}
	if _, hidden := veiled(m.Text); hidden != "" {
		out.Texts = append(out.Texts, m.Text) // a name may be hidden in part
	}
	for _, x := range slices.Concat(m.To, m.Cc) {
		out.Addresses, out.Texts = append(out.Addresses, x.Addr), append(out.Texts, x.Name)
	}
	return out
}

// veiled parts the lines of a text that its readers see from those they do not.
func veiled(text string) (seen, hidden string) {
	var s, h strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, message.HiddenMark) {
			h.WriteString(line)
		} else {
			s.WriteString(line)
		}
	}
	return s.String(), h.String()
}

// stray reports data outside the parts of a mail, whose form is not known.
func stray(x message.Attachment) bool {
	return x.How == message.HowPreamble || x.How == message.HowEpilogue
}

// mostRaw is how many bytes of a mail are searched for names as they came.
const mostRaw = 4 << 20

// unfolded are the bytes of a mail, without the line breaks that quoted-printable
// puts into words (RFC 2045 section 6.7).
func unfolded(raw io.ReaderAt) string {
	b, err := io.ReadAll(io.NewSectionReader(raw, 0, mostRaw))
	if err != nil && len(b) == 0 {
		return ""
	}
	return strings.NewReplacer("=\r\n", "", "=\n", "").Replace(strings.ToValidUTF8(string(b), " "))
}

// away is when the person is here again for all that an automatic answer says,
// a day after it came if it names no day.
func away(m message.Message, received time.Time) time.Time {
	if end, ok := reply.Back(m.Subject+"\n"+m.Text, received); ok {
		return end
	}
	return received.Add(24 * time.Hour)
}
