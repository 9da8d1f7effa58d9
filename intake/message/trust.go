package message

import "strings"

// Profile is how a mail server writes down whom it authenticated.
type Profile string

// The profiles.
const (
	Generic   Profile = "generic"   // RFC 8601 with an authserv-id of its own
	Microsoft Profile = "microsoft" // Microsoft 365: no authserv-id, and marks of its own
	Google    Profile = "google"    // mx.google.com
)

// Trust is what the operator has confirmed: that the server our mailbox is on
// writes Authentication-Results on top and takes away what others wrote in its
// name. Without that confirmation there is no Trust, and nobody is believed.
type Trust struct {
	Profile    Profile
	AuthservID string // needed for Generic
}

// id returns the authserv-id that counts.
func (t Trust) id() string {
	if t.Profile == Google && t.AuthservID == "" {
		return "mx.google.com"
	}
	return strings.ToLower(t.AuthservID)
}

// Authenticated returns the author's address if the server that is trusted says
// it proved the author's domain (aligned dmarc=pass on top), and else "" with
// the reason in words. It proves a domain, never a person: what a person may do
// is decided by who asks, with more than this.
func (m *Message) Authenticated(t Trust) (addr, why string) {
	switch {
	case t.Profile == "" || t.Profile == Generic && t.AuthservID == "":
		return "", "no server is trusted"
	case m.FromHeaders != 1 || len(m.From) != 1 || m.fromOdd:
		return "", "not exactly one clear author"
	}
	addr = m.From[0].Addr
	if t.Profile == Microsoft && m.insideTenant() {
		return addr, ""
	}
	if why = m.topmost(t, DomainOf(addr)); why != "" {
		return "", why
	}
	return addr, ""
}

// Author is the address of the one author the mail names, "" unless it names
// exactly one in exactly one From field, written as plain addresses are. It is
// what the mail says, not a proof.
func (m *Message) Author() string {
	if m.FromHeaders != 1 || len(m.From) != 1 || m.fromOdd {
		return ""
	}
	return m.From[0].Addr
}

// insideTenant reports Microsoft's mark of a sender who logged in to the same
// tenant. Exchange takes the mark away from mail that comes from outside; mail
// by Direct Send bears another value (V32).
func (m *Message) insideTenant() bool {
	return len(m.inside) == 1 && strings.EqualFold(m.inside[0], "Internal")
}

// topmost judges the topmost field alone and says what is wrong with it.
func (m *Message) topmost(t Trust, domain string) (why string) {
	if len(m.auth) == 0 {
		return "no authentication results"
	}
	a, err := ParseAuthResults(m.auth[0])
	switch {
	case err != nil:
		return err.Error()
	case a.ID != t.id() && !(t.Profile == Microsoft && a.ID == ""):
		return "written by another server"
	}
	var dmarc []AuthResult
	for _, r := range a.Results {
		if r.Method == "dmarc" {
			dmarc = append(dmarc, r)
		}
	}
	switch {
	case len(dmarc) != 1:
		return "not exactly one dmarc result"
	case dmarc[0].Result != "pass":
		return "dmarc did not pass"
	case !strings.EqualFold(dmarc[0].Props["header.from"], domain):
		return "dmarc passed for another domain"
	}
	return ""
}
