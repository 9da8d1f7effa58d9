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
	`|^[-_=\x{2010}-\x{2015}]{2,}\s*(` + strings.Join([]string{
	`original message`, `forwarded message`, `reply message`, `original appointment`, `neges wreiddiol`,
	`original mail`, `ursprüngliche (nachricht|mail)`, `ursprünglicher termin`, `weitergeleitete nachricht`, `originalnachricht`,
	`message d.origine`, `(message|mail|courriel) original`, `message transféré`, `message initial`,
	`(wiadomość )?oryginalna( wiadomość)?`, `przekazana wiadomość`,
	`oorspronkelijk bericht`, `doorgestuurd bericht`, `mensaje original`, `mensaje reenviado`,
	`(messaggio|mail) originale`, `messaggio inoltrato`, `mensagem original`, `mensagem encaminhada`,
	`oprindelig meddelelse`, `ursprungligt meddelande`, `opprinnelig melding`, `alkuperäinen viesti`,
	`исходное сообщение`, `пересылаемое сообщение`, `původní zpráva`, `eredeti üzenet`, `mesaj original`, `orijinal mesaj`, `özgün ileti`,
}, "|") + `)\s*[-_=\x{2010}-\x{2015}]{2,}$` +
	// Apple Mail
	`|^(begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|début du message transféré` +
	`|początek przekazywanej wiadomości|inizio messaggio inoltrato|inicio del mensaje reenviado)\s?:$`)

// ruler is a line that only divides.
var ruler = regexp.MustCompile(`^[-_=~]{3,}$`)

// wrotes are the words for "wrote" in the attribution of a quoted letter.
const wrotes = `(wrote|writes|ysgrifennodd|schrieb|a écrit|a ecrit|napisał|napisała|napisał\(a\)|pisze|schreef|geschreven|escribió|ha scritto|scrisse|escreveu` +
	`|skrev|kirjoitti|írta|написал|написала|написал\(а\)|пише|пишет|написав|написа|napsal|napsal\(a\)|napísal|napísal\(a\)|a scris|yazdı|έγραψε|va escriure` +
	`|je napisao|je napisao/la|je napisala|kirjutas|rakstīja|rašė|đã viết|menulis|كتب|כתב)`

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
	written = regexp.MustCompile(`(?i)\d.*(\s` + wrotes + `|写道|寫道|작성|のメール|のメッセージ)\s?[:：]$`)
	// dated, timed and addressed are what an attribution in a language that is not
	// known here has all the same.
	dated     = regexp.MustCompile(`\b(\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2})\b`)
	timed     = regexp.MustCompile(`\b\d{1,2}[:.]\d\d\b`)
	addressed = regexp.MustCompile(`<[^<>\s]+@[^<>\s]+>\S*\s*\S*[:：]$|^[^<>.!?:\d]{0,60}<[^<>\s]+@[^<>\s]+>[^<>!?]{0,80}[:：]$`)
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
	for one := range strings.SplitSeq(strings.ToLower(word), "/") { // one label in two languages
		if role = roles[strings.TrimSpace(one)]; role != "" {
			break
		}
	}
	return role, bare[len(bare)-len(value):]
}

// isDevice reports whether a phone or program signs with a line.
func isDevice(bare string) bool {
	return len(bare) <= longestDevice && (device.MatchString(bare) || outlook.MatchString(bare))
}

// longestDevice is how long a line may be that a phone or program signs with.
const longestDevice = 120

var (
	// device is such a line, and outlook how Outlook on phones signs in any
	// language.
	device = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
		`sent (?:from|via|with|using) my [^.,!?;:]{2,60}`,
		`sent (?:from|via|with|using) (?:the )?(?:all[- ]new )?(?:outlook|mail|mailbox|gmail|yahoo|aol|windows|surface|proton|protonmail|blackberry|samsung|galaxy|iphone|ipad|android|thunderbird|k-9)\b[^.,!?;:]{0,60}(?:<\S+>|\(\S+\))?`,
		`sent from [^.,!?]{2,40}<https?://\S+>`,
		`get outlook for .{2,40}`,
		`anfonwyd o(?:’r|'r| fy| f’| f').{2,40}`,
		`von meinem .{2,40} gesendet`, `diese nachricht wurde von meinem .{2,60} gesendet`, `gesendet (?:von|mit) (?:outlook|meinem|meiner|der)\b.{0,60}`,
		`envoy[ée] (?:de|depuis|à partir de) .{2,60}`, `(?:wysłane|wysłano) (?:z|ze) .{2,40}`, `enviad[oa] (?:desde|do|de|a partir do) .{2,40}`, `inviato da .{2,40}`,
		`verzonden (?:vanaf|met|via) .{2,40}`, `verstuurd vanaf .{2,40}`, `отправлено (?:с|из) .{2,40}`, `skickat från .{2,40}`, `sendt fra .{2,40}`, `lähetetty .{2,20}(?:sta|stä|lta|ltä)`,
		`odesláno z .{2,40}`, `trimis de pe .{2,40}`,
	}, "|") + `)\.?$`)
	outlook = regexp.MustCompile(`(?i)^(?:\p{L}+ ){0,4}outlook (?:for|für|pour|dla(?: systemu)?|voor|para|per|för|til|ar gyfer) (?:ios|android|mac)(?: (?:beziehen|downloaden))?(?:\s?<\S+>)?\.?$`)
)

// banner is a line that mail servers put above what comes from outside.
var banner = regexp.MustCompile(`(?i)^\W*(\[?external\]?|caution|warning|rhybudd)\b.*\b(e-?mail|message|sender|organi[sz]ation|council|ebost)\b` +
	`|^\W*(this|the) (e-?mail|message|sender) (originated|came|comes|is|was sent)\b.*\b(outside|external)\b` +
	`|^\W*(please )?(do not|don.t) (click|open)\b.*\b(links?|attachments?)\b`)
