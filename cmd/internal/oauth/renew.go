package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/oauth2/jwt"

	"dutydesk/config"
)

const (
	renewAt = 0.8 // of a token's life, when a new one is asked for

	lifeUnsaid  = 5 * time.Minute // expires_in is only recommended (RFC 6749, 5.1)
	lifeLongest = 24 * time.Hour  // no provider's token lives longer

	restRefused = time.Minute      // between two requests after a refusal
	restAway    = time.Second      // the first rest when nobody answers; it doubles
	longest     = 15 * time.Second // one request
)

// held reports whether there is a token younger than part of its life.
func (s *Source) held(part float64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token.age(s.set.Now()) < time.Duration(float64(s.token.life)*part)
}

// age believes whichever clock says more: the monotonic one stands still while a
// machine is suspended, the wall clock may be put back.
func (t held) age(now time.Time) time.Duration {
	return max(now.Sub(t.issued), now.Round(0).Sub(t.issued.Round(0)))
}

// renew asks for a token, unless the endpoint is being left alone. It is called
// by the one who has the turn.
func (s *Source) renew(ctx context.Context) error {
	now := s.set.Now()
	if err, resting := s.resting(now); resting {
		return err
	}
	got, err := s.ask(ctx)
	if err != nil && ctx.Err() != nil { // our own haste says nothing about the endpoint
		return fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err = err; err != nil {
		s.rest, s.tries = s.set.Now().Add(pause(err, s.tries)), s.tries+1
		return err
	}
	s.tries, s.rest = 0, time.Time{}
	s.token = held{text: config.NewSecret(got.AccessToken), issued: now, life: life(got)}
	return nil
}

func (s *Source) resting(now time.Time) (error, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err, s.err != nil && now.Before(s.rest)
}

// ask makes one request. Its error is of our own words.
func (s *Source) ask(ctx context.Context) (*oauth2.Token, error) {
	secret, err := s.set.Secret()
	if err != nil {
		return nil, &Refusal{Step: stepUnreadable}
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	own := &http.Client{Transport: bound{ctx, s.wire}, CheckRedirect: stay}
	got, err := s.request(context.WithValue(ctx, oauth2.HTTPClient, own), secret)
	switch {
	case err != nil:
		return nil, judge(&s.set, err)
	case got.AccessToken == "" || strings.ContainsAny(got.AccessToken, "\x01\r\n"):
		return nil, fmt.Errorf("%w: its answer holds no token", ErrAway)
	}
	return got, nil
}

func (s *Source) request(ctx context.Context, secret string) (*oauth2.Token, error) {
	if s.set.Provider == Google {
		c, err := account(secret)
		if err != nil {
			return nil, err
		}
		c.Subject, c.Scopes, c.TokenURL = s.set.Subject, []string{s.set.Scope}, s.set.TokenURL
		return c.TokenSource(ctx).Token()
	}
	c := clientcredentials.Config{ClientID: s.set.ClientID, ClientSecret: secret, TokenURL: s.set.TokenURL,
		Scopes: []string{s.set.Scope}, AuthStyle: oauth2.AuthStyleInParams}
	return c.Token(ctx)
}

// account reads the JSON key that Google gives for a service account. Where it
// says to ask for tokens is not believed: the setting says that.
func account(key string) (*jwt.Config, error) {
	var k struct {
		Type         string `json:"type"`
		ClientEmail  string `json:"client_email"`
		PrivateKey   string `json:"private_key"`
		PrivateKeyID string `json:"private_key_id"`
	}
	err := json.Unmarshal([]byte(key), &k)
	if err != nil || k.Type != "service_account" || k.ClientEmail == "" || !signs(k.PrivateKey) {
		return nil, &Refusal{Step: stepNoAccount}
	}
	return &jwt.Config{Email: k.ClientEmail, PrivateKey: []byte(k.PrivateKey), PrivateKeyID: k.PrivateKeyID}, nil
}

// life is how long a token is good, in the provider's words but within reason.
func life(t *oauth2.Token) time.Duration {
	if t.Expiry.IsZero() {
		return lifeUnsaid
	}
	return min(time.Until(t.Expiry), lifeLongest)
}

func pause(err error, tries int) time.Duration {
	if refused(err) {
		return restRefused
	}
	return min(restAway<<min(tries, 10), time.Minute)
}

func (set Settings) withDefaults() Settings {
	if set.TokenURL == "" {
		set.TokenURL = map[Provider]string{
			Microsoft: "https://login.microsoftonline.com/" + url.PathEscape(set.Tenant) + "/oauth2/v2.0/token",
			Google:    "https://oauth2.googleapis.com/token",
		}[set.Provider]
	}
	if set.Now == nil {
		set.Now = time.Now
	}
	return set
}
