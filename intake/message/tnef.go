package message

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
)

// The attributes of TNEF that matter here ([MS-OXTNEF] section 2.1.3).
const (
	tnefSignature  = 0x223E9F78
	tnefMessage    = 1 // level
	tnefBody       = 0x0002800C
	tnefMAPIProps  = 0x00069003
	tnefRenderData = 0x00069002
	tnefTitle      = 0x00018010
	tnefData       = 0x0006800F
	tnefAttachment = 0x00069005
)

// tnefFile is one file inside winmail.dat.
type tnefFile struct {
	title, long string
	data        []byte
	object      []byte // an embedded message or OLE object, without its interface id
	mime        string
	has         bool
}

// readTNEF lists the files in raw, a winmail.dat ([MS-OXTNEF]). body is the
// text of the message in it, if any, of which a reader may not see all when
// veiled. whole is false when raw is damaged;
// what could be read is given.
func readTNEF(raw []byte) (files []tnefFile, body []byte, veiled, whole bool) {
	if len(raw) < 6 || binary.LittleEndian.Uint32(raw) != tnefSignature {
		return nil, nil, false, false
	}
	raw = raw[6:]
	var cur *tnefFile
	for len(raw) >= 9 && len(files) < 1000 {
		id, size := binary.LittleEndian.Uint32(raw[1:]), int64(binary.LittleEndian.Uint32(raw[5:]))
		if size > int64(len(raw)-9) {
			return endTNEF(files, cur), body, veiled, false
		}
		data := raw[9 : 9+size]
		raw = raw[9+size:]
		raw = raw[min(2, len(raw)):] // checksum: many programs write it wrong
		switch id {
		case tnefBody:
			body = bytes.TrimRight(data, "\x00")
		case tnefMAPIProps:
			if b, v := messageBody(data); len(body) == 0 {
				body, veiled = b, v
			}
		case tnefRenderData:
			files, cur = endTNEF(files, cur), &tnefFile{}
		case tnefTitle, tnefData, tnefAttachment:
			if cur == nil {
				cur = &tnefFile{}
			}
			cur.attribute(id, data)
		}
	}
	return endTNEF(files, cur), body, veiled, true
}

// endTNEF adds the file that was being read.
func endTNEF(files []tnefFile, cur *tnefFile) []tnefFile {
	if cur == nil || !cur.has {
		return files
	}
	return append(files, *cur)
}

// attribute takes one attribute of an attachment.
func (f *tnefFile) attribute(id uint32, data []byte) {
	switch id {
	case tnefTitle:
		f.title = cString(data)
	case tnefData:
		f.data, f.has = data, true
	case tnefAttachment:
		for _, p := range mapiProps(data) {
			f.property(p)
		}
	}
}

// property takes one MAPI property of an attachment ([MS-OXPROPS]).
func (f *tnefFile) property(p mapiProp) {
	switch p.id {
	case 0x3707, 0x3001: // PidTagAttachLongFilename, PidTagDisplayName
		if f.long == "" || p.id == 0x3707 {
			f.long = p.text()
		}
	case 0x3704: // PidTagAttachFilename
		if f.title == "" {
			f.title = p.text()
		}
	case 0x370E: // PidTagAttachMimeTag
		f.mime = strings.ToLower(p.text())
	case 0x3701: // PidTagAttachDataBinary or PidTagAttachDataObject
		if len(p.data) == 0 {
			return
		}
		f.has = true
		if p.kind == 0x0D && len(p.data) > 16 {
			f.object = p.data[16:] // behind the interface id
		} else if len(f.data) == 0 {
			f.data = p.data
		}
	}
}

// name returns the long name before the short one.
func (f *tnefFile) name() string {
	if f.long != "" {
		return f.long
	}
	return f.title
}

// bytes returns the content: an object replaces the data, which is then a
// picture of its icon.
func (f *tnefFile) bytes() []byte {
	if f.object != nil {
		return f.object
	}
	return f.data
}

// messageBody returns the text among the properties of the message: PidTagBody,
// else the words of PidTagHtml or of PidTagRtfCompressed, and whether a reader
// may not see all of them.
func messageBody(props []byte) (body []byte, veiled bool) {
	var markup, rtf []byte
	for _, p := range mapiProps(props) {
		switch p.id {
		case 0x1000:
			body = []byte(p.text())
		case 0x1013:
			markup = p.data
		case 0x1009:
			rtf = p.data
		}
	}
	switch {
	case len(bytes.TrimSpace(body)) > 0:
		return body, false
	case len(markup) > 0:
		h := htmlText([]byte(valid(string(markup))), maxRTF)
		return []byte(h.text), h.seen < len(h.text)
	}
	plain := unpackRTF(rtf)
	return []byte(rtfText(plain)), rtfHides.Match(plain)
}

// rtfHides finds the control words by which RTF hides text or makes it small,
// and any colour but the default.
var rtfHides = regexp.MustCompile(`\\(?:v1?|deleted|fs\d|cf[1-9]\d*|highlight\d+|cb\d+)(?:[^a-z0-9]|$)`)

// openTNEF lists the files of a winmail.dat behind the container itself.
func (g *reading) openTNEF(p *part, raw []byte) {
	files, body, veiled, whole := readTNEF(raw)
	if g.inTNEF == nil && !p.inEmbedded() {
		g.inTNEF, g.tnefVeil = body, veiled
	}
	if !whole {
		g.d.add(DefectTNEF, p.section(), p.body)
	}
	for i := range files {
		f := &files[i]
		g.packed(p, HowTNEF, f.name(), f.mime, f.bytes())
		if f.object != nil && bytes.HasPrefix(f.object, []byte{0x78, 0x9f, 0x3e, 0x22}) {
			g.open(p, "tnef", &content{kept: f.object})
		} else if what := containerOf(f.mime, f.name()); what != "" && len(f.data) > 0 {
			g.open(p, what, &content{kept: f.data})
		}
	}
}
