package reply

import (
	"regexp"
	"strings"
)

// What mail programs write of their own accord, in the languages they write it
// in.

// dividers are whole lines with which programs begin the quoted letter.
var dividers = regexp.MustCompile(`(?i)^_{10,}$` +
	// Outlook, Samsung, Thunderbird: ----- Original Message -----
	`|^[-_=]{2,}\s*(` + strings.Join([]string{
	`original message`, `forwarded message`, `reply message`, `original appointment`, `neges wreiddiol`,
	`ursprüngliche nachricht`, `weitergeleitete nachricht`, `originalnachricht`,
	`message d.origine`, `message original`, `message transféré`, `message initial`,
	`(wiadomość )?oryginalna( wiadomość)?`, `przekazana wiadomość`,
	`oorspronkelijk bericht`, `doorgestuurd bericht`, `mensaje original`, `mensaje reenviado`,
	`messaggio originale`, `messaggio inoltrato`, `mensagem original`, `mensagem encaminhada`,
	`oprindelig meddelelse`, `ursprungligt meddelande`, `opprinnelig melding`, `alkuperäinen viesti`,
	`исходное сообщение`, `пересылаемое сообщение`, `původní zpráva`, `eredeti üzenet`, `mesaj original`, `orijinal mesaj`, `özgün ileti`,
}, "|") + `)\s*[-_=]{2,}$` +
	// Apple Mail
	`|^(begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|début du message transféré` +
	`|początek przekazywanej wiadomości|inizio messaggio inoltrato|inicio del mensaje reenviado)\s?:$`)

// rule is a line that only divides.
var rule = regexp.MustCompile(`^[-_=~]{3,}$`)

// wrotes are the words for "wrote" in the attribution of a quoted letter.
const wrotes = `(wrote|writes|ysgrifennodd|schrieb|a écrit|a ecrit|napisał|napisała|napisał\(a\)|pisze|schreef|geschreven|escribió|ha scritto|scrisse|escreveu` +
	`|skrev|kirjoitti|írta|написал|написала|написал\(а\)|пише|пишет|napsal|napsal\(a\)|a scris|yazdı|έγραψε|写道|schrieb am)`

var (
	// attribution says who wrote the quoted letter, and when, in a way that is
	// known from its first word.
	attribution = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
		`on\b.*\d.*\bwrote\s?:`,
		`on\b.*\d.*<\S+@\S+>.*\bwrote`,
		`ar\b.*\d.*\bysgrifennodd\b.*:`,
		`am\b.*\d.*\bschrieb\b.*:`,
		`le\b.*\d.*\ba écrit\s?:`,
		`(w dniu|dnia|pon|wt|śr|czw|pt|sob|niedz)\b.*\d.*\b(napisał|napisała|napisał\(a\)|pisze)\s?:`,
		`(wiadomość napisana przez)\b.*\d.*:`,
		`(op|el|il|em|den|ons|tirs|man|tors|fre|lør|søn)\b.*\d.*\b` + wrotes + `\b.*:`,
		`\d{4}-\d\d-\d\d\b.*<\S+@\S+>\s?:`,
	}, "|") + `)$`)
	// written ends with the word, in any language.
	written = regexp.MustCompile(`(?i)\d.*\s` + wrotes + `\s?[:：]$`)
	// dated, timed and addressed are what an attribution in a language that is not
	// known here has all the same.
	dated     = regexp.MustCompile(`\b(\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2})\b`)
	timed     = regexp.MustCompile(`\b\d{1,2}[:.]\d\d\b`)
	addressed = regexp.MustCompile(`<[^<>\s]+@[^<>\s]+>\s*(\S+\s?)?[:：]$`)
)

// headers is how many lines the headers of a quoted letter are looked for in.
const headers = 6

// roles are the words that programs put before the headers of a quoted letter,
// small, by what they say. Words of two languages may be one.
var roles = table(map[string]string{
	"from": "from|oddi wrth|oddiwrth|von|de|od|van|da|från|fra|lähettäjä|от|від|feladó|gönderen|kimden|de la|从|发件人|寄件者|差出人|보낸 사람|από",
	"sent": "sent|date|anfonwyd|dyddiad|gesendet|datum|envoyé|envoyé le|date d'envoi|message du|wysłano|wysłane|data|data wysłania|verzonden|inviato|enviado|enviado el|enviada em|enviada|fecha|" +
		"skickat|sendt|dato|lähetetty|отправлено|дата|надіслано|odesláno|küldve|dátum|trimis|gönderme tarihi|tarih|发送时间|日期|送信日時|日付",
	"to":      "to|at|an|à|a|do|aan|para|till|til|vastaanottaja|кому|komu|címzett|către|kime|alıcı|收件人|宛先|cc|copi|kopie|copie à|dw|cci|bcc|copia|kopio|копия",
	"subject": "subject|pwnc|betreff|objet|sujet|temat|onderwerp|oggetto|asunto|assunto|ämne|emne|aihe|тема|předmět|tárgy|subiect|konu|主题|主旨|件名",
})

// table turns a table of words round.
func table(words map[string]string) map[string]string {
	turned := map[string]string{}
	for role, all := range words {
		for word := range strings.SplitSeq(all, "|") {
			turned[word] = role
		}
	}
	return turned
}

// label is how many bytes the word before a header's colon may be long.
const label = 40

// header takes a line for a header of a quoted letter.
func header(bare string) (role, value string) {
	word, value, ok := strings.Cut(bare[:min(label, len(bare))], ":")
	if !ok {
		if word, value, ok = strings.Cut(word, "："); !ok {
			return "", ""
		}
	}
	return roles[strings.ToLower(strings.TrimSpace(word))], bare[len(bare)-len(value):]
}

// devices are the beginnings of the lines that [device] knows.
var devices = []string{"sent from", "get outlook", "anfonwyd", "von meinem", "gesendet", "envoy", "wys", "enviado", "inviato", "verzonden", "отправлено"}

// isDevice reports whether a phone or program signs with a line.
func isDevice(bare string) bool {
	if len(bare) > longest {
		return false
	}
	for _, d := range devices {
		if len(bare) > len(d) && strings.EqualFold(bare[:len(d)], d) {
			return device.MatchString(bare)
		}
	}
	return false
}

// device is a line that a phone or program signs with.
var device = regexp.MustCompile(`(?i)^(sent from (my|outlook|mail|yahoo|samsung|proton|aol)\b[^.!?]{0,60}(<\S+>|\(\S+\))?|sent from [^.!?]{2,40}<https?://\S+>|get outlook for .{2,40}|anfonwyd o(’r|'r| fy| f’| f').{2,40}|` +
	`von meinem .{2,40} gesendet|gesendet (von|mit) (outlook|meinem|der)\b.{0,60}|(envoyé|envoye) (de|depuis|à partir de) .{2,60}|(wysłane|wysłano) (z|ze) .{2,40}|` +
	`enviado desde .{2,40}|inviato da .{2,40}|verzonden vanaf .{2,40}|отправлено (с|из) .{2,40})$`)

// banner is a line that mail servers put above what comes from outside.
var banner = regexp.MustCompile(`(?i)^\W*(\[?external\]?|caution|warning|rhybudd)\b.*\b(e-?mail|message|sender|organi[sz]ation|council|ebost)\b` +
	`|^\W*(this|the) (e-?mail|message|sender) (originated|came|comes|is|was sent)\b.*\b(outside|external)\b` +
	`|^\W*(please )?(do not|don.t) (click|open)\b.*\b(links?|attachments?)\b`)
