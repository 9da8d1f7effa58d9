package notify

import (
	"fmt"
	"strings"
)

// maxLink is the longest mailto: link that every mail program opens.
const maxLink = 500

// mailto makes a link that opens a ready message (RFC 6068): every octet but
// the unreserved ones is percent-encoded, so that no program takes "+" for a
// space or "," for another recipient; a line break is %0D%0A. It returns "" if
// the link would be too long to trust, and the reader replies by hand.
func mailto(address, subject, body string) string {
	body = strings.ReplaceAll(body, "\n", "\r\n")
	link := "mailto:" + strings.ReplaceAll(percent(address), "%40", "@") + "?subject=" + percent(subject) + "&body=" + percent(body)
	if len(link) > maxLink {
		return ""
	}
	return link
}

// percent encodes all but RFC 3986's unreserved characters.
func percent(s string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte(unreserved, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
