package message

import (
	"bytes"
	"strings"
)

// opens says as what p is opened after decoding: "mail", "tnef", "msg", or ""
// for not at all.
func (p *part) opens() string {
	if p.kind != leaf {
		return ""
	}
	if p.isMail() && !p.identity() {
		return "mail"
	}
	return containerOf(p.media, p.dispParams.get("filename")+p.params.get("name"))
}

// containerOf says as what a file of that type and name is opened.
func containerOf(media, name string) string {
	name = strings.ToLower(name)
	switch {
	case media == "application/ms-tnef" || media == "application/vnd.ms-tnef" || strings.HasSuffix(name, "winmail.dat"):
		return "tnef"
	case media == "application/vnd.ms-outlook" || strings.HasSuffix(name, ".msg"):
		return "msg"
	case strings.HasSuffix(name, ".eml"):
		return "mail"
	}
	return ""
}

// open lists what the decoded container c of p holds.
func (g *reading) open(p *part, what string, c *content) {
	switch {
	case c.cut:
		g.d.add(DefectUnpack, p.section(), p.body)
		return
	case g.depth+p.depth >= g.lim.Depth:
		g.d.once(DefectDepth, p.section(), p.body)
		return
	}
	g.unpack -= len(c.kept)
	g.depth++
	defer func() { g.depth-- }()
	switch what {
	case "mail":
		g.openMail(p, c.kept)
	case "tnef":
		g.openTNEF(p, c.kept)
	case "msg":
		g.openMsg(p, c.kept)
	}
}

// openMail walks a mail that was encoded as a whole.
func (g *reading) openMail(p *part, raw []byte) {
	if p.media != "message/rfc822" && !looksLikeMail(raw) {
		return
	}
	w := g.walker(bytes.NewReader(raw), int64(len(raw)), nil)
	w.lim.Parts = max(1, g.lim.Parts-len(g.parts))
	root := &part{parent: &part{kind: embedded, parent: p.parent, depth: p.depth, path: p.section(), media: p.media}, depth: p.depth + g.depth, path: p.section()}
	w.walk(g.ctx, root)
	g.parts = append(g.parts, w.parts...)
	g.all(w.parts)
}

// looksLikeMail reports whether raw begins with a header field.
func looksLikeMail(raw []byte) bool {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return len(line) < 1000 && (nameLen(line) > 1 || kindOf(line, true) == lineMbox)
}
