package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// What more is known about a refused login by token. They are said in addition
// to one of this package's errors.
var (
	// ErrNotConnected: the server knows the application, but the mailbox is not
	// open to it (Exchange: "User is authenticated but not connected").
	ErrNotConnected = errors.New("the application may log in but not open this mailbox")
	// ErrDisabled: the server does not let anybody use IMAP for this mailbox.
	ErrDisabled = errors.New("IMAP is switched off for this mailbox")
	// ErrMechanism: the server offers no XOAUTH2.
	ErrMechanism = errors.New("the server takes no tokens (XOAUTH2)")

	errStale = errors.New("the token was not new")
)

// authenticate logs in with a token. Whoever gave a token that is refused is told
// so, and when there is a better one the error is errStale too.
func (s *session) authenticate(ctx context.Context, w *Watcher) error {
	offered, err := s.client.Capability().Wait()
	switch {
	case err != nil:
		return refused("capabilities", err, ErrServer)
	case !offered.Has(imap.AuthCap("XOAUTH2")):
		return fmt.Errorf("log in: %w: %w", ErrServer, ErrMechanism)
	}
	token, err := w.Token(ctx)
	if err != nil {
		return tokenless(err)
	}
	err = s.client.Authenticate(bearer{w.User, token, s.ear})
	if err == nil {
		return nil
	}
	err = refused("log in", err, ErrRefused)
	if errors.Is(err, ErrRefused) && w.TokenRefused != nil && w.TokenRefused(token) {
		return fmt.Errorf("%w: %w", err, errStale)
	}
	return err
}

// tokenless keeps what this package's errors mean in err; any other error is a
// secret that could not be read.
func tokenless(err error) error {
	for _, t := range troubles {
		if errors.Is(err, t.err) {
			return fmt.Errorf("token: %w", err)
		}
	}
	return fmt.Errorf("token: %w: %w", ErrSecret, err)
}

// bearer speaks XOAUTH2 (developers.google.com/workspace/gmail/imap/xoauth2-protocol),
// which is not in go-sasl.
type bearer struct {
	user, token string
	ear         *ear
}

// Start implements sasl.Client.
func (b bearer) Start() (mechanism string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

// Next implements sasl.Client: a challenge says that the token is refused, and
// wants an empty line before the refusal comes.
func (b bearer) Next([]byte) ([]byte, error) {
	b.ear.emptyNext()
	return []byte{}, nil
}

// denied finds in an answer what the operator must mend on the server.
func denied(said *imap.Error) error {
	text := strings.ToLower(said.Text)
	switch {
	case strings.Contains(text, "authenticated but not connected"):
		return ErrNotConnected
	case strings.Contains(text, "imap access is disabled"), strings.Contains(text, "not enabled for imap"), strings.Contains(text, "imap is disabled"):
		return ErrDisabled
	}
	return nil
}
