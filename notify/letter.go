package notify

import "time"

// Letter is one mail to one person, complete but not yet bytes. The same
// Letter always becomes the same bytes.
type Letter struct {
	From, FromName string    // RFC 5321 mailbox "desk@council.example", and the name people see
	To, ToName     string    // exactly one recipient
	ReplyTo        string    // the address that carries the capability, "" for none
	Subject        string    // neutral, constant for the life of a case
	MessageID      string    // with angle brackets, fixed before the first try
	InReplyTo      string    // with angle brackets, "" for none
	References     []string  // each with angle brackets, oldest first
	Date           time.Time // rendered in UTC
	Headers        []Header  // further fields, printable ASCII, never one named above
	Text, HTML     string    // UTF-8, lines end in LF; HTML "" for a letter in plain text only
	Language       string    // RFC 5646 tag for Content-Language, "" for none
}

// Header is one further header field of a letter.
type Header struct{ Name, Value string }
