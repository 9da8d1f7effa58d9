package realtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// TokenServer issues access tokens as Microsoft and Google do, and answers a
// mail server that asks whether a token is good (RFC 7662). Its exported fields
// are changed by [TokenServer.Change] only; all methods may be called by any
// goroutine.
type TokenServer struct {
	Secret string        // client secret it takes
	Life   time.Duration // expires_in of a token
	Says   int64         // what expires_in says in place of Life, in seconds; 0: Life, below 0: nothing
	Dead   bool          // tokens are not good although they were issued
	Skew   time.Duration // how far its clock is ahead
	Wait   chan struct{} // if any, no answer before it is closed
	// Answer, if any, answers a request for a token; status 0 lets the server behave.
	Answer func(url.Values) (status int, body string)

	key  *rsa.PrivateKey
	http *httptest.Server

	mu    sync.Mutex
	good  map[string]string // user by token
	asked []url.Values
}

// TokenMark is what every token begins with, so that one can be looked for where
// none should be.
const TokenMark = "tok.canary."

// Tokens starts a token server that takes the client secret "right" and the key
// of [TokenServer.ServiceAccount].
func Tokens(t testing.TB) *TokenServer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &TokenServer{Secret: "right", Life: time.Hour, key: key, good: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /introspect", s.introspect)
	s.http = httptest.NewServer(mux)
	t.Cleanup(s.http.Close)
	return s
}

// URL is the token endpoint.
func (s *TokenServer) URL() string { return s.http.URL + "/token" }

// Introspection is where a mail server asks about a token.
func (s *TokenServer) Introspection() string { return s.http.URL + "/introspect" }

// ServiceAccount is the JSON key of a service account that it knows.
func (s *TokenServer) ServiceAccount() string { return serviceAccount(s.key) }

// Change changes how it behaves.
func (s *TokenServer) Change(f func(*TokenServer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// Revoke makes every token worthless that was issued so far.
func (s *TokenServer) Revoke() { s.Change(func(s *TokenServer) { clear(s.good) }) }

// Asked are the requests for tokens so far.
func (s *TokenServer) Asked() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.asked...)
}

// Good reports whether a mail server should let the token in.
func (s *TokenServer) Good(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.good[token] != "" && !s.Dead
}

func (s *TokenServer) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, r.PostForm)
	wait := s.Wait
	s.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-r.Context().Done():
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	status, body := s.decide(r.PostForm)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", time.Now().Add(s.Skew).UTC().Format(http.TimeFormat))
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// decide is called with mu held.
func (s *TokenServer) decide(form url.Values) (status int, body string) {
	if s.Answer != nil {
		if status, body := s.Answer(form); status != 0 {
			return status, body
		}
	}
	user := "desk"
	if form.Get("grant_type") != "client_credentials" {
		var refusal string
		if user, refusal = s.assertion(form.Get("assertion")); refusal != "" {
			return http.StatusBadRequest, OAuthError("invalid_grant", refusal)
		}
	} else if form.Get("client_secret") != s.Secret {
		return http.StatusUnauthorized, OAuthError("invalid_client", "AADSTS7000215: Invalid client secret provided. Trace ID: 0")
	}
	token := TokenMark + rand.Text()
	s.good[token] = user
	life := int64(s.Life / time.Second)
	if s.Says != 0 {
		life = s.Says
	}
	if life < 0 {
		return http.StatusOK, fmt.Sprintf(`{"token_type":"Bearer","access_token":%q}`, token)
	}
	return http.StatusOK, fmt.Sprintf(`{"token_type":"Bearer","expires_in":%d,"access_token":%q}`, life, token)
}

// assertion checks a signed JWT (RFC 7523) and returns whom it stands in for.
func (s *TokenServer) assertion(jwt string) (user, refusal string) {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return "", "Invalid JWT"
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return "", "Invalid JWT Signature."
	}
	var claims struct {
		Sub      string
		Iat, Exp int64
	}
	text, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if json.Unmarshal(text, &claims) != nil || claims.Sub == "" {
		return "", "Invalid email or User ID"
	}
	now := time.Now().Add(s.Skew)
	if time.Unix(claims.Iat, 0).After(now.Add(5*time.Minute)) || time.Unix(claims.Exp, 0).Before(now) {
		return "", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
	}
	return claims.Sub, ""
}

func (s *TokenServer) introspect(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.good[r.FormValue("token")]
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"active":%t,"username":%q}`, user != "" && !s.Dead, user)
}

// OAuthError is an error as a token endpoint says it (RFC 6749, 5.2).
func OAuthError(code, description string) string {
	return fmt.Sprintf(`{"error":%q,"error_description":%q}`, code, description)
}

func serviceAccount(key *rsa.PrivateKey) string {
	der, _ := x509.MarshalPKCS8PrivateKey(key) // an RSA key always can be
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	text, _ := json.Marshal(map[string]string{"type": "service_account", "client_email": "desk@project.iam.example", "private_key_id": "1", "private_key": string(block)})
	return string(text)
}
