package workflow

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"regexp"
	"strings"
)

// Key is the desk's secret from which capabilities are derived. It is kept
// apart from the ledger, so that a copy of the ledger gives no authority.
type Key []byte

// tokenBits are the letters of a token: RFC 4648 base32 in small letters.
var tokenBits = base32.StdEncoding.WithPadding(base32.NoPadding)

// Token is the capability of a letter: 128 bits that only the desk can make
// and only the letter's reader knows. It stands in Reply-To and Message-ID.
func (k Key) Token(letterID string) string {
	m := hmac.New(sha256.New, k)
	m.Write([]byte("capability/1/" + letterID))
	return strings.ToLower(tokenBits.EncodeToString(m.Sum(nil)[:16]))
}

// Hash is how the ledger knows a token: as many bits as the token has.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}

// tokenForm is a token as our letters carry it, version 1. Another version is
// no token: there is no fallback.
var tokenForm = regexp.MustCompile(`(?i)[+<]dd1\.(?:[a-z0-9]{26}\.)?([a-z2-7]{26})@`)

// Tokens finds capabilities in addresses and message ids, first come first.
func Tokens(values ...string) (tokens []string) {
	for _, v := range values {
		for _, m := range tokenForm.FindAllStringSubmatch(v, 8) {
			tokens = append(tokens, strings.ToLower(m[1]))
		}
	}
	return tokens
}
