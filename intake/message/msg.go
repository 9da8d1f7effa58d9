package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/richardlehane/mscfb"
)

// The properties of a .msg that matter here ([MS-OXPROPS]).
const (
	msgSubject      = 0x0037
	msgHeaders      = 0x007D // the header block of the mail as it came, if it came from outside
	msgBody         = 0x1000
	msgRTF          = 0x1009
	msgHTML         = 0x1013
	msgDisplayName  = 0x3001
	msgAttachData   = 0x3701
	msgAttachName   = 0x3704
	msgAttachLong   = 0x3707
	msgAttachMime   = 0x370E
	msgCodepage     = 0x3FFD
	msgNetCodepage  = 0x3FDE
	msgHeadTop      = 32 // bytes before the properties of a .msg
	msgHeadEmbedded = 24 // … of a message inside it
)

// openMsg lists what an Outlook .msg holds: its text, its header block, its
// attachments, and all that for the messages in it. Whatever goes wrong is a
// Defect, a panic of the library too; the file itself is listed already.
func (g *reading) openMsg(p *part, raw []byte) {
	defer func() {
		if x := recover(); x != nil {
			g.d.add(DefectMsg, fmt.Sprintf("%s: %.100v", p.section(), x), p.body)
		}
	}()
	root, err := readMsg(raw, 2*g.lim.Depth)
	if root != nil {
		m := msgReader{g: g, p: p}
		m.message(root, msgHeadTop)
		err = errors.Join(err, m.err)
	}
	if err != nil {
		g.d.add(DefectMsg, p.section()+": "+err.Error(), p.body)
	}
}

// msgReader lists one .msg.
type msgReader struct {
	g   *reading
	p   *part
	err error
}

// message lists the message in s, whose fixed properties begin behind head
// bytes. A message without a word in it is listed all the same when it lies
// inside another.
func (m *msgReader) message(s *msgStore, head int) {
	codepage, _ := s.number(msgCodepage<<16|mapiInt, head)
	if netpage, ok := s.number(msgNetCodepage<<16|mapiInt, head); ok && codepage == 0 {
		codepage = netpage
	}
	subject := s.text(msgSubject, codepage, &m.err)
	if h := s.text(msgHeaders, codepage, &m.err); h != "" {
		m.list(subject, "text/rfc822-headers", []byte(h))
	}
	markup := m.binary(s, msgHTML)
	if len(markup) > 0 {
		m.list(subject, "text/html", markup)
	}
	body := []byte(s.text(msgBody, codepage, &m.err))
	if len(bytes.TrimSpace(body)) == 0 && len(markup) == 0 {
		body = []byte(rtfText(unpackRTF(m.binary(s, msgRTF))))
	}
	if len(body) > 0 || head == msgHeadEmbedded && len(markup) == 0 {
		m.list(subject, "text/plain", body)
	}
	for _, a := range s.attachments() {
		m.attachment(a, codepage)
	}
}

// binary returns a binary property.
func (m *msgReader) binary(s *msgStore, id uint32) []byte {
	b, err := s.read(s.values[id<<16|mapiBinary])
	m.err = errors.Join(m.err, err)
	return b
}

// attachment lists one attachment and opens it when it is a container.
func (m *msgReader) attachment(s *msgStore, codepage uint32) {
	name := ""
	for _, id := range []uint32{msgAttachLong, msgAttachName, msgDisplayName} {
		if name == "" {
			name = s.text(id, codepage, &m.err)
		}
	}
	mime := s.text(msgAttachMime, codepage, &m.err)
	for _, k := range s.kids {
		if k.name == fmt.Sprintf("__substg1.0_%04X%04X", msgAttachData, mapiObject) {
			m.object(k, name)
			return
		}
	}
	e := s.values[msgAttachData<<16|mapiBinary]
	if e == nil {
		m.g.d.add(DefectExternal, "a file that a .msg only names", m.p.body)
	}
	m.file(s, e, name, mime)
}

// object lists a message inside a message, or the streams of another program's
// object.
func (m *msgReader) object(s *msgStore, name string) {
	if s.props != nil {
		m.message(s, msgHeadEmbedded)
		return
	}
	for _, e := range s.streams {
		m.file(s, e, name, "")
	}
	for _, k := range s.kids {
		m.object(k, name)
	}
}

// file lists the bytes of e, and what is in them when they are a container.
func (m *msgReader) file(s *msgStore, e *mscfb.File, name, mime string) {
	what := containerOf(mime, name)
	if strings.HasPrefix(mime, "multipart/") {
		what = "mail" // Outlook keeps a signed mail so
	}
	if what != "" {
		data, err := s.read(e)
		m.err = errors.Join(m.err, err)
		if m.list(name, mime, data); len(data) > 0 {
			m.g.open(m.p, what, &content{kept: data})
		}
		return
	}
	var c content
	sum, keep, as := sha256.New(), 0, wordsOf(mime, name)
	if as != "" {
		keep = m.g.lim.Words - m.g.m.elsewhere.said
	}
	err := s.each(e, func(piece []byte) { sum.Write(piece); c.take(piece, keep) })
	m.err = errors.Join(m.err, err)
	m.g.m.elsewhere.wait(said{as, "", c.kept})
	if m.room() {
		c.sha256 = hex.EncodeToString(sum.Sum(nil))
		m.g.piece(m.p, HowMsg, name, mime, &c)
	}
}

// room reports whether one more piece may be listed.
func (m *msgReader) room() bool {
	if len(m.g.m.Attachments) < m.g.lim.Parts {
		return true
	}
	m.g.d.once(DefectParts, "pieces of a .msg", m.p.body)
	return false
}

// list lists data that lay inside the .msg.
func (m *msgReader) list(name, mime string, data []byte) {
	if m.room() {
		m.g.packed(m.p, HowMsg, name, mime, data)
	}
}

// packed lists data that lay inside a container which says of each piece what
// it is called.
func (g *reading) packed(p *part, how How, name, mime string, data []byte) {
	if as := wordsOf(mime, name); as != "" {
		g.m.elsewhere.wait(said{as, "", data})
	}
	sum := sha256.Sum256(data)
	g.piece(p, how, name, mime, &content{size: int64(len(data)), head: data[:min(len(data), sniffed)], sha256: hex.EncodeToString(sum[:])})
}

// piece lists one piece of a container.
func (g *reading) piece(p *part, how How, name, mime string, c *content) {
	d := &defects{max: 10}
	a := Attachment{Name: cutName(valid(name), d), DeclaredType: cut(mime, 200), Size: c.size, SHA256: c.sha256, Part: p.section(), How: how}
	if c.size > 0 {
		a.SniffedType = c.sniff()
	}
	noteName(&part{}, a.Name, d)
	a.Defects = d.list
	g.m.Attachments = append(g.m.Attachments, a)
}
