package e2e

import (
	"bytes"
	"fmt"
	"net/mail"
	"testing"
)

// idOf is the Message-ID of a letter.
func (w *world) idOf(l letter) string {
	w.t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(l.Raw))
	w.must(err)
	return m.Header.Get("Message-ID")
}

// mailf delivers a mail written by hand.
func (w *world) mailf(format string, args ...any) {
	w.imap.Deliver("desk", bytes.ReplaceAll(fmt.Appendf(nil, format, args...), []byte("\n"), []byte("\r\n")))
}

// A report that bears a letter's name, from a thread it was forwarded in, by a
// list, or by somebody's design, is a report: a case, a clock and a letter.
func TestReportsWithOurName(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	w.concern("first")
	id := w.idOf(w.letter("lead", "ew concern"))
	w.mailf("From: teacher@college.example\nTo: safeguarding@council.example\nReferences: %s\nList-Id: <staff.college.example>\nMessage-ID: <1@x>\nSubject: Fwd\n\nnew bruises\n", id)
	w.letter("lead", "ew concern")
	w.mailf("From: teacher@college.example\nTo: safeguarding@council.example\nIn-Reply-To: %s\nMessage-ID: <2@x>\nSubject: Re\n\nand another\n", id)
	w.letter("lead", "ew concern")
	w.mailf("From: friend@college.example\nTo: safeguarding@council.example\nMessage-ID: %s\nSubject: help\n\nplease\n", id)
	w.letter("lead", "ew concern")
	w.sound(4)
}

// Machines that answer our letters without naming them open no cases: an
// absence notice and a bounce belong to the last letter of the colleague they
// come from or could not reach, and the next person is told.
func TestMachinesWithoutOurName(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	w.concern("first")
	w.letter("lead", "ew concern")
	w.letter("deputy", "ew concern")
	for i := range 3 {
		w.mailf("Return-Path: <>\nFrom: lead@council.example\nTo: safeguarding@council.example\nAuto-Submitted: auto-replied\nMessage-ID: <o%d@x>\nSubject: Out of office\n\nI am away (%d).\n", i, i)
	}
	w.letter("la-lead", "could not be reached")
	w.mailf(`Return-Path: <>
From: Mail Delivery System <mailer-daemon@relay.example>
To: safeguarding@council.example
Message-ID: <dsn@x>
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

mailbox full
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; deputy@council.example
Action: failed
Status: 5.2.2

--b--
`)
	w.arrived(5)
	w.sound(1)
	if n := len(w.lettersTo("la-lead")); n != 1 {
		t.Errorf("la-lead was told %d times", n)
	}
}
