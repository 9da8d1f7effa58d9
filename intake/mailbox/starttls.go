package mailbox

import (
	"bytes"
	"fmt"
	"strings"
)

// startTLS speaks the few lines of RFC 3501 section 6.2.1 that come before TLS.
// Nothing said in clear is believed but that TLS may begin; a server that will
// not, or claims that we are logged in already, is left.
func (s *session) startTLS() error {
	greeting, err := s.hear()
	switch {
	case err != nil:
		return err
	case busy(greeting):
		return fmt.Errorf("greeting: %w", ErrThrottled)
	case !strings.HasPrefix(greeting, "* OK"):
		return fmt.Errorf("greeting: %w", ErrServer)
	}
	if _, err := s.line.Write([]byte("S STARTTLS\r\n")); err != nil {
		return errCut
	}
	return s.agreed()
}

// clearMost is how many lines a server may say before it begins TLS.
const clearMost = 50

func (s *session) agreed() error {
	for range clearMost {
		said, err := s.hear()
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(said, "S OK"):
			return nil
		case strings.HasPrefix(said, "S "):
			return fmt.Errorf("STARTTLS: %w", ErrServer)
		}
	}
	return fmt.Errorf("STARTTLS: %w", ErrServer)
}

// hear reads one line in clear, in capitals and without its end, byte by byte:
// what follows it belongs to TLS.
func (s *session) hear() (string, error) {
	var said []byte
	for b := make([]byte, 1); len(said) < 4096; {
		if _, err := s.line.Read(b); err != nil {
			return "", errCut
		}
		if b[0] == '\n' {
			return string(bytes.ToUpper(bytes.TrimRight(said, "\r"))), nil
		}
		said = append(said, b[0])
	}
	return "", fmt.Errorf("%w: endless line", ErrServer)
}
