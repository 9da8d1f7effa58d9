package demo

import (
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// session is one IMAP conversation: nobody's until Login.
type session struct {
	*imapmemserver.UserSession
	council *Council
}

// Login implements imapserver.Session. The login name is the address.
func (s *session) Login(user, password string) error {
	a, ok := s.council.addressed(user)
	if !ok {
		return imapserver.ErrAuthFailed
	}
	if err := a.box.Login(user, password); err != nil {
		return err
	}
	s.UserSession = imapmemserver.NewUserSession(a.box)
	return nil
}

// Idle implements imapserver.Session. The library's own keeps silent about mail
// that came between the last command and IDLE until the next mail comes.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		if err := s.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-stop:
			return nil
		case <-look.C:
		}
	}
}
