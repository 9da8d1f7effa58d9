package oauth

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Refusal is a provider's no, in our words. It wraps [ErrRefused].
type Refusal struct {
	Code string // "AADSTS7000215" or an error of RFC 6749, 5.2; "" when nobody was asked
	Step string // what is missing and where it is mended
}

// Error is "token refused (CODE): STEP".
func (r *Refusal) Error() string {
	if r.Code == "" {
		return fmt.Sprintf("%v: %s", ErrRefused, r.Step)
	}
	return fmt.Sprintf("%v (%s): %s", ErrRefused, r.Code, r.Step)
}

// Unwrap makes it an [ErrRefused].
func (r *Refusal) Unwrap() error { return ErrRefused }

func refused(err error) bool { return errors.Is(err, ErrRefused) }

const (
	stepUnreadable = "the secret cannot be read: it must exist, with mode 0600, owned by the user who runs dutydesk"
	stepNoAccount  = "the secret is not the JSON key of a service account: in the Google Cloud console open the service account, Keys, Add key, JSON, and put that file in place unchanged"
	stepUnknown    = "the provider says no for a reason this program does not know: look the code up in its documentation"
)

// judge says in our words why a request brought no token.
func judge(set *Settings, err error) error {
	var own *Refusal
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &said):
		return answered(set, said)
	}
	return fmt.Errorf("%w: %s", ErrAway, why(err))
}

// answered tells a refusal from an endpoint that is out of order.
func answered(set *Settings, said *oauth2.RetrieveError) error {
	status, code, text := said.Response.StatusCode, said.ErrorCode, said.ErrorDescription
	if code == "" {
		code, text = parse(said.Body)
	}
	switch {
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, code == "temporarily_unavailable", code == "server_error":
		return fmt.Errorf("%w: it asks for patience (HTTP %d)", ErrAway, status)
	case code == "" || !plain.MatchString(code):
		return fmt.Errorf("%w: HTTP %d and no word of OAuth; is this the token endpoint?", ErrAway, status)
	}
	r := lookUp(set.Provider, code, text)
	r.Step = strings.ReplaceAll(r.Step, "SCOPE", set.Scope)
	if off := skew(said.Response, set.Now()); off > skewMost {
		r.Step = fmt.Sprintf("this machine's clock and the provider's are %s apart: set the clock right first. Then: %s", off.Round(time.Second), r.Step)
	}
	return r
}

// parse reads an error of RFC 6749, 5.2, from a body.
func parse(body []byte) (code, text string) {
	var e struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &e) != nil {
		return "", ""
	}
	return e.Error, e.Description
}

var (
	plain  = regexp.MustCompile(`^[a-z_]{1,40}$`)
	aadsts = regexp.MustCompile(`AADSTS\d{3,9}`)
)

// lookUp finds the step for a provider's code, the most exact first.
func lookUp(p Provider, code, text string) *Refusal {
	shown := code
	if exact := aadsts.FindString(text); p == Microsoft && exact != "" {
		shown = exact
	}
	for _, k := range known {
		if k.provider == p && (k.code == shown || k.code == code) && strings.Contains(strings.ToLower(text), k.says) {
			return &Refusal{Code: shown, Step: k.step}
		}
	}
	return &Refusal{Code: shown, Step: stepUnknown}
}

// skewMost is what providers allow a clock to be off.
const skewMost = 5 * time.Minute

// skew is how far our clock is from the one that wrote the answer.
func skew(r *http.Response, now time.Time) time.Duration {
	theirs, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return now.Sub(theirs).Abs()
}

// why names a failure of the network in words that hold no address.
func why(err error) string {
	var cert *tls.CertificateVerificationError
	var dns *net.DNSError
	var wait net.Error
	switch {
	case errors.As(err, &cert):
		return "its certificate is not trusted"
	case errors.As(err, &dns):
		return "no such host"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &wait) && wait.Timeout():
		return "no answer in time"
	}
	return "not reached, or its answer cannot be read"
}

// signs reports whether key is an RSA key in PEM, with which assertions are signed.
func signs(key string) bool {
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		return false
	}
	if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		_, ok := k.(*rsa.PrivateKey)
		return ok
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}
