package mailbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Findings is what [Probe] learnt about a mailbox. Nothing in it names a person.
type Findings struct {
	Expires  time.Time // NotAfter of the certificate that ends first, zero without TLS
	Messages uint32    // in the watched folder

	Idle    bool // new mail is announced (RFC 2177); else it is polled for
	Move    bool // MOVE (RFC 6851)
	UIDPlus bool // the safe second best (RFC 4315); with neither, messages stay where they are

	KeptThere   bool   // the folder for kept messages exists
	FolderLacks string // rights missing on the watched folder, RFC 4314 letters; "" also when not told
	KeptLacks   string // the same on the folder for kept messages
}

// probeLongest bounds a probe, so that a doctor stays quick.
const probeLongest = 8 * time.Second

// Probe logs in as w would and looks, changing nothing: the folder is only
// examined and none is created. Its error wraps one of this package's.
func Probe(ctx context.Context, w *Watcher) (Findings, error) {
	if err := w.checkAddr(); err != nil {
		return Findings{}, fmt.Errorf("probe mailbox %s: %w: %w", w.Name, ErrUnreachable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeLongest)
	defer cancel()
	w = w.withDefaults()
	s, err := w.connect(ctx, nil)
	if err != nil {
		return Findings{}, fmt.Errorf("probe mailbox %s: %w", w.Name, err)
	}
	defer s.close()
	f, err := s.examine(w)
	if err != nil {
		return f, fmt.Errorf("probe mailbox %s: %w", w.Name, s.explain(err))
	}
	return f, nil
}

func (s *session) examine(w *Watcher) (f Findings, err error) {
	f = Findings{
		Expires: s.expires,
		Idle:    s.caps.Has(imap.CapIdle), Move: s.caps.Has(imap.CapMove), UIDPlus: s.caps.Has(imap.CapUIDPlus),
	}
	data, err := s.client.Select(w.Folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	switch {
	case err != nil:
		return f, refused("examine", err, ErrFolder)
	case data.UIDValidity == 0:
		return f, fmt.Errorf("%w: it gives the folder no UIDVALIDITY", ErrServer)
	}
	f.Messages = data.NumMessages
	if w.Kept == "" {
		f.FolderLacks = s.lacks(w.Folder, "lr")
		return f, nil
	}
	f.FolderLacks = s.lacks(w.Folder, "lrte")
	if f.KeptThere, err = s.hasFolder(w.Kept); f.KeptThere {
		f.KeptLacks = s.lacks(w.Kept, "i")
	}
	return f, err
}

// lacks returns those of the wanted rights (RFC 4314) we have not, as far as
// the server tells.
func (s *session) lacks(folder, wanted string) (missing string) {
	if !s.caps.Has(imap.CapACL) {
		return ""
	}
	data, err := s.client.MyRights(folder).Wait()
	if err != nil {
		return ""
	}
	for _, r := range wanted {
		if !strings.ContainsRune(string(data.Rights), r) {
			missing += string(r)
		}
	}
	return missing
}
