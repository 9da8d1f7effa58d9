package message_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"dutydesk/intake/message"
)

// signer signs mails for a domain and answers for its key.
type signer struct {
	domain string
	key    ed25519.PrivateKey
	asked  []string
}

// newSigner makes a key that is always the same.
func newSigner(domain string) *signer {
	return &signer{domain: domain, key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))}
}

// sign returns the mail with a signature on top.
func (s *signer) sign(t *testing.T, mail string) string {
	t.Helper()
	var b bytes.Buffer
	err := dkim.Sign(&b, strings.NewReader(strings.ReplaceAll(mail, "\n", "\r\n")), &dkim.SignOptions{
		Domain: s.domain, Selector: "s1", Signer: s.key, HeaderKeys: []string{"From", "To", "Subject", "Date"},
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// record is the TXT record of the key.
func (s *signer) record() string {
	return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey))
}

// lookup answers like a name server.
func (s *signer) lookup(_ context.Context, name string) ([]string, error) {
	s.asked = append(s.asked, name)
	if name != "s1._domainkey."+s.domain {
		return nil, errors.New("no such host")
	}
	return []string{s.record()}, nil
}

const signedMail = "From: Amy <amy@college.ac.uk>\nTo: concern@council.gov.uk\nSubject: help\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n\nplease read this\n"

// An intact signature of the author's organisation is kept with its key; one
// changed byte, another organisation, or a second field that people see, and
// nobody vouches for the mail.
func TestSignedBy(t *testing.T) {
	own, mail, other := newSigner("mail.college.ac.uk"), newSigner("college.ac.uk"), newSigner("evil.ac.uk")
	for name, c := range map[string]struct {
		by     *signer
		change func(string) string
		want   string
		result string
	}{
		"intact":             {mail, func(s string) string { return s }, "college.ac.uk", message.SignaturePass},
		"own subdomain":      {own, func(s string) string { return s }, "mail.college.ac.uk", message.SignaturePass},
		"new Received":       {mail, func(s string) string { return "Received: from x\r\n" + s }, "college.ac.uk", message.SignaturePass},
		"changed text":       {mail, func(s string) string { return strings.Replace(s, "read", "burn", 1) }, "", message.SignatureFail},
		"changed subject":    {mail, func(s string) string { return strings.Replace(s, "help", "fine", 1) }, "", message.SignatureFail},
		"other organisation": {other, func(s string) string { return s }, "", message.SignaturePass},
		"second From":        {mail, func(s string) string { return "From: mallory@evil.ac.uk\r\n" + s }, "", message.SignaturePass},
		"second Subject":     {mail, func(s string) string { return "Subject: never mind\r\n" + s }, "", message.SignaturePass},
		"folded From on top": {mail, func(s string) string { return " From: mallory@evil.ac.uk\r\n" + s }, "", ""},
	} {
		raw := c.change(c.by.sign(t, signedMail))
		m := message.Reader{Keys: c.by.lookup}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
		if m.SignedBy() != c.want || len(m.DKIM) != 1 || c.result != "" && m.DKIM[0].Result != c.result {
			t.Errorf("%s: signed by %q, %+v", name, m.SignedBy(), m.DKIM)
		}
		if c.want != "" && m.DKIM[0].Key != c.by.record() {
			t.Errorf("%s: key %q", name, m.DKIM[0].Key)
		}
	}
}

// Without a name server nothing is looked up and nobody vouches.
func TestSignatureUnchecked(t *testing.T) {
	m := readRaw(t, []byte(newSigner("college.ac.uk").sign(t, signedMail)))
	if len(m.DKIM) != 1 || m.DKIM[0].Result != message.SignatureUnchecked || m.SignedBy() != "" || m.DKIM[0].Domain != "college.ac.uk" {
		t.Errorf("%+v", m.DKIM)
	}
}

// Each of several signatures is checked for itself.
func TestTwoSignatures(t *testing.T) {
	s, forwarder := newSigner("college.ac.uk"), newSigner("list.example")
	raw := forwarder.sign(t, strings.ReplaceAll(s.sign(t, signedMail), "\r\n", "\n"))
	both := func(ctx context.Context, name string) ([]string, error) {
		if txts, err := s.lookup(ctx, name); err == nil {
			return txts, nil
		}
		return forwarder.lookup(ctx, name)
	}
	m := message.Reader{Keys: both}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if len(m.DKIM) != 2 || m.DKIM[0].Result != message.SignaturePass || m.DKIM[1].Result != message.SignaturePass || m.DKIM[0].Aligned || m.SignedBy() != "college.ac.uk" {
		t.Errorf("%q, %+v", m.SignedBy(), m.DKIM)
	}
	raw = strings.Replace(raw, "read", "burn", 1)
	m = message.Reader{Keys: both}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if m.DKIM[0].Result != message.SignatureFail || m.DKIM[1].Result != message.SignatureFail || m.SignedBy() != "" {
		t.Errorf("%q, %+v", m.SignedBy(), m.DKIM)
	}
}

// A panic in what a mail is read with is a Defect, and the rest is there.
func TestPanicIsADefect(t *testing.T) {
	raw := newSigner("college.ac.uk").sign(t, signedMail)
	m := message.Reader{Keys: func(context.Context, string) ([]string, error) { panic("broken") }}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if !has(m, message.DefectPanic) || m.Text != "please read this\n" || m.SignedBy() != "" {
		t.Errorf("text %q, %v", m.Text, m.Defects)
	}
}

// A name server that never answers delays the mail by no more than its time,
// and a mail with a thousand signatures asks for few keys.
func TestSignatureBudget(t *testing.T) {
	s := newSigner("college.ac.uk")
	raw := strings.Repeat("DKIM-Signature: v=1; a=ed25519-sha256; d=x.example; s=s; h=from; bh=; b=\r\n", 1000) + s.sign(t, signedMail)
	m := message.Reader{Keys: s.lookup}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if len(m.DKIM) != 5 || len(s.asked) > 5 {
		t.Errorf("%d signatures, asked %d times", len(m.DKIM), len(s.asked))
	}
	never := func(ctx context.Context, _ string) ([]string, error) { <-ctx.Done(); return nil, ctx.Err() }
	raw = s.sign(t, signedMail)
	within(t, 2*time.Second, func() {
		m = message.Reader{Keys: never, Limits: message.Limits{Time: 50 * time.Millisecond}}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	})
	if m.DKIM[0].Result != message.SignatureUnchecked || m.Text == "" {
		t.Errorf("%+v", m.DKIM)
	}
	refused := func(context.Context, string) ([]string, error) { return nil, errors.New("connection refused") }
	m = message.Reader{Keys: refused}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if s := m.DKIM[0]; s.Result != message.SignatureTempError || !strings.HasPrefix(s.Detail, "could not be checked") || m.Text == "" {
		t.Errorf("%+v", m.DKIM)
	}
	gone := func(_ context.Context, name string) ([]string, error) {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	m = message.Reader{Keys: gone}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if m.DKIM[0].Result != message.SignaturePermError {
		t.Errorf("%+v", m.DKIM)
	}
	blank := "DKIM-Signature: v=1; d=x.example\r\n\r\n" + strings.Repeat("\r\n", 1<<20) + "x"
	m = message.Reader{Keys: s.lookup}.Read(t.Context(), strings.NewReader(blank), int64(len(blank)))
	if m.DKIM[0].Result != message.SignatureUnchecked {
		t.Errorf("blank lines: %+v", m.DKIM)
	}
}

// Five signatures whose keys nobody answers for take the time of one, and the
// mail is read, text and all.
func TestSilentNameServer(t *testing.T) {
	s := newSigner("college.ac.uk")
	raw := s.sign(t, signedMail)
	end := strings.Index(raw, "From: Amy")
	raw = strings.Repeat(raw[:end], 5) + raw[end:]
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		never := func(ctx context.Context, _ string) ([]string, error) { asked++; <-ctx.Done(); return nil, ctx.Err() }
		began := time.Now()
		m := message.Reader{Keys: never}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("took %v", took)
		}
		if len(m.DKIM) != 5 || m.Text != "please read this\n" || has(m, message.DefectTime) || asked == 0 {
			t.Errorf("asked %d times, %q, %v", asked, m.Text, m.Defects)
		}
		for _, s := range m.DKIM {
			if s.Result != message.SignatureTempError || !strings.HasPrefix(s.Detail, "could not be checked") {
				t.Errorf("%+v", s)
			}
		}
	})
}

// The grade of a mail follows from what it is, never from what it says.
func TestGrade(t *testing.T) {
	s := newSigner("college.ac.uk")
	signed := s.sign(t, signedMail)
	inline := s.sign(t, strings.Replace(signedMail, "please", "---------- Forwarded message ---------\nplease", 1))
	for name, c := range map[string]struct {
		raw  string
		want message.Grade
	}{
		"signed": {signed, message.GradeSigned}, "changed": {strings.Replace(signed, "read", "burn", 1), message.GradeOriginal},
		"not signed": {signedMail, message.GradeOriginal}, "inline": {inline, message.GradeInline},
		"attached": {"From: amy@college.ac.uk\nContent-Type: message/rfc822\n\nFrom: x@y.example\n\nhi\n", message.GradeAttached},
		"a bounce": {"From: mailer-daemon@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\nhi\n--b--\n", message.GradeOriginal},
	} {
		m := message.Reader{Keys: s.lookup}.Read(t.Context(), strings.NewReader(c.raw), int64(len(c.raw)))
		if m.Grade != c.want {
			t.Errorf("%s: %q, want %q", name, m.Grade, c.want)
		}
	}
}
