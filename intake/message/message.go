// Package message turns the bytes of one mail (RFC 5322, RFC 2045-2049, and
// what people's programs really write) into a Message and its Defects.
//
// It knows headers, parts, encodings, character sets and what machines write
// about themselves. It must never know what a case is, who is entitled to
// anything, where the bytes came from or where they are kept; it opens no file
// and no connection, and nothing in a mail is ever a path or an address to
// visit. Reading never fails: what cannot be read is a Defect.
package message

import "time"

// Message is what could be read of one mail. A mail that could not be read in
// full is still a Message: Defects says what is missing, and a person decides.
type Message struct {
	SHA256 string `json:"sha256"` // hex, of all the bytes as given
	Size   int64  `json:"size"`   // bytes

	From        []Address `json:"from"`
	FromHeaders int       `json:"from_headers"` // how many From fields there were; authority needs exactly one
	To          []Address `json:"to"`
	Cc          []Address `json:"cc"`
	ReplyTo     []Address `json:"reply_to"`
	Recipients  []string  `json:"recipients"` // lower case: To, Cc, Bcc and what servers noted (Delivered-To, X-Original-To, Envelope-To)

	Subject    string    `json:"subject"`
	Date       time.Time `json:"date,omitzero"` // as the mail says, UTC; never a proof of when
	MessageID  string    `json:"message_id"`    // in angle brackets, or ""
	InReplyTo  []string  `json:"in_reply_to"`   // in angle brackets
	References []string  `json:"references"`    // in angle brackets, oldest first

	Text     string `json:"text"`      // UTF-8, "\n" line ends; plain parts, else HTML as words; hidden lines begin with HiddenMark
	HTMLOnly bool   `json:"html_only"` // Text was made from HTML alone

	Forwarded Forwarding `json:"forwarded"` // whether and how it brings another mail
	Grade     Grade      `json:"grade"`     // how much of it is evidence

	Attachments []Attachment `json:"attachments"`
	Machine     Machine      `json:"machine"`
	Bounce      []Bounce     `json:"bounce"`
	DKIM        []Signature  `json:"dkim"`
	Defects     []Defect     `json:"defects"`

	// Body is the hex SHA-256 of what follows the header block, with line ends
	// made "\n" and blank lines at the end dropped: two copies of one mail that
	// took different ways (other Received lines) have the same Body.
	Body string `json:"body"`

	elsewhere elsewhere
	seen      int      // bytes of Text, see Seen
	fromOdd   bool     // programs may disagree about the author
	resent    bool     // it has Resent- fields
	reported  bool     // it is a delivery report by the standard
	replied   bool     // it says "Auto-Submitted: auto-replied"
	single    bool     // From, Subject, To and Date are there once each
	auth      []string // the Authentication-Results fields, topmost first
	inside    []string // X-MS-Exchange-Organization-AuthAs, likewise
}

// Address is one mailbox of an address field (RFC 5322 section 3.4).
type Address struct {
	Name string `json:"name"` // decoded, as shown to people; proves nothing
	Addr string `json:"addr"` // lower case local@domain, or "" when there was none
}

// How says in what way an attachment was found in the mail.
type How string

// The ways an attachment is found.
const (
	HowAttachment How = "attachment"       // Content-Disposition: attachment, or a name
	HowInline     How = "inline"           // a part that is no text and has no name
	HowEmbedded   How = "embedded-message" // a whole mail (message/rfc822), listed beside its own parts
	HowUuencode   How = "uuencode"         // a "begin … end" block inside a text
	HowTNEF       How = "tnef"             // a file inside winmail.dat
	HowMsg        How = "msg"              // a file inside an Outlook .msg
	HowPreamble   How = "preamble"         // data before the first boundary
	HowEpilogue   How = "epilogue"         // data after the last boundary, or after the parts limit
)

// Attachment is a piece of the mail that is not its text. Containers (embedded
// mails, winmail.dat) are listed as well as what is in them.
type Attachment struct {
	Name         string   `json:"name"`          // decoded, at most 8 KB; data, never a path
	DeclaredType string   `json:"declared_type"` // lower case media type as the mail says
	SniffedType  string   `json:"sniffed_type"`  // from the first 3 KB; a label, never a verdict
	Size         int64    `json:"size"`          // decoded bytes
	SHA256       string   `json:"sha256"`        // hex, of the decoded bytes
	Part         string   `json:"part"`          // IMAP section number (RFC 3501), e.g. "2.1"
	How          How      `json:"how"`
	Defects      []Defect `json:"defects"`
}

// Class says who wrote a mail: a person or which kind of machine.
type Class string

// The classes of mail.
const (
	Person    Class = "person"
	AutoReply Class = "auto-reply"
	BounceDSN Class = "bounce"
	List      Class = "list"
	Calendar  Class = "calendar"
	Receipt   Class = "receipt"
	Feedback  Class = "feedback"
)

// Machine is the judgement whether a machine wrote the mail, and the words of
// the mail that led to it ("" for a person).
type Machine struct {
	Class Class  `json:"class"`
	Why   string `json:"why"`
}

// Bounce is what a delivery report says of one recipient (RFC 3464).
type Bounce struct {
	Recipient         string `json:"recipient"`           // lower case; Final-Recipient, else Original-Recipient
	Action            string `json:"action"`              // failed, delayed, delivered, relayed, expanded
	Status            string `json:"status"`              // RFC 3463, e.g. "5.1.1", or ""
	OriginalMessageID string `json:"original_message_id"` // of the mail that came back, or ""
}

// Signature is the result of one DKIM signature (RFC 6376), in order of the
// header, at the time of reading. Use [Message.SignedBy] for a judgement.
type Signature struct {
	Domain   string `json:"domain"`   // d=, lower case
	Selector string `json:"selector"` // s=
	Result   string `json:"result"`   // one of the constants below
	Detail   string `json:"detail"`   // why not pass
	Aligned  bool   `json:"aligned"`  // Domain is of the same organisation as the only From
	Key      string `json:"key"`      // the TXT record it was checked with; it will be gone from the DNS
}

// The results of a signature (RFC 8601 section 2.7.1, but for the first).
const (
	SignatureUnchecked = "unchecked"
	SignaturePass      = "pass"
	SignatureFail      = "fail"
	SignatureTempError = "temperror"
	SignaturePermError = "permerror"
)
