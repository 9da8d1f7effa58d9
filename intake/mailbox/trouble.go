package mailbox

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Why a visit ended. Errors of this package wrap exactly one of these and never
// carry what the server said, which may name a person.
var (
	ErrUnreachable = errors.New("mail server not reached")
	ErrCertificate = errors.New("certificate of the mail server not trusted")
	ErrSecret      = errors.New("password not readable")
	ErrRefused     = errors.New("login refused")
	ErrThrottled   = errors.New("mail server asks for patience")
	ErrFolder      = errors.New("folder missing or not allowed")
	ErrServer      = errors.New("mail server lacks what is needed")
	ErrLine        = errors.New("line to the mail server broken")
	ErrDesk        = errors.New("desk does not take mail")
)

// troubles says for each reason what it is called and how long to wait before
// the first and any later new try.
var troubles = [...]struct {
	err         error
	state       State
	first, most time.Duration
}{
	{ErrRefused, Refused, time.Minute, time.Minute}, // a wrong password locks accounts
	{ErrSecret, Secret, 10 * time.Second, time.Minute},
	{ErrThrottled, Throttled, 20 * time.Second, 5 * time.Minute},
	{ErrCertificate, Certificate, 10 * time.Second, time.Minute},
	{ErrFolder, FolderGone, 5 * time.Second, time.Minute},
	{ErrServer, Unusable, 10 * time.Second, time.Minute},
	{ErrDesk, DeskShut, time.Second, 30 * time.Second},
	{ErrUnreachable, Unreachable, time.Second, time.Minute},
	{ErrLine, Broken, time.Second, time.Minute},
}

// stateOf names err; an unknown error is a broken line.
func stateOf(err error) State {
	for _, t := range troubles {
		if errors.Is(err, t.err) {
			return t.state
		}
	}
	return Broken
}

// patience is how long to wait after err when tries visits failed before it. It
// doubles up to the longest and lies up to a half above what it doubles, so
// that many watchers do not knock together; never beyond a quarter above the longest.
func patience(err error, tries int) time.Duration {
	first, most := time.Second, time.Minute
	for _, t := range troubles {
		if errors.Is(err, t.err) {
			first, most = t.first, t.most
			break
		}
	}
	d := first << min(tries, 10)
	if d < most {
		return min(d+rand.N(d/2), most)
	}
	if first == most {
		return most + rand.N(most/4)
	}
	return most - rand.N(most/4)
}

// refusal returns the server's answer when err is a NO or BAD.
func refusal(err error) (*imap.Error, bool) {
	var said *imap.Error
	ok := errors.As(err, &said)
	return said, ok
}

// patient reports whether the server refused for being busy: RFC 5530 and what
// Microsoft and Google say.
func patient(said *imap.Error) bool {
	switch said.Code {
	case "THROTTLED", imap.ResponseCodeLimit, imap.ResponseCodeInUse, imap.ResponseCodeUnavailable:
		return true
	}
	return said.Type == imap.StatusResponseTypeBye && said.Code == ""
}

// refused turns the server's NO into kind, or into [ErrThrottled]; another error
// is the line's. act is our own word for what was tried.
func refused(act string, err, kind error) error {
	said, ok := refusal(err)
	switch {
	case !ok:
		return fmt.Errorf("%s: %w", act, errCut)
	case patient(said):
		return fmt.Errorf("%s: %w", act, ErrThrottled)
	case denied(said) != nil:
		return fmt.Errorf("%s: %w: %w", act, ErrRefused, denied(said))
	}
	return fmt.Errorf("%s: %w", act, kind)
}

// untrusted reports whether err is about the certificate or about TLS itself.
func untrusted(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &cert) || errors.As(err, &record) || errors.As(err, &alert)
}
