package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/intake/mailbox"
)

// remedies are what to do about each reason a mailbox cannot be watched.
var remedies = []struct {
	err error
	fix string
}{
	{mailbox.ErrUnreachable, "check address in [[mailbox]] and the firewall"},
	{mailbox.ErrCertificate, "the certificate must be valid for the name in address; a council's own authority goes into ca_file"},
	{mailbox.ErrSecret, "check password_file: it must exist and be readable by the user who runs dutydesk"},
	{mailbox.ErrRefused, "check user and the password in password_file"},
	{mailbox.ErrThrottled, "wait; the server asks for patience"},
	{mailbox.ErrFolder, "check folder, and that the user may read, move and expunge in it"},
	{mailbox.ErrServer, "the server needs UIDVALIDITY and the configured tls"},
	{mailbox.ErrLine, "try again; look at the network if it stays"},
}

// probe tries one mailbox.
func probe(ctx context.Context, w *mailbox.Watcher) []Finding {
	f, err := mailbox.Probe(ctx, w)
	if err != nil {
		what := "mailbox " + w.Name
		if errors.Is(err, mailbox.ErrFolder) {
			what += fmt.Sprintf(", folder %q", w.Folder)
		}
		return []Finding{fail(what+": "+err.Error(), "no mail is taken in from it", loginRemedy(err, w.Token != nil, remedy(err)))}
	}
	out := []Finding{ok("mailbox %s answers, %d messages in %s", w.Name, f.Messages, w.Folder)}
	if !f.Idle {
		out = append(out, warn("mailbox "+w.Name+" does not announce new mail (IDLE)", "a mail waits up to the poll interval", "ask for IDLE, or lower poll"))
	}
	if w.Kept != "" && !f.Move && !f.UIDPlus {
		out = append(out, warn("mailbox "+w.Name+" can neither MOVE nor expunge single messages", "taken messages stay where they are", "nothing is lost; set kept = \"\" to be rid of this line"))
	}
	if f.FolderLacks != "" || f.KeptLacks != "" {
		out = append(out, fail(fmt.Sprintf("mailbox %s lacks rights: folder %q, kept %q (RFC 4314)", w.Name, f.FolderLacks, f.KeptLacks), "messages cannot be moved after they are kept", "grant them to the user on the server"))
	}
	if !f.Expires.IsZero() && time.Until(f.Expires) < 30*24*time.Hour {
		out = append(out, warn("the certificate of "+w.Name+" ends on "+f.Expires.Format("2 January 2006"), "after that no mail is taken in", "have it renewed"))
	}
	return out
}

func remedy(err error) string {
	for _, r := range remedies {
		if errors.Is(err, r.err) {
			return r.fix
		}
	}
	return "run again with -c pointing at the right file; ask the mail server's operator"
}
