package message_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutydesk/intake/message"
)

const head = "Return-Path: <amy@college.example>\r\n" +
	"Received: from mx.college.example (mx.college.example [192.0.2.1])\r\n\tby mail.council.example with ESMTPS id abc123\r\n\tfor <concern@council.example>; Mon, 23 Nov 2026 09:00:01 +0000\r\n" +
	"From: Amy Tutor <amy@college.example>\r\nTo: Concerns <concern@council.example>\r\n" +
	"Subject: =?utf-8?q?About_a_learner_=E2=80=93_please_read?=\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n" +
	"Message-ID: <20261123090000.1@college.example>\r\nMIME-Version: 1.0\r\n"

// wrapped returns n random bytes in base64 lines.
func wrapped(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(r.Uint32())
	}
	var b strings.Builder
	for s := base64.StdEncoding.EncodeToString(raw); s != ""; {
		k := min(76, len(s))
		b.WriteString(s[:k] + "\r\n")
		s = s[k:]
	}
	return b.String()
}

// prose returns about n bytes of lines.
func prose(n int) string {
	const line = "She told me after class that she does not want to go home this evening.\r\n"
	return strings.Repeat(line, n/len(line)+1)
}

// withPhoto is a mail of about size bytes, nearly all of it one attachment.
func withPhoto(size int) []byte {
	return []byte(head + "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\n\r\n" + prose(1000) + "\r\n--b1\r\n" +
		"Content-Type: image/jpeg; name=\"photo.jpg\"\r\nContent-Disposition: attachment; filename=\"photo.jpg\"\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n" + wrapped((size-2000)*3/4*76/78) + "--b1--\r\n")
}

// ordinary is a mail of about 10 KB as Outlook writes it: plain and HTML.
func ordinary() []byte {
	var html bytes.Buffer
	w := quotedprintable.NewWriter(&html)
	io.WriteString(w, "<html><head><style>p {margin:0}</style></head><body>")
	for range 55 {
		io.WriteString(w, "<p class=\"MsoNormal\">She told me after class – that she does <b>not</b> want to go home.</p>\r\n")
	}
	io.WriteString(w, "</body></html>")
	w.Close()
	return []byte(head + "Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n--b1\r\n" +
		"Content-Type: text/plain; charset=\"utf-8\"\r\n\r\n" + prose(3500) + "\r\n--b1\r\n" +
		"Content-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + html.String() + "\r\n--b1--\r\n")
}

// nested is a bomb of multiparts inside each other.
func nested(levels int) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n", i, i)
	}
	b.WriteString("\r\nx\r\n")
	return b.Bytes()
}

// million is a bomb of very small parts.
func million(parts int) []byte {
	return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", parts) + "--b--\r\n")
}

// cpuTime is what this process has spent of the processor, user and system: on
// a machine shared with others the clock on the wall measures them too.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBareSHA is the floor under BenchmarkRead: the reader hashes the mail,
// its body and every leaf.
func BenchmarkBareSHA(b *testing.B) {
	raw := withPhoto(400 << 10)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		sha256.Sum256(raw)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name string
		raw  []byte
	}{
		{"400KB", withPhoto(400 << 10)},
		{"10KB", ordinary()},
		{"nested20000", nested(20000)},
		{"parts1000000", million(1000000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.raw)))
			b.ReportAllocs()
			began := cpuTime()
			for b.Loop() {
				message.Read(b.Context(), bytes.NewReader(c.raw), int64(len(c.raw)))
			}
			spent := (cpuTime() - began).Seconds()
			b.ReportMetric(float64(b.N)/spent, "mails/cpu-s")
			b.ReportMetric(float64(b.N)*float64(len(c.raw))/1e6/spent, "MB/cpu-s")
		})
	}
}
