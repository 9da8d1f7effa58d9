package message

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// Reader reads mails within Limits. The zero value has the default limits. A
// Reader may be used by many goroutines at once.
type Reader struct {
	Limits Limits

	// Keys looks up DNS TXT records, for DKIM; nil means that signatures are
	// listed unchecked. It is the only thing through which reading a mail may
	// reach a network, and it is asked for nothing but "<s>._domainkey.<d>".
	Keys func(ctx context.Context, name string) ([]string, error)
}

// Read reads one mail of size bytes from r with the default limits. It never
// fails and never holds the whole mail: attachments are decoded, hashed and
// counted as a stream.
func Read(ctx context.Context, r io.ReaderAt, size int64) Message {
	return Reader{}.Read(ctx, r, size)
}

// Read reads one mail of size bytes from r. When ctx ends or the time is over,
// it returns what was read so far with a Defect.
func (rd Reader) Read(ctx context.Context, r io.ReaderAt, size int64) (m Message) {
	lim := rd.Limits.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, lim.Time)
	defer cancel()
	g := newReading(ctx, lim, &m, size)
	g.keys = rd.Keys
	defer g.finish()
	defer g.rescue()
	g.mail(r, size)
	return m
}

// reading is the work on one mail.
type reading struct {
	ctx  context.Context
	lim  Limits
	m    *Message
	d    defects
	scan scanner

	keys   func(ctx context.Context, name string) ([]string, error)
	parts  []*part
	texts  []textPart
	unpack int   // bytes of containers that may still be held
	rehash int64 // bytes of embedded mails that may still be hashed again
	depth  int   // of containers opened after decoding
	uu     *uuBlock
	report report

	inTNEF   []byte // the text inside a winmail.dat
	tnefVeil bool   // a reader may not see all of it
}

// newReading prepares to read a mail of size bytes into m.
func newReading(ctx context.Context, lim Limits, m *Message, size int64) *reading {
	m.elsewhere.most = lim.Words
	g := &reading{ctx: ctx, lim: lim, m: m, d: defects{max: lim.Defects}, unpack: lim.Unpack, rehash: 4*size + 1<<20}
	g.scan = scanner{hash: sha256.New(), stop: func() bool { return ctx.Err() != nil }}
	return g
}

// rescue turns a panic inside a decoder into a Defect: a mail that trips a
// library delays nobody and is still read by a person.
func (g *reading) rescue() {
	if p := recover(); p != nil {
		g.d.list = append(g.d.list, Defect{DefectPanic, fmt.Sprintf("%.100v", p), 0})
	}
}

// mail reads the outermost mail.
func (g *reading) mail(r io.ReaderAt, size int64) {
	whole, body := sha256.New(), newBodySum(size, &g.d)
	w := g.walker(r, size, func(b []byte) { whole.Write(b) })
	w.onBody = body.line
	w.walk(g.ctx, &part{})
	g.m.Size, g.m.SHA256, g.m.Body = size, hex.EncodeToString(whole.Sum(nil)), body.sum()
	if w.in.at < size && g.ctx.Err() == nil {
		g.d.add(DefectRead, fmt.Sprintf("%d of %d bytes: %v", w.in.at, size, w.in.err), w.in.at)
	}
	if w.in.eol == '\r' {
		g.d.add(DefectBareCR, "", 0)
	}
	g.parts = w.parts
	g.scan.bufs.raw = w.in.buf // the walk is over
	g.headers(w.parts[0].head)
	g.people(w.parts[0].head)
	g.all(w.parts)
	g.m.Text, g.m.seen, g.m.HTMLOnly = g.text()
	g.m.Forwarded = g.forwarding()
	g.signatures(r, size, body.blank)
	g.judge()
}

// walker prepares to find the parts of a mail.
func (g *reading) walker(r io.ReaderAt, size int64, seen func([]byte)) *walker {
	return &walker{src: r, lim: g.lim, d: &g.d, in: newLines(r, size, seen)}
}

// all reads every part in the order of the mail.
func (g *reading) all(parts []*part) {
	for _, p := range parts {
		if g.ctx.Err() != nil {
			g.d.once(DefectTime, "while reading parts", p.header)
			return
		}
		if p.parent != nil && p.parent.kind == embedded && !p.parent.inEmbedded() {
			g.original(p)
		}
		if p.parent != nil && p.parent.kind == embedded {
			g.heading(p.head)
		}
		switch p.kind {
		case leaf:
			g.leaf(p)
		case embedded:
			g.contained(p)
		case stray:
			g.stray(p)
		}
	}
}

// stray lists data outside the parts. What belongs to a multipart without
// parts is its text and was read as such.
func (g *reading) stray(p *part) {
	if p.parent.kind == leaf || p.how == HowPreamble && g.customary(p) {
		return
	}
	code := DefectEpilogue
	if p.how == HowPreamble {
		code = DefectPreamble
	}
	g.d.add(code, p.section(), p.body)
	g.leaf(p)
}

// finish gives the message its Defects and makes every list a list.
func (g *reading) finish() {
	m := g.m
	m.Defects = listed(g.d.list)
	m.From, m.To, m.Cc, m.ReplyTo = listed(m.From), listed(m.To), listed(m.Cc), listed(m.ReplyTo)
	m.Recipients, m.InReplyTo, m.References = listed(m.Recipients), listed(m.InReplyTo), listed(m.References)
	m.Attachments, m.Bounce, m.DKIM = listed(m.Attachments), listed(m.Bounce), listed(m.DKIM)
	for i := range m.Attachments {
		m.Attachments[i].Defects = listed(m.Attachments[i].Defects)
	}
	if m.Machine.Class == "" {
		m.Machine.Class = Person
	}
	m.Grade = m.grade()
}

// listed returns s, or an empty list for none, so that JSON says [].
func listed[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
