package message

import (
	"strings"
)

// addressReader reads address lists (RFC 5322 section 3.4, with the obsolete
// forms) in one pass and linear time (V17, V18, V21). What programs could read
// in two ways is a Defect.
type addressReader struct {
	left int // addresses still allowed in this mail
	d    *defects
}

// list reads the value of one field that begins at at.
func (r *addressReader) list(value string, at int64) (found []Address) {
	t := tokens{s: value}
	var one mailbox
	for {
		tok, ok := t.next()
		if !ok || tok.kind == tokSeparator {
			found = r.take(found, &one, at)
			one = mailbox{}
		} else {
			one.add(tok)
		}
		if !ok {
			return found
		}
	}
}

// take finishes one mailbox.
func (r *addressReader) take(found []Address, m *mailbox, at int64) []Address {
	if m.empty() {
		return found
	}
	if r.left == 0 {
		r.d.once(DefectAddresses, "", at)
		return found
	}
	r.left--
	a := m.address(r.d)
	r.judge(a, m, at)
	return append(found, a)
}

// judge notes what makes the mailbox doubtful.
func (r *addressReader) judge(a Address, m *mailbox, at int64) {
	switch {
	case a.Addr == "":
		r.d.add(DefectAddress, a.Name, at)
	case m.odd != "":
		r.d.add(DefectConfusable, m.odd, at)
	case !isASCII(a.Addr):
		r.d.add(DefectNonASCII, a.Addr, at)
	}
	if shown := addressIn(a.Name); shown != "" && shown != a.Addr {
		r.d.add(DefectNameIsAddr, shown, at)
	}
}

// addressIn returns something like an address inside a display name, or "".
func addressIn(name string) string {
	i := strings.IndexByte(name, '@')
	if i <= 0 || i == len(name)-1 {
		return ""
	}
	from := strings.LastIndexAny(name[:i], " \t<\"'([,;:") + 1
	to := i + 1
	for to < len(name) && !strings.ContainsRune(" \t>\"')],;:", rune(name[to])) {
		to++
	}
	if from == i || !strings.Contains(name[i:to], ".") {
		return ""
	}
	return strings.ToLower(name[from:to])
}

// mailbox gathers the tokens of one address.
type mailbox struct {
	words   []string // outside angle brackets
	quoted  bool     // one of the words was a quoted string
	comment string
	angle   string
	angles  int
	odd     string // why programs may disagree about it
}

// empty reports whether nothing was written.
func (m *mailbox) empty() bool {
	return len(m.words) == 0 && m.angles == 0 && m.comment == ""
}

// add takes one token.
func (m *mailbox) add(t token) {
	switch t.kind {
	case tokAngle:
		if m.angles++; m.angles > 1 {
			m.odd = "two addresses in angle brackets"
		}
		m.angle = t.text
	case tokComment:
		m.comment = t.text
	case tokQuoted:
		m.quoted = true
		m.words = append(m.words, t.text)
	case tokWord:
		m.words = append(m.words, t.text)
	}
}

// address returns what the tokens mean.
func (m *mailbox) address(d *defects) Address {
	outside := strings.Join(m.words, " ")
	if m.angles > 0 {
		if m.comment != "" && strings.Contains(outside, "@") {
			m.odd = "an address and a comment before the angle brackets"
		}
		name := decodeWords(outside, d)
		if name == "" {
			name = decodeWords(m.comment, d)
		}
		return Address{Name: cleanName(name), Addr: m.bare(m.angle)}
	}
	if strings.Contains(outside, "@") {
		return Address{Name: cleanName(decodeWords(m.comment, d)), Addr: m.bare(m.spoken())}
	}
	return Address{Name: cleanName(decodeWords(outside, d))}
}

// spoken returns the word with the at sign among words without angle brackets;
// a quoted local part may stand before it.
func (m *mailbox) spoken() string {
	joined := strings.Join(m.words, "")
	if strings.HasPrefix(joined, "@") || m.quoted {
		return joined
	}
	for i, w := range m.words {
		if !strings.Contains(w, "@") {
			continue
		}
		if w == "@" || strings.HasPrefix(w, "@") || strings.HasSuffix(w, "@") {
			return joined
		}
		if len(m.words) > 1 {
			m.odd = "words around an address without angle brackets"
		}
		return m.words[i]
	}
	return joined
}

// maxAddress is longer than any address can be (RFC 5321 section 4.5.3.1). A
// longer one is no address: cutting it would name somebody else.
const maxAddress = 998

// bare cleans an addr-spec: blanks and a source route go, the case falls.
func (m *mailbox) bare(s string) string {
	if strings.IndexByte(s, '(') >= 0 && strings.IndexByte(s, '"') < 0 {
		m.odd = "a comment inside the address"
		s = withoutComment(s)
	}
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, valid(s))
	if strings.HasPrefix(s, "@") { // RFC 5322 section 4.4: <@host,@host:local@domain>
		m.odd = "a route before the address"
		if i := strings.LastIndexByte(s, ':'); i >= 0 {
			s = s[i+1:]
		}
	}
	if strings.Contains(s, "=?") {
		m.odd = "encoded words inside the address"
	}
	s = strings.TrimPrefix(strings.ToLower(s), "mailto:")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > maxAddress {
		return ""
	}
	if strings.IndexByte(s[:at], '@') >= 0 {
		m.odd = "two at signs"
	}
	return s
}

// cleanName drops quotes, control characters and doubled blanks.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return cut(strings.Trim(strings.Join(strings.Fields(s), " "), `"'`), 998)
}
