package webform

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"dutydesk/intake"
)

// longest is how long a line may be that is sealed as it was written (RFC 5322
// section 2.1.1, in bytes of UTF-8).
const longest = 900

// document is the report as it is sealed: a mail's form (RFC 5322, RFC 2045),
// which every program can read, and the reporter's words in it as they were
// written. stop must be called when nobody reads any more, once or often. The draft's mu
// is held, and the draft unchanged, until then.
func (f *Form) document(d *draft, signs []string, at time.Time) (body io.Reader, stop func()) {
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		out := bufio.NewWriter(w)
		err := f.write(out, d, signs, at)
		if err == nil {
			err = out.Flush()
		}
		w.CloseWithError(err) // nil is the end
	}()
	return r, func() { r.Close(); <-done }
}

func (f *Form) write(w *bufio.Writer, d *draft, signs []string, at time.Time) error {
	fmt.Fprintf(w, "Subject: Report by web form\r\nDate: %s\r\nMIME-Version: 1.0\r\nDutydesk-Report: %s\r\n", at.Format(time.RFC1123Z), strings.ToLower(rand.Text()))
	for _, key := range slices.Sorted(maps.Keys(d.answers)) {
		for _, v := range d.answers[key] {
			if f.coded(key) {
				fmt.Fprintf(w, "%s: %s=%s\r\n", intake.FormAnswer, key, v)
			}
		}
	}
	fmt.Fprintf(w, "%s: %s\r\n%s: %s\r\n", intake.FormSigns, strings.Join(signs, " "), intake.FormBarred, strings.Join(barred(d.answers), " "))
	unseen := mime.QEncoding.Encode("utf-8", strings.ReplaceAll(d.answers.one("about.unseen"), "\n", " "))
	fmt.Fprintf(w, "%s: %s\r\n", intake.FormUnseen, strings.ReplaceAll(unseen, "?= =?", "?=\r\n =?"))
	text := f.text(d, at)
	if len(d.files) == 0 {
		fmt.Fprintf(w, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", encoding(text))
		return encode(w, text)
	}
	return parts(w, text, d.files)
}

// coded reports a field whose answers are codes of ours.
func (f *Form) coded(key string) bool {
	for _, p := range pages {
		for _, x := range p.fields {
			if x.key == key {
				return x.kind == radio || x.kind == checks
			}
		}
	}
	return false
}

// parts writes the words and the files as parts of one mail (RFC 2046).
func parts(w io.Writer, text string, files []file) error {
	m := multipart.NewWriter(w)
	fmt.Fprintf(w, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n", m.Boundary())
	part, err := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Transfer-Encoding": {encoding(text)}})
	if err == nil {
		err = encode(part, text)
	}
	for _, x := range files {
		if err == nil {
			err = attach(m, x)
		}
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return m.Close()
}

// attach writes a file, whose type its sender only claims and nobody needs.
func attach(m *multipart.Writer, x file) error {
	part, err := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/octet-stream"}, "Content-Transfer-Encoding": {"base64"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": x.name})}})
	if err != nil {
		return err
	}
	enc := base64.NewEncoder(base64.StdEncoding, &folded{w: part})
	if _, err := io.Copy(enc, io.NewSectionReader(x.draft, 0, x.draft.Size())); err != nil {
		return err
	}
	return enc.Close()
}

// folded ends a line after 76 characters (RFC 2045 section 6.8).
type folded struct {
	w io.Writer
	n int
}

func (f *folded) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		k := min(76-f.n, len(p))
		if _, err := f.w.Write(p[:k]); err != nil {
			return n, err
		}
		n, f.n, p = n+k, f.n+k, p[k:]
		if f.n == 76 {
			f.n = 0
			if _, err := io.WriteString(f.w, "\r\n"); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// encoding is how text is sealed: as it stands, if its lines are short enough.
func encoding(text string) string {
	for l := range strings.Lines(text) {
		if len(l) > longest {
			return "quoted-printable"
		}
	}
	return "8bit"
}

func encode(w io.Writer, text string) error {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	if encoding(text) == "8bit" {
		_, err := io.WriteString(w, text)
		return err
	}
	q := quotedprintable.NewWriter(w)
	if _, err := io.WriteString(q, text); err != nil {
		return err
	}
	return q.Close()
}

// text is the report in words: what was asked and what was answered, the
// reporter's own words unchanged and first.
func (f *Form) text(d *draft, at time.Time) string {
	var b strings.Builder
	urgent := d.answers.is("danger", yes, unsure)
	if urgent {
		fmt.Fprintf(&b, "IN DANGER NOW: %s\n\n", strings.ToUpper(f.said(pages[numberOf("danger")-1].fields[0], d.answers)))
	}
	what := f.label(pages[numberOf("what")-1], pages[numberOf("what")-1].fields[0])
	fmt.Fprintf(&b, "%s\n%s\n\n", what, d.answers.one("what"))
	for _, r := range f.rows(d.answers) {
		if r.Text != "" && r.Label != what {
			fmt.Fprintf(&b, "%s\n%s\n\n", r.Label, r.Text)
		}
	}
	for _, name := range d.lost {
		fmt.Fprintf(&b, "A file that did not arrive\n%s\n\n", name)
	}
	fmt.Fprintf(&b, "Sent by the web form at %s UTC\n", at.Format("15:04 on 2 January 2006"))
	return b.String()
}
