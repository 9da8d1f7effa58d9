package message_test

import (
	"testing"

	"dutydesk/intake/message"
)

// A mail sent on keeps its headers as an attachment and loses them inline; an
// answer that quotes is no mail sent on.
func TestForwarding(t *testing.T) {
	const outlook = "please see below\n\nFrom: Sam <sam@college.example>\nSent: 23 November 2026 09:00\nTo: Amy\nSubject: help\n\nI do not feel safe\n"
	for name, c := range map[string]struct {
		mail string
		want message.Forwarding
	}{
		"own words":       {"Subject: help\n\nplease read this\n", message.NotForwarded},
		"as attachment":   {"Subject: FW: help\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: message/rfc822\n\nSubject: help\n\nx\n--b--\n", message.AsAttachment},
		"as a file":       {"Subject: FW: help\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: application/octet-stream; name=help.eml\n\nSubject: help\n\nx\n--b--\n", message.AsAttachment},
		"gmail":           {"Subject: Fwd: help\n\n---------- Forwarded message ---------\nFrom: Sam\n", message.Inline},
		"apple":           {"Subject: help\n\nBegin forwarded message:\n\n> From: Sam\n", message.Inline},
		"outlook":         {"Subject: FW: help\n\n" + outlook, message.Inline},
		"outlook answers": {"Subject: RE: help\n\n" + outlook, message.NotForwarded},
		"words only":      {"Subject: Fwd: help\n\nI was told: from: nobody\n", message.NotForwarded},
	} {
		if m := read(t, "From: amy@college.example\n"+c.mail); m.Forwarded != c.want {
			t.Errorf("%s: %q", name, m.Forwarded)
		}
	}
}
