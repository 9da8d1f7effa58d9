package intake

import (
	"regexp"
	"strings"

	"dutydesk/intake/message"
	"dutydesk/workflow"
)

// plainAddress is an address that every relay reads alike: a dot-atom, "@", a
// domain (RFC 5321 section 4.1.2). Any other is not answered (V14).
var plainAddress = regexp.MustCompile(`^[a-z0-9+_-]+(\.[a-z0-9+_-]+)*@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// nobodys are local parts behind which no person reads (RFC 2142, RFC 3834
// section 2), with the marks that separate words taken out.
var nobodys = regexp.MustCompile(`^(no|donot|dont)(re?ply|answer|response|responder|mail)|^(mailer|mail)?daemon|^post_?master$|^bounces?|bounces?$|^owner|owner$|request$|relay$|^list(serv|master|proc)|^major(domo)|^root$|^notifications?$|^auto(reply|responder|mailer|mated)|^undisclosed`)

var marks = strings.NewReplacer("-", "", "_", "", ".", "")

// answerable is the address that may get a receipt for the mail, "" if there is
// none: a person's mail, its author proven by the server that is trusted, one
// plain address that is not ours, a colleague's, or nobody's.
func (d *Desk) answerable(a workflow.Arrived, m message.Message) string {
	addr := strings.ToLower(m.Author())
	local, _, _ := strings.Cut(addr, "@")
	switch {
	case !a.Authentic || Door(a.Door) != Mail:
	case m.Machine.Class != message.Person || fromDesk(m):
	case len(addr) > 254 || len(local) > 64 || !plainAddress.MatchString(addr) || nobodys.MatchString(marks.Replace(local)):
	case d.ours(addr) || len(d.colleagues([]string{addr})) > 0:
	default:
		return addr
	}
	return ""
}

// ours reports an address of the desk itself, with or without a capability.
func (d *Desk) ours(addr string) bool {
	local, domain, _ := strings.Cut(addr, "@")
	local, _, _ = strings.Cut(local, "+")
	return strings.EqualFold(local+"@"+domain, d.Address)
}

// fromDesk reports a letter that a desk wrote, this one or another: its
// Message-ID has the form that only desks give.
func fromDesk(m message.Message) bool {
	return len(workflow.Tokens(m.MessageID)) > 0
}
