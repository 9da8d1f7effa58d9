package intake

import (
	"io"
	"time"
)

// Door names the kind of entrance a delivery came through.
type Door string

// The doors of the desk.
const (
	Mail Door = "mail"
	Form Door = "form"
)

// Delivery is bytes as they came through a door, once. The same Key is the
// same delivery, however often it is handed over.
type Delivery struct {
	Door    Door
	Mailbox string    // name of the watched mailbox, or "" for the form
	Org     string    // organisation the door belongs to, "" for triage
	Key     string    // unique per door: "mailbox/uidvalidity/uid", or the form's idempotency key
	At      time.Time // when the desk met it, UTC
	Backlog bool      // it waited with many others: what comes new may overtake it
	Body    io.Reader // read once, to the end
}
