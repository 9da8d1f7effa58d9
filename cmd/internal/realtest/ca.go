package realtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority that exists for one test, and a good
// certificate of it for 127.0.0.1 and localhost.
type Authority struct {
	File     string // PEM of the authority: what a council puts into ca_file
	CertFile string // PEM of the good certificate
	KeyFile  string // PEM of its key, mode 0600

	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	good tls.Certificate
}

// CA makes a certificate authority. Its files are gone when the test ends.
func CA(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{t: t, key: newKey(t)}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "realtest authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.good = a.Issue(time.Now().Add(24*time.Hour), "127.0.0.1", "localhost")
	a.save(folder(t), der)
	return a
}

// Issue makes a certificate for the hosts (names or IP addresses) that is valid
// until notAfter, so also one that has expired or is for somebody else.
func (a *Authority) Issue(notAfter time.Time, hosts ...string) tls.Certificate {
	a.t.Helper()
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: hosts[0]},
		NotBefore: notAfter.Add(-48 * time.Hour), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, h)
		}
	}
	key := newKey(a.t)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Pool holds the authority alone.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

// Server is the TLS configuration of a server with the good certificate.
func (a *Authority) Server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.good}, MinVersion: tls.VersionTLS12}
}

// Client is the TLS configuration of a client that trusts the authority alone.
func (a *Authority) Client() *tls.Config {
	return &tls.Config{RootCAs: a.Pool(), MinVersion: tls.VersionTLS12}
}

func (a *Authority) save(dir string, der []byte) {
	a.t.Helper()
	a.File = filepath.Join(dir, "ca.pem")
	a.CertFile, a.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	key, err := x509.MarshalPKCS8PrivateKey(a.good.PrivateKey)
	if err != nil {
		a.t.Fatal(err)
	}
	writePEM(a.t, a.File, "CERTIFICATE", der)
	writePEM(a.t, a.CertFile, "CERTIFICATE", a.good.Certificate[0])
	writePEM(a.t, a.KeyFile, "PRIVATE KEY", key)
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
