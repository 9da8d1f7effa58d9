package realtest

import (
	"bytes"
	"crypto/sha256"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message/mail"
)

func TestMailIsWhole(t *testing.T) {
	file := Attachment{Name: "Übersicht 1.pdf", Type: "application/pdf", Bytes: []byte(strings.Repeat("abc\x00\xff", 100))}
	raw := Mail("Ann <a@b.example>", "c@d.example", "Grüße", "one\ntwo", file)
	if bytes.Contains(bytes.ReplaceAll(raw, []byte("\r\n"), nil), []byte("\n")) {
		t.Error("a bare LF")
	}
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.Header.Subject(); s != "Grüße" || err != nil {
		t.Errorf("subject %q, %v", s, err)
	}
	if p, err := r.NextPart(); err != nil || body(t, p) != "one\r\ntwo" {
		t.Errorf("text: %v", err)
	}
	p, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	name, err := p.Header.(*mail.AttachmentHeader).Filename()
	if name != file.Name || err != nil || body(t, p) != string(file.Bytes) {
		t.Errorf("attachment %q, %v", name, err)
	}
	if bytes.Equal(raw, Mail("Ann <a@b.example>", "c@d.example", "Grüße", "one\ntwo", file)) {
		t.Error("two mails with one Message-ID")
	}
}

func body(t *testing.T, p *mail.Part) string {
	t.Helper()
	b, err := io.ReadAll(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(b), "\r\n")
}

func TestMixIsTheBenchmarks(t *testing.T) {
	var sizes []int
	first := sha256.New()
	for i, raw := range Mix(1000) {
		sizes = append(sizes, len(raw))
		if i < 100 {
			first.Write(raw)
		}
	}
	slices.Sort(sizes)
	between := func(lo, hi int) (n int) {
		for _, s := range sizes {
			if s >= lo && s < hi {
				n++
			}
		}
		return n
	}
	if m := sizes[500]; m < 11_500 || m > 13_000 {
		t.Errorf("median %d", m)
	}
	if n := between(1_000_000, 8_000_000); n < 18 || n > 22 {
		t.Errorf("%d of 1,000 are huge, want 20", n)
	}
	if n := between(100_000, 1_000_000); n < 77 || n > 83 {
		t.Errorf("%d of 1,000 are large, want 80", n)
	}
	again := sha256.New()
	for _, raw := range Mix(100) {
		again.Write(raw)
	}
	if !bytes.Equal(first.Sum(nil), again.Sum(nil)) {
		t.Error("not the same mails twice")
	}
}
