package mailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"syscall"
)

// What became of a letter. Every error of [Sender.Send] is exactly one of the
// first four; the other two say more about some of them.
var (
	// ErrRefused: the relay will never take this letter to this recipient
	// (RFC 5321 5yz at RCPT, DATA or the final dot).
	ErrRefused = errors.New("refused")
	// ErrLater: the relay asks to try again (4yz).
	ErrLater = errors.New("try later")
	// ErrUnsent: the letter certainly did not go; try again.
	ErrUnsent = errors.New("not sent")
	// ErrMaybeSent: the line was lost between the final dot and its answer.
	// The relay may have the letter or not: send again only under the same
	// Message-ID.
	ErrMaybeSent = errors.New("perhaps sent")

	// ErrRelay is said in addition to ErrUnsent when the relay refuses us
	// whoever the letter is for, or cannot be trusted: a wrong password, a wrong
	// certificate, no TLS, a sender it does not allow. A person must mend it.
	ErrRelay = errors.New("the relay and we do not agree")
	// ErrUnfit is said in addition to ErrRefused, and by [Render], when the
	// letter itself cannot be sent by anybody.
	ErrUnfit = errors.New("unfit to be sent")
)

// step is the part of the conversation in which something went wrong.
type step string

const (
	stepCheck   step = "check"
	stepConnect step = "connect"
	stepHello   step = "hello"
	stepTLS     step = "tls"
	stepAuth    step = "auth"
	stepNoop    step = "noop"
	stepReset   step = "rset"
	stepMail    step = "mail"
	stepRcpt    step = "rcpt"
	stepData    step = "data"
	stepBody    step = "body"
	stepDot     step = "dot"
)

// Error says what became of a letter and where. Its text holds the step, the
// codes and words of our own, never an address and never a server's sentence.
type Error struct {
	step     step
	kind     error // one of the four
	also     error // ErrRelay, ErrUnfit or nil
	code     int
	enhanced string
	why      string
	hint     error // ErrAuthOff and its like, or nil
	cause    error // only what errors.Is may ask for: why a context ended, why there is no token
}

// Code is the SMTP reply code (RFC 5321, 4.2), 0 when no answer came.
func (e *Error) Code() int { return e.code }

// Enhanced is the enhanced status code (RFC 3463) such as "5.1.1", or "".
func (e *Error) Enhanced() string { return e.enhanced }

// Step is where it happened: check, connect, hello, tls, auth, noop, rset,
// mail, rcpt, data, body or dot.
func (e *Error) Step() string { return string(e.step) }

// Error is safe to log.
func (e *Error) Error() string {
	s := fmt.Sprintf("smtp %s: %v", e.step, e.kind)
	if e.code != 0 {
		s += fmt.Sprintf(" (%d", e.code)
		if e.enhanced != "" {
			s += " " + e.enhanced
		}
		s += ")"
	}
	if e.why != "" {
		s += ": " + e.why
	}
	return s
}

// Unwrap lets errors.Is find the sentinels and the end of a context.
func (e *Error) Unwrap() []error {
	var all []error
	for _, err := range []error{e.kind, e.also, e.hint, e.cause} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

var enhancedCode = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)`)

// judge decides what err means for the letter. torn tells that not all we
// wrote has left this machine.
func judge(ctx context.Context, s step, torn bool, err error) *Error {
	e := &Error{step: s, cause: ctx.Err()}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		e.code = answer.Code
		if m := enhancedCode.FindStringSubmatch(answer.Msg); m != nil {
			e.enhanced = m[1]
		}
		e.hint = hint(s, answer.Msg)
	} else {
		e.why = why(ctx, err)
	}
	e.kind, e.also = verdict(s, e.code, torn)
	if e.code == 0 && untrusted(err) {
		e.also = ErrRelay
	}
	if token := (tokenError{}); e.cause == nil && errors.As(err, &token) {
		e.cause = token.error
	}
	if e.code/100 == 5 && e.hint != nil { // it would refuse every other letter too
		e.kind, e.also, e.why = ErrUnsent, ErrRelay, e.hint.Error()
	}
	return e
}

// verdict reads a reply code at a step.
func verdict(s step, code int, torn bool) (kind, also error) {
	switch {
	case code/100 == 4:
		return ErrLater, nil
	case code/100 == 5 && ofTheLetter(s, code):
		return ErrRefused, nil
	case code/100 == 5:
		return ErrUnsent, ErrRelay
	case s == stepDot && !torn:
		return ErrMaybeSent, nil
	}
	return ErrUnsent, nil
}

// ofTheLetter tells a refusal of this letter from a refusal of us. 530, 534,
// 535 and 538 ask for authentication wherever they come (RFC 4954).
func ofTheLetter(s step, code int) bool {
	if code == 530 || code == 534 || code == 535 || code == 538 {
		return false
	}
	return s == stepRcpt || s == stepData || s == stepBody || s == stepDot
}

// untrusted tells a relay that cannot prove who it is, or that we cannot log
// in to, from a line that broke.
func untrusted(err error) bool {
	var wrong *tls.CertificateVerificationError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	return ourWords(err) != nil || errors.Is(err, ErrRelay) || errors.As(err, &wrong) || errors.As(err, &alert) || errors.As(err, &record)
}

var errNoTLS = errors.New("the relay does not offer STARTTLS")

// ourWords returns the failure in err that already says what a person must
// mend, or nil.
func ourWords(err error) error {
	for _, known := range []error{errNoTLS, errNotHere, errNoMechanism, errSecret} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

const unreadable = "no answer that can be read"

// why names a failure without an answer in words that hold no address.
func why(ctx context.Context, err error) string {
	var host x509.HostnameError
	var wrong *tls.CertificateVerificationError
	var dns *net.DNSError
	var no syscall.Errno
	var token tokenError
	switch {
	case ctx.Err() != nil:
		return ctx.Err().Error()
	case ourWords(err) != nil:
		return ourWords(err).Error()
	case errors.As(err, &token):
		return token.Error()
	case errors.As(err, &host):
		return "the certificate is for another host"
	case errors.As(err, &wrong):
		return fmt.Sprintf("the certificate is not trusted: %v", wrong.Err)
	case errors.As(err, &dns):
		return "no such host"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &no):
		return no.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "the line was closed"
	}
	return unreadable
}
