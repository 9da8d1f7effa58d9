package oauth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
)

// checkURL lets secrets travel encrypted, or not leave this machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return errors.New("is no URL")
	case u.Scheme == "https", u.Scheme == "http" && here(u.Hostname()):
		return nil
	}
	return errors.New("must begin with https://")
}

// here reports whether host is this machine.
func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// wire keeps no line open: a token is asked for once an hour.
func wire(roots *x509.CertPool) *http.Transport {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
}

// bound ties every request to ctx: x/oauth2 forgets it when it signs assertions.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	return b.next.RoundTrip(r.WithContext(b.ctx))
}

// stay follows no redirection: a secret goes where the operator sent it.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
