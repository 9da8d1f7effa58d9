package notify

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// deskSubject is the subject of letters about no case.
const deskSubject = "Safeguarding desk: needs attention"

// roundSubjects are those of letters by the clock, each a conversation of its
// own, and of answers to answers to lists.
var roundSubjects = map[Kind]string{DailyList: "Safeguarding desk: daily list", RosterCheck: "Safeguarding desk: weekly roster check",
	PolicyReview: "Safeguarding desk: policy review", ListAnswer: "Safeguarding desk: your reply to a list",
	OffCase: "Safeguarding desk: you are off a case"}

// envelope is the letter without its text: constant and neutral per case, so
// that Outlook, Gmail and Apple Mail each keep a case in one conversation.
func (f Facts) envelope() Letter {
	if f.Kind == Receipt {
		return f.answer()
	}
	l := Letter{
		From: f.ServiceAddress, FromName: f.Service, To: f.To.Address, ToName: f.To.Name,
		Subject: f.subject(), MessageID: MessageID(f.LetterID, f.Token, f.Host),
		InReplyTo: f.root(), References: []string{f.root()},
		Date: f.Now, Language: Language,
		Headers: []Header{
			{"Auto-Submitted", "auto-generated"},                   // RFC 3834
			{"X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply"}, // not OOF: an absence must come back and climb
			{"Thread-Topic", f.subject()},
			{"Thread-Index", f.threadIndex()},
		},
	}
	if f.Token != "" {
		l.ReplyTo = ReplyAddress(f.ServiceAddress, f.Token)
	}
	return l
}

// answer is the envelope of a letter to a reporter: it answers a mail by itself
// (RFC 3834), belongs to no conversation of the desk, and carries no capability
// to answer with.
func (f Facts) answer() Letter {
	return Letter{
		From: f.ServiceAddress, FromName: f.Service, To: f.To.Address, Subject: f.subject(),
		MessageID: MessageID(f.LetterID, f.Token, f.Host), Date: f.Now, Language: Language,
		Headers: []Header{{"Auto-Submitted", "auto-replied"}, {"X-Auto-Response-Suppress", "All"}},
	}
}

// answered reports whether a reply to the letter is read for commands.
func (f Facts) answered() bool { return f.Token != "" && f.Ref != "" && f.Kind != Receipt }

func (f Facts) subject() string {
	if f.Kind == Receipt {
		return "We have your message (" + f.Ref + ")"
	}
	if said := roundSubjects[f.Kind]; f.Ref == "" && said != "" {
		return said
	}
	if f.Ref == "" {
		return deskSubject
	}
	return "Safeguarding " + f.Ref
}

// root is the Message-ID of a letter nobody ever gets, to which all letters of
// a case, or of one trouble, answer.
func (f Facts) root() string {
	if f.Ref != "" {
		return "<case." + f.Ref + "@" + f.Host + ">"
	}
	return "<desk." + f.troubleKey() + "@" + f.Host + ">"
}

// troubleKey is the same for a trouble and its recovery.
func (f Facts) troubleKey() string {
	sum := sha256.Sum256([]byte(f.Trouble.Part + "\n" + strconv.FormatInt(f.Trouble.Since.Unix(), 10)))
	return hex.EncodeToString(sum[:8])
}

// threadIndex is Exchange's conversation header (MS-OXOMSG, 2.2.1.3): the six
// highest bytes of a FILETIME, then 16 bytes that name the conversation. Both
// follow from the root alone, so that every letter of a case has the same.
func (f Facts) threadIndex() string {
	const filetime = 132223104000000000 // 2020-01-01, in 100 ns since 1601
	var b [22]byte
	var t [8]byte
	binary.BigEndian.PutUint64(t[:], filetime)
	copy(b[:6], t[:6])
	sum := sha256.Sum256([]byte("thread " + f.root()))
	copy(b[6:], sum[:16])
	return base64.StdEncoding.EncodeToString(b[:])
}

// ReplyAddress is the plus-address (RFC 5233) of service that carries token:
// "desk+dd1.TOKEN@council.example".
func ReplyAddress(service, token string) string {
	local, domain, _ := strings.Cut(service, "@")
	return local + "+dd1." + token + "@" + domain
}

// MessageID names a letter for ever: "<dd1.LETTER.TOKEN@HOST>", without the
// token's part if there is none.
func MessageID(letterID, token, host string) string {
	if token != "" {
		letterID += "." + token
	}
	return "<dd1." + letterID + "@" + host + ">"
}

// since says a moment in the reader's zone, "" for none.
func (f Facts) since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return when(t, f.Now, f.Zone)
}
