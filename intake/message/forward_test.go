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
		"own words":        {"Subject: help\n\nplease read this\n", message.NotForwarded},
		"as attachment":    {"Subject: FW: help\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: message/rfc822\n\nSubject: help\n\nx\n--b--\n", message.AsAttachment},
		"as a file":        {"Subject: FW: help\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: application/octet-stream; name=help.eml\n\nSubject: help\n\nx\n--b--\n", message.AsAttachment},
		"gmail":            {"Subject: Fwd: help\n\n---------- Forwarded message ---------\nFrom: Sam\n", message.Inline},
		"apple":            {"Subject: help\n\nBegin forwarded message:\n\n> From: Sam\n", message.Inline},
		"outlook":          {"Subject: FW: help\n\n" + outlook, message.Inline},
		"outlook answers":  {"Subject: RE: help\n\n" + outlook, message.NotForwarded},
		"Thunderbird, de":  {"Subject: Fwd: Hilfe\n\n\n-------- Weitergeleitete Nachricht --------\nBetreff: x\n", message.Inline},
		"Thunderbird, pl":  {"Subject: Fwd: x\n\n-------- Treść przekazanej wiadomości --------\nTemat: x\n", message.Inline},
		"Gmail, cy":        {"Subject: Fwd: x\n\n---------- Neges a anfonwyd ymlaen ---------\nOddi wrth: Sam\n", message.Inline},
		"Gmail, ro":        {"Subject: Fwd: x\n\n---------- Mesaj redirecționat ---------\nDe la: Sam\n", message.Inline},
		"Gmail, uk":        {"Subject: Fwd: x\n\n---------- Переслане повідомлення ---------\nВід: Sam\n", message.Inline},
		"Yahoo":            {"Subject: Fw: x\n\n  ----- Forwarded message -----\n From: Sam\n", message.Inline},
		"Apple, fr":        {"Subject: Tr: x\n\nDébut du message réexpédié :\n\n> De: Sam\n", message.Inline},
		"Apple, de":        {"Subject: x\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Sam\n", message.Inline},
		"Outlook, fr":      {"Subject: TR: x\n\nDe\u00a0: Sam\nEnvoyé\u00a0: lundi 23 novembre 2026\nÀ\u00a0: Amy\n", message.Inline},
		"Outlook, pl":      {"Subject: PD: x\n\nOd: Sam\nWysłane: poniedziałek\nDo: Amy\n", message.Inline},
		"Outlook, cy":      {"Subject: YM: x\n\nOddi wrth: Sam\nAnfonwyd: Dydd Llun\nAt: Amy\n", message.Inline},
		"Outlook, pl, re":  {"Subject: ODP: x\n\nOd: Sam\nWysłane: poniedziałek\nDo: Amy\n", message.NotForwarded},
		"Outlook, bold":    {"Subject: FW: x\n\n*From:* Sam\n*Sent:* Monday\n*To:* Amy\n", message.Inline},
		"HTML only":        {"Subject: FW: x\nContent-Type: text/html\n\n<p>see</p><div><b>From:</b> Sam<br><b>Sent:</b> Monday<br><b>To:</b> Amy<br></div>", message.Inline},
		"a person's words": {"Subject: I: am afraid\n\nhe forwarded message after message\n- forwarded?\n", message.NotForwarded},
		"words only":       {"Subject: Fwd: help\n\nI was told: from: nobody\n", message.NotForwarded},
	} {
		if m := read(t, "From: amy@college.example\n"+c.mail); m.Forwarded != c.want {
			t.Errorf("%s: %q", name, m.Forwarded)
		}
	}
}
