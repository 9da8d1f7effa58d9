// Package mailbox watches one folder of one IMAP server (RFC 3501, RFC 9051)
// and carries what lies in it to the desk: each message once, whole, as the
// server gave it.
//
// It knows lines, logins, folders, UIDs and patience. It must never know what a
// message says, whose it is, what becomes of it, how a letter is sent or which
// queue rings; and it never deletes: a message is moved to one named folder,
// after the desk has made it durable, or it stays where it is.
//
// What was taken in is known from the ledger alone, by the key
// "mailbox/uidvalidity/uid"; never from \Seen, a date, a keyword or a
// Message-ID. Servers change bytes (Dovecot writes LF as CRLF), so what is kept
// is what IMAP delivered at that time.
//
// This is the only package that imports go-imap. That library waits for ever on
// a silent line (line.go, traffic.go), lets two goroutines complete the same
// command after a failed write (ear.go), takes a cut literal for a whole one
// (body.go), panics or never ends on senseless lists (folder.go) and may destroy
// mail when the server lacks MOVE (shelf.go).
package mailbox
