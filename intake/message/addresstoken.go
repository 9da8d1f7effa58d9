package message

import "strings"

// tokenKind is a kind of word in an address list.
type tokenKind int

const (
	tokWord tokenKind = iota
	tokQuoted
	tokAngle
	tokComment
	tokSeparator // comma, semicolon, or the name of a group with its colon
)

// token is one word of an address list, without its brackets or quotes.
type token struct {
	kind tokenKind
	text string
}

// tokens reads the words of an address list from left to right.
type tokens struct {
	s   string
	pos int
}

// next returns the next token; ok is false at the end.
func (t *tokens) next() (tok token, ok bool) {
	for t.pos < len(t.s) && (t.s[t.pos] == ' ' || t.s[t.pos] == '\t' || t.s[t.pos] == '\r' || t.s[t.pos] == '\n') {
		t.pos++
	}
	if t.pos == len(t.s) {
		return token{}, false
	}
	switch t.s[t.pos] {
	case ',', ';':
		t.pos++
		return token{kind: tokSeparator}, true
	case '"':
		return token{tokQuoted, t.quoted()}, true
	case '(':
		return token{tokComment, t.comment()}, true
	case '<':
		return token{tokAngle, t.angle()}, true
	}
	return t.word(), true
}

// quoted reads a quoted string. A missing end quote ends at the end.
func (t *tokens) quoted() string {
	value, rest := quoted(t.s[t.pos:])
	t.pos = len(t.s) - len(rest)
	return value
}

// comment reads a comment with comments inside.
func (t *tokens) comment() string {
	from, depth := t.pos+1, 0
	for ; t.pos < len(t.s); t.pos++ {
		switch t.s[t.pos] {
		case '\\':
			t.pos++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				t.pos++
				return t.s[from : t.pos-1]
			}
		}
	}
	t.pos = min(t.pos, len(t.s))
	return t.s[min(from, t.pos):t.pos]
}

// angle reads up to the closing bracket; a quoted local part may hold one.
func (t *tokens) angle() string {
	t.pos++
	from := t.pos
	inQuotes := false
	for ; t.pos < len(t.s); t.pos++ {
		switch c := t.s[t.pos]; {
		case c == '\\' && inQuotes:
			t.pos++
		case c == '"':
			inQuotes = !inQuotes
		case c == '>' && !inQuotes:
			t.pos++
			return t.s[from : t.pos-1]
		}
	}
	t.pos = min(t.pos, len(t.s))
	text, _, _ := strings.Cut(t.s[min(from, t.pos):t.pos], ",") // no end: the next address is not part of it
	t.pos = min(from+len(text), len(t.s))
	return text
}

// word reads up to the next special character. A word with a colon behind it,
// and no at sign in it, names a group.
func (t *tokens) word() token {
	from := t.pos
	for t.pos < len(t.s) && strings.IndexByte(" \t\r\n,;\"(<", t.s[t.pos]) < 0 {
		if t.s[t.pos] == ':' && strings.IndexByte(t.s[from:t.pos], '@') < 0 && !strings.EqualFold(t.s[from:t.pos], "mailto") {
			t.pos++
			return token{kind: tokSeparator}
		}
		t.pos++
	}
	return token{tokWord, t.s[from:t.pos]}
}
