// Package oauth keeps an access token ready for a program that has no user: by
// client credentials at Microsoft (RFC 6749, 4.4) and by a service account at
// Google (RFC 7523).
//
// It knows token endpoints, how long a token lives and what a refusal means for
// the person who set the application up. It must never know what the token
// opens: no mail, no folder, no letter. No token, no secret and no sentence of a
// provider is ever in an error or a log; those words are our own. It is the only
// package that imports x/oauth2.
package oauth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"dutydesk/config"
)

// Provider names who issues the tokens.
type Provider string

// The providers.
const (
	Microsoft Provider = "microsoft"
	Google    Provider = "google"
)

// Settings say whose token is wanted and where. Zero values take the default in
// brackets.
type Settings struct {
	Provider Provider
	TokenURL string // [the provider's public one]; https, or http to this machine
	Scope    string // what the token is to open

	Tenant   string // Microsoft: directory id or a domain of it
	ClientID string // Microsoft: application id
	Subject  string // Google: the user for whom the service account stands in

	// Secret is the client secret (Microsoft) or the JSON key of the service
	// account (Google). It is asked at every request, so that it may change.
	Secret func() (string, error)

	Roots *x509.CertPool   // who may sign the endpoint's certificate [the system's]
	Now   func() time.Time // [time.Now]
}

// Source keeps one token. It is safe for use by many goroutines; while one asks
// the endpoint the others wait for its answer.
type Source struct {
	set     Settings
	wire    *http.Transport
	turn    chan struct{} // holds a token while nobody asks the endpoint
	mu      sync.Mutex
	token   held      // guarded by mu; zero when there is none
	dropped held      // guarded by mu; the last one that a server refused
	err     error     // guarded by mu; the last answer, if it was no token
	rest    time.Time // guarded by mu; the endpoint is not asked before
	tries   int       // guarded by mu; failures in a row
}

// held is an access token and the time for which it is good.
type held struct {
	text   config.Secret // which does not print
	issued time.Time     // when it was asked for
	life   time.Duration
	uses   int // how often it was given
}

// Why there is no token. Errors of [Source.Token] wrap exactly one of them.
var (
	// ErrRefused: the provider or its secret says no, and a person must mend it.
	// See [Refusal] for what.
	ErrRefused = errors.New("token refused")
	// ErrAway: the endpoint did not answer, or not with a token; it is asked again.
	ErrAway = errors.New("token endpoint does not answer")
)

// New checks the settings; it asks nobody. The error names the setting.
func New(set Settings) (*Source, error) {
	set = set.withDefaults()
	switch {
	case set.Provider != Microsoft && set.Provider != Google:
		return nil, errors.New("provider: must be microsoft or google")
	case set.Secret == nil || set.Scope == "":
		return nil, errors.New("secret and scope: must be given")
	case set.Provider == Microsoft && (set.Tenant == "" || set.ClientID == ""):
		return nil, errors.New("tenant and client id: must be given")
	case set.Provider == Google && set.Subject == "":
		return nil, errors.New("subject: must be given")
	}
	if err := checkURL(set.TokenURL); err != nil {
		return nil, fmt.Errorf("token url: %w", err)
	}
	s := &Source{set: set, wire: wire(set.Roots), turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s, nil
}

// Token returns a token that is good by our clock: the one at hand, or a new one
// once four fifths of its time have passed. A token whose renewal fails is used
// to its end. Its error wraps [ErrRefused] or [ErrAway]; then the endpoint is
// left alone for a while, and the same error is given again.
func (s *Source) Token(ctx context.Context) (string, error) {
	if err := s.refresh(ctx); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token.uses++
	return s.token.text.Reveal(), nil
}

// Ready keeps the token new without using it. Its error is that of Token, and
// also a refusal to renew a token that is still good for a while.
func (s *Source) Ready(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if err := s.Trouble(); refused(err) {
		return err
	}
	return nil
}

func (s *Source) refresh(ctx context.Context) error {
	if s.held(renewAt) {
		return nil
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
	defer func() { s.turn <- struct{}{} }()
	if s.held(renewAt) { // whoever went before brought it
		return nil
	}
	if err := s.renew(ctx); err != nil && !s.held(1) {
		return err
	}
	return nil
}

// Refused says that a server did not take the token. It returns true when the
// next [Source.Token] brings another one, which is worth one more try at once: a
// token that was used before may be revoked, or dead before its time. It returns
// false for a token that was new; then something is to be mended, and the next
// Token brings a new one, but the caller should wait a minute before it asks.
func (s *Source) Refused(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case token == s.dropped.text.Reveal():
		return s.dropped.uses > 1
	case token != s.token.text.Reveal():
		return true // it was renewed meanwhile
	}
	s.dropped = s.token
	s.token = held{}
	return s.dropped.uses > 1
}

// Trouble is why the endpoint gave no token when it was last asked, nil if it
// gave one or was not asked yet. The token at hand may still be good.
func (s *Source) Trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
