package mailer

import (
	"context"
	"errors"
	"slices"
	"time"
)

// begin returns a line on which the relay accepted MAIL FROM. A parked line
// that turns out to be dead is noticed here, where nothing can be lost, and
// the next one or a fresh one is used. The line is nil only if none could be
// had.
func (s *Sender) begin(ctx context.Context, from string) (*line, error) {
	for l := s.take(); l != nil; l = s.take() {
		err := l.mailAgain(ctx, from)
		if err == nil || !l.gone(err) || ctx.Err() != nil {
			return l, err
		}
		l.hang()
	}
	l, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	return l, l.mail(ctx, from)
}

// take returns the line used last, or nil.
func (s *Sender) take() *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.parked)
	if n == 0 {
		return nil
	}
	l := s.parked[n-1]
	s.parked = s.parked[:n-1]
	l.expiry.Stop()
	return l
}

// park keeps l for the next letter if the relay still talks on it.
func (s *Sender) park(l *line, err error) {
	if l == nil {
		return
	}
	if alive := l.loose(); !alive || l.gone(err) {
		l.hang()
		return
	}
	l.dirty = err != nil
	if !s.keep(l) {
		l.quit()
	}
}

// keep parks l until it is taken or has been idle too long; false once closed.
func (s *Sender) keep(l *line) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	l.expiry = time.AfterFunc(s.set.Idle, func() { s.expire(l) })
	s.parked = append(s.parked, l)
	return true
}

// expire ends l unless somebody took it meanwhile.
func (s *Sender) expire(l *line) {
	s.mu.Lock()
	i := slices.Index(s.parked, l)
	if i >= 0 {
		s.parked = slices.Delete(s.parked, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		l.quit()
	}
}

// gone tells whether the line is of no more use after err: only an answer
// other than 421 (RFC 5321, 3.8) shows that the relay still listens.
func (l *line) gone(err error) bool {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err != nil
	}
	return e.code == 0 || e.code == 421
}
