package oauth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dutydesk/cmd/internal/realtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func settings(s *realtest.TokenServer) (Settings, *clock) {
	c := &clock{now: time.Now()}
	return Settings{Provider: Microsoft, TokenURL: s.URL(), Scope: "scope/.default", Tenant: "council.example", ClientID: "app",
		Secret: func() (string, error) { return "right", nil }, Now: c.Now}, c
}

func google(s *realtest.TokenServer) (Settings, *clock) {
	set, c := settings(s)
	set.Provider, set.Subject = Google, "desk@council.example"
	set.Secret = func() (string, error) { return s.ServiceAccount(), nil }
	return set, c
}

func source(t testing.TB, set Settings) *Source {
	t.Helper()
	s, err := New(set)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t testing.TB, s *Source) string {
	t.Helper()
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func asked(t testing.TB, s *realtest.TokenServer, want int) {
	t.Helper()
	if n := len(s.Asked()); n != want {
		t.Errorf("the endpoint was asked %d times, want %d", n, want)
	}
}

// Each provider is asked as it wants to be asked, and the token is good.
func TestAsksAsTheProviderWants(t *testing.T) {
	s := realtest.Tokens(t)
	ms, _ := settings(s)
	gg, _ := google(s)
	for _, set := range []Settings{ms, gg} {
		if token := must(t, source(t, set)); !s.Good(token) {
			t.Errorf("%s: the token is not good", set.Provider)
		}
	}
	form := s.Asked()
	want := url.Values{"grant_type": {"client_credentials"}, "client_id": {"app"}, "client_secret": {"right"}, "scope": {"scope/.default"}}
	if form[0].Encode() != want.Encode() {
		t.Errorf("microsoft was asked %v", form[0])
	}
	if form[1].Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		t.Errorf("google was asked %v", form[1])
	}
}

// A token is renewed when four fifths of its time have passed, and not before;
// however many ask, the endpoint is asked once.
func TestRenewedAtFourFifths(t *testing.T) {
	s := realtest.Tokens(t)
	set, c := settings(s)
	src := source(t, set)
	first := must(t, src)
	c.pass(47 * time.Minute)
	if must(t, src) != first {
		t.Error("renewed before four fifths")
	}
	c.pass(2 * time.Minute)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if token, err := src.Token(t.Context()); err != nil || token == first {
				t.Errorf("not renewed: %v", err)
			}
		})
	}
	all.Wait()
	asked(t, s, 2)
}

// While renewal fails the old token is used to its end, and the endpoint is not
// pestered.
func TestF48OldTokenIsUsedToItsEnd(t *testing.T) {
	s := realtest.Tokens(t)
	set, c := settings(s)
	src := source(t, set)
	first := must(t, src)
	s.Change(func(s *realtest.TokenServer) { s.Secret = "changed" })
	for range 12 {
		c.pass(59 * time.Second)
	}
	c.pass(37 * time.Minute)
	for range 10 { // within the last fifth
		c.pass(time.Second)
		if must(t, src) != first {
			t.Fatal("the token at hand was not used")
		}
	}
	if !errors.Is(src.Trouble(), ErrRefused) {
		t.Errorf("trouble is %v", src.Trouble())
	}
	asked(t, s, 2)
	c.pass(12 * time.Minute)
	if _, err := src.Token(t.Context()); !errors.Is(err, ErrRefused) {
		t.Errorf("an expired token was used: %v", err)
	}
}

// A refused secret is tried once a minute, whoever asks how often.
func TestF48EndpointOnceAMinute(t *testing.T) {
	s := realtest.Tokens(t)
	set, c := settings(s)
	set.Secret = func() (string, error) { return "wrong", nil }
	src := source(t, set)
	for range 600 {
		if _, err := src.Token(t.Context()); !errors.Is(err, ErrRefused) || errors.Is(err, ErrAway) {
			t.Fatal(err)
		}
		c.pass(time.Second)
	}
	asked(t, s, 10)
	s.Change(func(s *realtest.TokenServer) { s.Secret = "wrong" })
	c.pass(time.Minute)
	if must(t, src); src.Trouble() != nil {
		t.Errorf("trouble after it was mended: %v", src.Trouble())
	}
}

// A token that was used before and is refused is replaced once; a new one that
// is refused too is not, until the caller comes again.
func TestF48RevokedTokenIsReplacedOnce(t *testing.T) {
	s := realtest.Tokens(t)
	set, _ := settings(s)
	src := source(t, set)
	first := must(t, src)
	for range 3 { // a look at its health is no use of it
		if err := src.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if must(t, src) != first {
		t.Fatal("another token without need")
	}
	for range 2 { // by another line too
		if !src.Refused(first) {
			t.Error("a token that was used before is worth a second try")
		}
	}
	second := must(t, src)
	if second == first {
		t.Fatal("the refused token was given again")
	}
	if !src.Refused(first) { // by a line that is late
		t.Error("the token was renewed meanwhile: worth a try")
	}
	for range 2 {
		if src.Refused(second) {
			t.Error("a new token that is refused is not worth a third try")
		}
	}
	if must(t, src) == second {
		t.Error("the next attempt must not use a refused token")
	}
	asked(t, s, 3)
}

// A refusal to renew is told while the old token still lasts.
func TestRefusalIsToldEarly(t *testing.T) {
	s := realtest.Tokens(t)
	set, c := settings(s)
	src := source(t, set)
	must(t, src)
	s.Change(func(s *realtest.TokenServer) { s.Secret = "another" })
	if err := src.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	c.pass(50 * time.Minute)
	if err := src.Ready(t.Context()); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
	must(t, src)
}

// What the endpoint says about a token's life is believed within reason.
func TestLiesAboutExpiry(t *testing.T) {
	for says, life := range map[int64]time.Duration{-1: lifeUnsaid, 1 << 40: lifeLongest, 100: 100 * time.Second} {
		s := realtest.Tokens(t)
		s.Says = says
		set, c := settings(s)
		src := source(t, set)
		first := must(t, src)
		c.pass(life*8/10 - 2*time.Second)
		if must(t, src) != first {
			t.Errorf("expires_in %d: not used for %v", says, life*8/10)
		}
		c.pass(3 * time.Second)
		if must(t, src) == first {
			t.Errorf("expires_in %d: used for longer than %v", says, life*8/10)
		}
	}
}

// A token's age is known with and without a monotonic reading of the clock.
func TestF48AgeOnEitherClock(t *testing.T) {
	issued := time.Now()
	for _, now := range []time.Time{issued.Add(50 * time.Minute), issued.Round(0).Add(50 * time.Minute)} {
		if age := (held{issued: issued}).age(now); age.Round(time.Second) != 50*time.Minute {
			t.Errorf("%v: age %v", now, age)
		}
	}
}

// An endpoint that is slow or silent delays the caller no longer than it wants
// to wait, which says nothing about the endpoint.
func TestSlowEndpoint(t *testing.T) {
	s := realtest.Tokens(t)
	wait := make(chan struct{})
	s.Wait = wait
	for _, make := range []func(*realtest.TokenServer) (Settings, *clock){settings, google} {
		set, _ := make(s)
		src := source(t, set)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := src.Token(ctx)
		cancel()
		if !errors.Is(err, ErrAway) || !errors.Is(err, context.DeadlineExceeded) || src.Trouble() != nil {
			t.Errorf("%s: %v, trouble %v", set.Provider, err, src.Trouble())
		}
	}
	close(wait)
	set, _ := settings(s)
	must(t, source(t, set))
}

// An endpoint that is down, overloaded, or no token endpoint is asked again with
// patience, and never taken for a refusal.
func TestEndpointAway(t *testing.T) {
	s := realtest.Tokens(t)
	for _, answer := range []struct {
		status int
		body   string
	}{
		{503, ""}, {429, "{}"}, {500, realtest.OAuthError("invalid_client", "")}, {400, realtest.OAuthError("temporarily_unavailable", "AADSTS90033")},
		{404, "<html>"}, {200, "<html>log in to the guest network</html>"}, {200, "{}"}, {302, ""}, {200, `{"access_token":"a\u0001b"}`}, {400, realtest.OAuthError("Who? lead@college.example", "")},
	} {
		s.Change(func(s *realtest.TokenServer) {
			s.Answer = func(url.Values) (int, string) { return answer.status, answer.body }
		})
		for _, make := range []func(*realtest.TokenServer) (Settings, *clock){settings, google} {
			set, _ := make(s)
			_, err := source(t, set).Token(t.Context())
			if !errors.Is(err, ErrAway) || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "@") {
				t.Errorf("%s, %d %s: %v", set.Provider, answer.status, answer.body, err)
			}
		}
	}
	set, c := settings(s)
	set.TokenURL = "http://127.0.0.1:1/token"
	src := source(t, set)
	for range 3600 {
		if _, err := src.Token(t.Context()); !errors.Is(err, ErrAway) {
			t.Fatal(err)
		}
		c.pass(time.Second)
	}
	if src.tries < 50 || src.tries > 70 {
		t.Errorf("asked %d times in an hour", src.tries)
	}
}

// Each refusal a provider is known for names the step that is missing, and none
// repeats what the provider said.
func TestF48EveryRefusalNamesTheStep(t *testing.T) {
	s := realtest.Tokens(t)
	for _, tt := range []struct {
		of         func(*realtest.TokenServer) (Settings, *clock)
		error, say string
		code, step string
	}{
		{settings, "invalid_client", "AADSTS7000215: Invalid client secret provided. Ensure …", "AADSTS7000215", "Value, not its Secret ID"},
		{settings, "invalid_client", "AADSTS7000222: The provided client secret keys for app are expired.", "AADSTS7000222", "has expired"},
		{settings, "unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found in the directory", "AADSTS700016", "client_id"},
		{settings, "invalid_grant", "AADSTS50034: The user account lead@council.example does not exist", "AADSTS50034", "user"},
		{settings, "invalid_grant", "AADSTS65001: The user or administrator has not consented", "AADSTS65001", "Grant admin consent"},
		{settings, "invalid_request", "AADSTS90002: Tenant 'x' not found.", "AADSTS90002", "tenant"},
		{settings, "invalid_scope", "AADSTS1002012: The provided value for scope", "AADSTS1002012", "/.default"},
		{settings, "unauthorized_client", "something new", "unauthorized_client", "client_id"},
		{settings, "invalid_request", "AADSTS123456789: something new", "AADSTS123456789", "does not know"},
		{google, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", "unauthorized_client", "scope/.default (Google Admin console"},
		{google, "access_denied", "Requested client not authorized.", "access_denied", "Domain-wide delegation"},
		{google, "invalid_grant", "Invalid email or User ID", "invalid_grant", "no such user"},
		{google, "invalid_grant", "Invalid JWT Signature.", "invalid_grant", "key was deleted"},
		{google, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.", "invalid_grant", "clock"},
		{google, "invalid_grant", "Invalid grant: account not found", "invalid_grant", "no such service account"},
		{google, "disabled_client", "The OAuth client was disabled.", "disabled_client", "Enable"},
	} {
		s.Change(func(s *realtest.TokenServer) {
			s.Answer = func(url.Values) (int, string) { return 400, realtest.OAuthError(tt.error, tt.say) }
		})
		set, _ := tt.of(s)
		_, err := source(t, set).Token(t.Context())
		var r *Refusal
		if !errors.As(err, &r) || r.Code != tt.code || !strings.Contains(r.Step, tt.step) || strings.Contains(err.Error(), tt.say) || strings.Contains(err.Error(), "@") {
			t.Errorf("%s %s: %v", tt.error, tt.say, err)
		}
	}
}

// A clock that is wrong is named before anything else.
func TestF48ClockSkewIsNamed(t *testing.T) {
	s := realtest.Tokens(t)
	s.Skew = -2 * time.Hour
	set, _ := google(s)
	_, err := source(t, set).Token(t.Context())
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "clock and the provider's are 2h0m") {
		t.Errorf("got %v", err)
	}
	s.Change(func(s *realtest.TokenServer) { s.Skew = 0; s.Secret = "changed" })
	set, _ = settings(s)
	if _, err = source(t, set).Token(t.Context()); !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "clock") {
		t.Errorf("the clock is right: %v", err)
	}
}

// A secret that cannot be used is a refusal, and nobody is asked.
func TestUnusableSecrets(t *testing.T) {
	s := realtest.Tokens(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := json.Marshal(map[string]string{"type": "service_account", "client_email": "a", "private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))})
	for _, text := range []string{"", "hunter2", "{}", `{"type":"authorized_user"}`, strings.Replace(s.ServiceAccount(), "MII", "XXX", 1), string(other)} {
		set, _ := google(s)
		set.Secret = func() (string, error) { return text, nil }
		if _, err := source(t, set).Token(t.Context()); !errors.Is(err, ErrRefused) || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	set, _ := settings(s)
	set.Secret = func() (string, error) { return "", errors.New("open /etc/secret: canary") }
	if _, err := source(t, set).Token(t.Context()); !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
	asked(t, s, 0)
}

// No secret and no token shows, however a source or its errors are printed.
func TestT19NothingSecretPrints(t *testing.T) {
	s := realtest.Tokens(t)
	s.Secret = "canary-secret"
	s.Answer = func(url.Values) (int, string) { return 200, `{"access_token":"canary-token","expires_in":3600}` }
	set, _ := settings(s)
	set.Secret = func() (string, error) { return "canary-secret", nil }
	src := source(t, set)
	if must(t, src) != "canary-token" {
		t.Fatal("no token")
	}
	shown := fmt.Sprintf("%v %+v %#v", src, src, src)
	s.Change(func(s *realtest.TokenServer) {
		s.Answer = func(f url.Values) (int, string) {
			return 400, realtest.OAuthError("invalid_client", "canary "+f.Get("client_secret"))
		}
	})
	_, err := source(t, set).Token(t.Context())
	if shown += fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(shown, "canary") {
		t.Error(shown)
	}
}

// Secrets travel encrypted to a certificate that is trusted, and nowhere else.
func TestT20WhereSecretsTravel(t *testing.T) {
	s := realtest.Tokens(t)
	for link, good := range map[string]bool{
		"https://login.microsoftonline.us/x/oauth2/v2.0/token": true, "http://127.0.0.1:1/token": true, "http://[::1]:1/": true, "http://localhost/": true,
		"http://login.microsoftonline.com/token": false, "http://127.0.0.1.example/": false, "ftp://127.0.0.1/": false, "login": false, "://": false,
	} {
		set, _ := settings(s)
		set.TokenURL = link
		if _, err := New(set); (err == nil) != good {
			t.Errorf("%s: %v", link, err)
		}
	}
	ca := realtest.CA(t)
	secure := httptest.NewUnstartedServer(http.RedirectHandler(s.URL(), http.StatusTemporaryRedirect))
	secure.TLS = ca.Server()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	set, _ := settings(s)
	set.TokenURL = secure.URL
	if _, err := source(t, set).Token(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("untrusted: %v", err)
	}
	set.Roots = ca.Pool()
	if _, err := source(t, set).Token(t.Context()); !errors.Is(err, ErrAway) {
		t.Errorf("redirected: %v", err)
	}
	asked(t, s, 0)
}

// Settings without which no token can be had are refused, and the defaults are
// the public clouds'.
func TestSettings(t *testing.T) {
	s := realtest.Tokens(t)
	for name, spoil := range map[string]func(*Settings){
		"provider": func(s *Settings) { s.Provider = "yahoo" }, "secret": func(s *Settings) { s.Secret = nil }, "scope": func(s *Settings) { s.Scope = "" },
		"tenant": func(s *Settings) { s.Tenant = "" }, "client id": func(s *Settings) { s.ClientID = "" },
	} {
		set, _ := settings(s)
		spoil(&set)
		if _, err := New(set); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	set, _ := google(s)
	set.Subject = ""
	if _, err := New(set); err == nil {
		t.Error("no subject")
	}
	if got := (Settings{Provider: Microsoft, Tenant: "a/b"}).withDefaults().TokenURL; got != "https://login.microsoftonline.com/a%2Fb/oauth2/v2.0/token" {
		t.Error(got)
	}
}
