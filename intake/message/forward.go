package message

import (
	"regexp"
	"slices"
	"strings"
)

// Forwarding says how much of another mail this one brings. It grades evidence:
// a mail sent on as an attachment still has its headers, one sent on inline has
// lost them.
type Forwarding string

// The ways to send a mail on.
const (
	NotForwarded Forwarding = ""
	AsAttachment Forwarding = "attachment"
	Inline       Forwarding = "inline"
)

// forwardMarks are the words mail programs put between dashes above a mail sent
// on inline: Gmail, Thunderbird, Yahoo, Samsung, in the languages people here
// write.
var forwardMarks = []string{
	"forwarded message", "forwarded mail", "original message forwarded", "forwarded by", "forwarded email",
	"weitergeleitete nachricht", "message transféré", "message transmis", "courriel transféré", "mensaje reenviado", "messaggio inoltrato",
	"mensagem encaminhada", "doorgestuurd bericht", "neges a anfonwyd ymlaen", "neges wedi'i hanfon ymlaen", "przekazana wiadomość",
	"przesłana wiadomość", "treść przekazanej wiadomości", "mesaj redirecționat", "mesaj redirecţionat", "továbbított üzenet", "vidarebefordrat meddelande",
	"videresendt melding", "videresendt besked", "välitetty viesti", "yönlendirilmiş ileti", "iletilmiş mesaj", "iletilen mesaj",
	"пересланное сообщение", "пересылаемое сообщение", "переслане повідомлення", "препратено съобщение", "persiųstas laiškas", "pārsūtīta vēstule",
	"přeposlaná zpráva", "preposlaná správa", "προωθημένο μήνυμα", "رسالة معاد توجيهها", "转发的邮件", "轉寄郵件", "転送されたメッセージ",
}

// appleMarks are the whole lines Apple Mail and iPhones put there.
var appleMarks = []string{
	"begin forwarded message:", "anfang der weitergeleiteten nachricht:", "début du message réexpédié", "début du message transféré",
	"inicio del mensaje reenviado:", "inizio messaggio inoltrato:", "início da mensagem encaminhada:", "begin doorgestuurd bericht:",
	"początek przekazywanej wiadomości:", "начало переадресованного сообщения:", "початок листа, що пересилається:", "iletilen ileti başlangıcı:",
	"vidarebefordrat brev:", "videresendt brev:",
}

// isForwardMark reports whether line stands above a mail sent on inline.
func isForwardMark(line string) bool {
	line = strings.TrimLeft(line, "> \t*_")
	words := strings.TrimLeft(line, "-–— \u00a0")
	marks := forwardMarks
	if words == line {
		marks = appleMarks
	}
	return slices.ContainsFunc(marks, func(mark string) bool { return hasPrefixFold(words, mark) })
}

// hasPrefixFold reports whether s begins with prefix in any case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// forwardSubjects is how subjects of mails sent on begin.
var forwardSubjects = regexp.MustCompile(`(?i)^\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|tr|rv|i|enc|pd|doorst|ym|yml|továbbítás|továbbküldve|vb|vs|videresend|ilt|i̇lt|пересл|переслано|fs|转发|轉寄)\s*[:：]`)

// quotedHeaders is the head of another mail as Outlook writes it into a text,
// in answers too; only with such a subject does it mean sending on.
var quotedHeaders = regexp.MustCompile(`(?mi)^[> \t*]*(?:from|von|de|da|de la|od|van|från|fra|lähettäjä|oddi ?wrth|gönderen|kimden|feladó|от|від|发件人|寄件者)[ \t\x{a0}\x{202f}*]*[:：].+\n(?:.*\n){0,3}?` +
	`[> \t*]*(?:sent|date|gesendet|datum|envoyé|enviado|inviato|data|wysłano|wysłane|verzonden|skickat|sendt|dato|lähetetty|anfonwyd|dyddiad|gönderilme tarihi|tarih|elküldve|küldve|dátum|отправлено|дата|надіслано|trimis|发送时间|日期)[ \t\x{a0}\x{202f}*]*[:：]`)

// forwarding judges how the mail sends another on.
func (g *reading) forwarding() Forwarding {
	for _, p := range g.parts {
		if p.kind == embedded || p.opens() == "mail" || p.opens() == "msg" {
			return AsAttachment
		}
	}
	text := cut(g.m.Text, 64<<10)
	for line := range strings.Lines(text) {
		if isForwardMark(line) {
			return Inline
		}
	}
	if forwardSubjects.MatchString(g.m.Subject) && strings.Contains(text, ":") && quotedHeaders.MatchString(text) {
		return Inline
	}
	return NotForwarded
}
