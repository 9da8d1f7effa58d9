package message

import (
	"errors"
	"strings"
)

// AuthResults is one Authentication-Results field (RFC 8601): what a server
// says it found out about who sent a mail. It is a claim of whoever wrote it.
type AuthResults struct {
	ID      string // authserv-id, lower case; "" in Microsoft's form, which has none
	Results []AuthResult
}

// AuthResult is the result of one method.
type AuthResult struct {
	Method string            // spf, dkim, dmarc, compauth …, lower case
	Result string            // pass, fail, none …, lower case
	Props  map[string]string // header.from, smtp.mailfrom, reason …, keys lower case
}

// ErrAuthResults reports a field that is not written exactly as RFC 8601 or
// Microsoft writes it. Such a field counts for nothing.
var ErrAuthResults = errors.New("authentication results not readable")

// maxAuthResults is how long a field may be.
const maxAuthResults = 16 << 10

// ParseAuthResults reads the value of one field strictly: quotes and comments
// are understood, and whatever is doubled, unbalanced or out of place is
// ErrAuthResults. Programs that split at every semicolon can be made to read a
// quoted word as a result.
func ParseAuthResults(value string) (AuthResults, error) {
	if len(value) > maxAuthResults {
		return AuthResults{}, ErrAuthResults
	}
	pieces, ok := authPieces(value)
	if !ok {
		return AuthResults{}, ErrAuthResults
	}
	var a AuthResults
	if len(pieces[0]) > 0 && !pieces[0].hasResult() {
		if a.ID, ok = pieces[0].id(); !ok {
			return AuthResults{}, ErrAuthResults
		}
		pieces = pieces[1:]
	}
	for i, p := range pieces {
		if len(p) == 0 && i == len(pieces)-1 || p.isNone() {
			continue
		}
		r, ok := p.result()
		if !ok {
			return AuthResults{}, ErrAuthResults
		}
		a.Results = append(a.Results, r)
	}
	return a, nil
}

// authWord is one word of a field. A quoted one is never a key.
type authWord struct {
	text   string
	quoted bool
}

// authPiece is the words between two semicolons; "=" is a word of its own.
type authPiece []authWord

// hasResult reports whether the piece begins like a result.
func (p authPiece) hasResult() bool { return len(p) > 1 && p[1] == authWord{"=", false} }

// isNone reports the word that stands for no result at all.
func (p authPiece) isNone() bool { return len(p) == 1 && strings.EqualFold(p[0].text, "none") }

// id reads an authserv-id and a version.
func (p authPiece) id() (string, bool) {
	if len(p) > 2 || len(p) == 2 && p[1].text != "1" || p[0].text == "=" {
		return "", false
	}
	return strings.ToLower(p[0].text), true
}

// result reads method=result and its properties.
func (p authPiece) result() (r AuthResult, ok bool) {
	r.Props = map[string]string{}
	if len(p) == 0 || len(p)%3 != 0 {
		return r, false
	}
	for i := 0; i < len(p); i += 3 {
		key, value := strings.ToLower(p[i].text), p[i+2]
		if p[i].quoted || key == "=" || p[i+1] != (authWord{"=", false}) || value == (authWord{"=", false}) {
			return r, false
		}
		if i == 0 {
			r.Method, _, _ = strings.Cut(key, "/")
			r.Result = strings.ToLower(value.text)
			continue
		}
		if _, twice := r.Props[key]; twice {
			return r, false
		}
		r.Props[key] = value.text
	}
	return r, r.Method != ""
}

// authPieces splits a value into pieces and words. ok is false when quotes or
// brackets do not end, or a byte may not be there.
func authPieces(s string) (pieces []authPiece, ok bool) {
	pieces = []authPiece{nil}
	for i := 0; i < len(s); {
		last := &pieces[len(pieces)-1]
		n := 1
		switch c := s[i]; {
		case c == ' ' || c == '\t':
		case c < ' ' || c >= 0x7f || c == ')' || c == '\\':
			return nil, false
		case c == ';':
			pieces = append(pieces, nil)
		case c == '=':
			*last = append(*last, authWord{"=", false})
		case c == '(':
			n = commentLen(s[i:])
		case c == '"':
			var text string
			text, n = quotedLen(s[i:])
			*last = append(*last, authWord{text, true})
		default:
			n = wordLen(s[i:])
			*last = append(*last, authWord{s[i : i+n], false})
		}
		if n == 0 {
			return nil, false
		}
		i += n
	}
	return pieces, true
}

// commentLen returns the length of the comment s begins with, or 0.
func commentLen(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// quotedLen returns the quoted string s begins with and its length, or 0.
func quotedLen(s string) (text string, n int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1
		case s[i] < ' ' || s[i] >= 0x7f:
			return "", 0
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", 0
}

// wordLen returns the length of the word s begins with, or 0 when a byte in it
// may not be there.
func wordLen(s string) int {
	n := 0
	for n < len(s) && strings.IndexByte(" \t;=()\"\\", s[n]) < 0 {
		if s[n] < ' ' || s[n] >= 0x7f {
			return 0
		}
		n++
	}
	return n
}
