package message

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/publicsuffix"
)

// maxSignatures is how many DKIM signatures of a mail are checked.
const maxSignatures = 5

// keyTime is how long the keys of one mail may take all together. A name server
// that is down delays a concern by no more.
const keyTime = 3 * time.Second

// maxBlank is how many blank lines in a row a mail may have for its signatures
// to be checked: one canonical form must hold them all.
const maxBlank = 10000

// signatures checks the DKIM signatures of the mail (RFC 6376), while their
// keys are still published. blank is the longest run of blank lines.
func (g *reading) signatures(src io.ReaderAt, size int64, blank int) {
	root := g.parts[0]
	fs := root.head.all("DKIM-Signature")
	for _, f := range fs[:min(len(fs), maxSignatures)] {
		tags := signatureTags(f.value)
		g.m.DKIM = append(g.m.DKIM, Signature{Domain: strings.ToLower(tags["d"]), Selector: tags["s"], Result: SignatureUnchecked})
	}
	switch {
	case len(fs) == 0:
	case g.keys == nil:
		g.unchecked("no keys to check against")
	case blank > maxBlank || root.body-root.header > int64(g.lim.Header):
		g.unchecked("too large to check")
	default:
		g.verify(src, size)
	}
}

// unchecked says why no signature was checked.
func (g *reading) unchecked(why string) {
	for i := range g.m.DKIM {
		g.m.DKIM[i].Detail = why
	}
}

// verify checks the signatures one after the other, each in a pass of its own
// over a mail that has no other: the library would check several at once in
// goroutines, where a panic ends the process.
func (g *reading) verify(src io.ReaderAt, size int64) {
	root := g.parts[0]
	head := make([]byte, root.body-root.header)
	n, _ := src.ReadAt(head, root.header)
	left := keyTime
	for i := range g.m.DKIM {
		book := keyBook{ctx: g.ctx, ask: g.keys, left: &left}
		mail := io.MultiReader(bytes.NewReader(oneSignature(head[:n], i)), io.NewSectionReader(src, root.body, size-root.body))
		found, err := dkim.VerifyWithOptions(untilDone{g.ctx, mail}, &dkim.VerifyOptions{LookupTXT: book.lookup})
		if g.ctx.Err() != nil {
			g.d.once(DefectTime, "while checking signatures", 0)
			g.m.DKIM[i].Detail = "the time was over"
			return
		}
		s := &g.m.DKIM[i]
		s.Key, s.Aligned = book.kept, g.aligned(s.Domain)
		if len(found) == 1 {
			s.Result, s.Detail = resultOf(found[0].Err)
		} else {
			s.Detail = errorText(err)
		}
	}
}

// oneSignature returns the header block head without its DKIM-Signature fields
// but for the one with the number keep.
func oneSignature(head []byte, keep int) []byte {
	out := make([]byte, 0, len(head))
	number, drop := -1, false
	for line := range bytes.Lines(head) {
		if line[0] != ' ' && line[0] != '\t' {
			drop = false
			if name, _, _ := bytes.Cut(line, []byte(":")); strings.EqualFold(string(bytes.TrimSpace(name)), "DKIM-Signature") {
				number++
				drop = number != keep
			}
		}
		if !drop {
			out = append(out, line...)
		}
	}
	return out
}

// errorText returns the words of err, or "" for nil, with a bound.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return cut(err.Error(), 200)
}

// resultOf names the outcome of one signature.
func resultOf(err error) (result, detail string) {
	switch {
	case err == nil:
		return SignaturePass, ""
	case dkim.IsTempFail(err):
		return SignatureTempError, "could not be checked: " + errorText(err)
	case dkim.IsPermFail(err):
		return SignaturePermError, errorText(err)
	}
	return SignatureFail, errorText(err)
}

// aligned reports whether domain and the domain of the only author belong to
// one organisation (RFC 7489 section 3.1.1, relaxed).
func (g *reading) aligned(domain string) bool {
	if g.m.FromHeaders != 1 || len(g.m.From) != 1 {
		return false
	}
	return sameOrganisation(domain, DomainOf(g.m.From[0].Addr))
}

// sameOrganisation compares the organisational domains of a and b.
func sameOrganisation(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	x, errA := publicsuffix.EffectiveTLDPlusOne(a)
	y, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && x == y
}

// signatureTags reads "v=1; d=x; s=y; …" (RFC 6376 section 3.2).
func signatureTags(value string) map[string]string {
	tags := map[string]string{}
	for _, part := range strings.SplitN(value, ";", 50) {
		key, val, ok := strings.Cut(part, "=")
		if ok {
			tags[strings.TrimSpace(key)] = cut(strings.Join(strings.Fields(val), ""), 300)
		}
	}
	return tags
}

// keyBook looks a key up and keeps what it was told, since keys are taken out
// of the DNS again.
type keyBook struct {
	ctx  context.Context
	ask  func(ctx context.Context, name string) ([]string, error)
	left *time.Duration // of keyTime, for this key and those after it
	kept string
}

// lookup asks for the TXT records of name. Only a name server's word that there
// is no such key is taken for that; whatever else went wrong may go right
// another day.
func (b *keyBook) lookup(name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, *b.left)
	defer cancel()
	began := time.Now()
	txts, err := b.ask(ctx, name)
	*b.left -= time.Since(began)
	b.kept = cut(strings.Join(txts, ""), 4<<10)
	if no := (*net.DNSError)(nil); err != nil && !(errors.As(err, &no) && no.IsNotFound) {
		err = noAnswer{err}
	}
	return txts, err
}

// noAnswer is an error of the name server, not of the signature.
type noAnswer struct{ error }

// Timeout implements net.Error.
func (noAnswer) Timeout() bool { return true }

// Temporary implements net.Error.
func (noAnswer) Temporary() bool { return true }

// untilDone reads until the context ends; then it is simply at its end, so that
// nobody is left waiting for more.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, io.EOF
	}
	n, err := u.r.Read(p)
	if err != nil && n == 0 {
		err = io.EOF
	}
	return n, err
}

// SignedBy returns the domain that vouches for the mail with an intact
// signature of the author's own organisation. It is "" unless there is exactly
// one From, Subject, To and Date: a signature covers one of each, and programs
// may show the other.
func (m *Message) SignedBy() string {
	if !m.single || len(m.From) != 1 {
		return ""
	}
	for _, s := range m.DKIM {
		if s.Result == SignaturePass && s.Aligned {
			return s.Domain
		}
	}
	return ""
}

// single reports whether the fields people see are there once each.
func single(h header, hidden int) bool {
	for _, name := range [...]string{"From", "Subject", "To", "Date"} {
		if h.count(name) != 1 {
			return false
		}
	}
	return hidden == 0
}
