package intake

import (
	"strings"

	"dutydesk/workflow"
)

// addressed are the tokens in the desk's own plus-addresses among addrs:
// "desk+dd1.TOKEN@council.example". A token in anybody else's address was put
// there by somebody else.
func (d *Desk) addressed(addrs []string) (tokens []string) {
	for _, a := range addrs {
		plain, at := parts(a)
		plain, _, tagged := strings.Cut(plain, "+")
		if tagged && strings.EqualFold(plain+at, d.Address) {
			tokens = append(tokens, workflow.Tokens("<"+a+">")...)
		}
	}
	return tokens
}

// named are the tokens in the names of the desk's own letters among message ids:
// "<dd1.LETTER.TOKEN@council.example>". Other hosts name other desks' letters.
func (d *Desk) named(ids []string) (tokens []string) {
	_, ours := parts(d.Address)
	for _, id := range ids {
		if _, host := parts(strings.TrimSuffix(strings.TrimSpace(id), ">")); strings.EqualFold(host, ours) {
			tokens = append(tokens, workflow.Tokens(id)...)
		}
	}
	return tokens
}

// parts cuts an address or a message id before its last "@".
func parts(text string) (left, right string) {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text, ""
	}
	return text[:at], text[at:]
}
