package message

import "strings"

// headers reads the root's fields into the message.
func (g *reading) headers(h header) {
	m := g.m
	r := &addressReader{left: g.lim.Addresses, d: &g.d}
	hidden := g.hiddenFrom()
	m.FromHeaders, m.single = len(h.all("From"))+hidden, single(h, hidden)
	m.auth, m.inside = values(h, "Authentication-Results"), values(h, "X-MS-Exchange-Organization-AuthAs")
	m.resent = resent(h)
	before := len(g.d.list)
	m.From = addresses(r, h.all("From"))
	m.fromOdd = len(g.d.list) > before || !plainly(h.all("From"))
	m.To = addresses(r, h.all("To"))
	m.Cc = addresses(r, h.all("Cc"))
	m.ReplyTo = addresses(r, h.all("Reply-To"))
	m.Recipients = recipients(r, h, m)
	m.Subject = cut(decodeWords(h.get("Subject"), &g.d), 4<<10)
	m.MessageID = messageID(h.all("Message-ID"), &g.d)
	m.InReplyTo = g.thread(h.all("In-Reply-To"))
	m.References = g.thread(h.all("References"))
	g.date(h)
	g.noteFields(h)
	g.noteSender(h)
}

// plainly reports whether the fields name their mailboxes without a group, an
// empty place in the list or a quoted address, all of which some programs skip.
func plainly(fs []field) bool {
	for _, f := range fs {
		t, quoted, angle := tokens{s: f.value}, false, false
		for tok, ok := t.next(); ok; tok, ok = t.next() {
			if tok.kind == tokSeparator || tok.kind == tokAngle && strings.Contains(tok.text, `"`) {
				return false
			}
			quoted, angle = quoted || tok.kind == tokQuoted, angle || tok.kind == tokAngle
		}
		if quoted && !angle {
			return false
		}
	}
	return true
}

// values returns the values of the first fields called name.
func values(h header, name string) (all []string) {
	for _, f := range h.all(name) {
		if len(all) < 20 {
			all = append(all, f.value)
		}
	}
	return all
}

// hiddenFrom counts the From lines that were left out of the header because
// they are no fields: another program may have taken one for the author.
func (g *reading) hiddenFrom() (n int) {
	for _, d := range g.d.list {
		if d.Code != DefectLeadingFold && d.Code != DefectNoColon {
			continue
		}
		if len(d.Detail) > 4 && strings.EqualFold(d.Detail[:4], "from") {
			n++
		}
	}
	return n
}

// addresses reads the addresses of all the fields together.
func addresses(r *addressReader, fs []field) (found []Address) {
	for _, f := range fs {
		found = append(found, r.list(f.value, f.at)...)
	}
	return found
}

// arrivalFields are fields in which servers note whom a mail was brought to.
var arrivalFields = []string{"Bcc", "Delivered-To", "X-Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Apparently-To", "Resent-To", "Resent-Cc"}

// recipients returns every address the mail may have been sent to, once each.
func recipients(r *addressReader, h header, m *Message) (found []string) {
	all := append(append([]Address{}, m.To...), m.Cc...)
	quiet := &addressReader{left: r.left, d: &defects{}}
	for _, name := range arrivalFields {
		all = append(all, addresses(quiet, h.all(name))...)
	}
	r.left = quiet.left
	seen := make(map[string]bool, len(all))
	for _, a := range all {
		if a.Addr != "" && !seen[a.Addr] {
			seen[a.Addr] = true
			found = append(found, a.Addr)
		}
	}
	return found
}

// thread reads the ids of all the fields together.
func (g *reading) thread(fs []field) (found []string) {
	for _, f := range fs {
		found = append(found, ids(f.value, g.lim.IDs-len(found), f.at, &g.d)...)
	}
	return found
}

// date reads the Date field.
func (g *reading) date(h header) {
	for _, f := range h.all("Date") {
		at, ok := parseDate(f.value)
		if ok {
			g.m.Date = at
			return
		}
		g.d.once(DefectDate, f.value, f.at)
	}
}

// onlyOnce are the fields that may be there once (RFC 5322 section 3.6) and
// matter to who wrote what in answer to which mail.
var onlyOnce = []string{
	"From", "Sender", "Reply-To", "To", "Cc", "Message-ID", "In-Reply-To", "References", "Subject", "Date",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition",
}

// noteFields notes fields that are there too often and claims of trust.
func (g *reading) noteFields(h header) {
	for _, name := range onlyOnce {
		if h.count(name) > 1 {
			g.d.add(DefectDuplicate, name, h.all(name)[1].at)
		}
	}
	if fs := h.all("Authentication-Results"); len(fs) > 0 {
		g.d.add(DefectTrustHeader, fs[0].value, fs[0].at)
	}
	if g.threadDiffers() {
		g.d.add(DefectThread, "", 0)
	}
	if base := severalTags(g.m.Recipients); base != "" {
		g.d.add(DefectManyTokens, base, 0)
	}
}

// severalTags returns the address that several tagged forms of are among the
// recipients (a+x@b, a+y@b), or "".
func severalTags(recipients []string) string {
	tags := map[string]string{}
	for _, r := range recipients {
		local, host, _ := strings.Cut(r, "@")
		name, tag, ok := strings.Cut(local, "+")
		if !ok {
			continue
		}
		base := name + "@" + host
		if other, seen := tags[base]; seen && other != tag {
			return base
		}
		tags[base] = tag
	}
	return ""
}

// threadDiffers reports whether In-Reply-To names several mails, or one that
// References does not know.
func (g *reading) threadDiffers() bool {
	if len(g.m.InReplyTo) > 1 {
		return true
	}
	if len(g.m.InReplyTo) == 0 || len(g.m.References) == 0 {
		return false
	}
	for _, id := range g.m.References {
		if id == g.m.InReplyTo[0] {
			return false
		}
	}
	return true
}

// noteSender notes what makes the author doubtful.
func (g *reading) noteSender(h header) {
	m := g.m
	switch {
	case len(m.From) == 0:
		g.d.add(DefectNoFrom, "", 0)
		return
	case len(m.From) > 1:
		g.d.add(DefectManyFrom, "", h.all("From")[0].at)
	}
	for _, a := range m.ReplyTo {
		if DomainOf(a.Addr) != DomainOf(m.From[0].Addr) {
			g.d.once(DefectReplyTo, a.Addr, 0)
		}
	}
}

// DomainOf returns what stands behind the last at sign.
func DomainOf(addr string) string { return addr[strings.LastIndexByte(addr, '@')+1:] }
