// Package demo is a council in a box: a post office, a safeguarding desk and the
// people who use it, on loopback, with nothing installed and time sped up.
//
// It knows SMTP and IMAP as mail programs do, the desk's public parts, and a
// story. It must never reach around the post: what people say goes in by SMTP
// and what they read comes out by IMAP, and the desk is the one that councils
// run. In the desk's books it changes nothing but when reminders are offered to
// the queue anew, because the clock was put forward.
package demo
