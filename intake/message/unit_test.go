package message

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Addresses in every form that is written, and what makes them doubtful.
func TestAddresses(t *testing.T) {
	for list, want := range map[string]string{
		`amy@college.example`:                                `[{ amy@college.example}] []`,
		`Amy Tutor <Amy@College.Example>`:                    `[{Amy Tutor amy@college.example}] []`,
		`"Tutor, Amy" <amy@college.example>, b@c.d`:          `[{Tutor, Amy amy@college.example} { b@c.d}] []`,
		`amy@college.example (Amy Tutor)`:                    `[{Amy Tutor amy@college.example}] []`,
		`=?utf-8?q?Am=C3=A9lie?= <a@b.example>`:              `[{Amélie a@b.example}] []`,
		`team: a@b.example, c@d.example; e@f.example`:        `[{ a@b.example} { c@d.example} { e@f.example}] []`,
		`undisclosed-recipients:;`:                           `[] []`,
		`<>`:                                                 `[{ }] [address-unreadable]`,
		`mailto:a@b.example`:                                 `[{ a@b.example}] []`,
		`Amy`:                                                `[{Amy }] [address-unreadable]`,
		`"amy tutor"@b.example`:                              `[{ amytutor@b.example}] []`,
		`<mailto:a@b.example>`:                               `[{ a@b.example}] []`,
		`<@x.example,@y.example:mallory@evil.example>`:       `[{ mallory@evil.example}] [address-ambiguous]`,
		`alice@school.example (x) <mallory@evil.example>`:    `[{alice@school.example mallory@evil.example}] [address-ambiguous name-shows-address]`,
		`"alice@school.example" <mallory@evil.example>`:      `[{alice@school.example mallory@evil.example}] [name-shows-address]`,
		`<alice@school.example> <mallory@evil.example>`:      `[{ mallory@evil.example}] [address-ambiguous]`,
		`alice@school.example@evil.example`:                  `[{ alice@school.example@evil.example}] [address-ambiguous]`,
		`=?utf-8?q?alice=40school.example=00?=@evil.example`: `[{ =?utf-8?q?alice=40school.example=00?=@evil.example}] [address-ambiguous]`,
		`alice@schооl.example`:                               `[{ alice@schооl.example}] [address-not-ascii]`,
		`Amy Tutor amy@college.example`:                      `[{ amy@college.example}] [address-ambiguous]`,
		`<a@b.example`:                                       `[{ a@b.example}] []`,
		`a@b.example; c@d.example`:                           `[{ a@b.example} { c@d.example}] []`,
	} {
		d := &defects{max: 10}
		found := (&addressReader{left: 10, d: d}).list(list, 0)
		var codes []string
		for _, x := range d.list {
			codes = append(codes, x.Code)
		}
		if got := fmt.Sprint(found, codes); got != want {
			t.Errorf("%s\n got %s\nwant %s", list, got, want)
		}
	}
}

// Encoded words as they are written, also split inside a character.
func TestDecodeWords(t *testing.T) {
	for s, want := range map[string]string{
		"plain":                               "plain",
		"=?utf-8?q?a_b?= c":                   "a b c",
		"=?utf-8?q?a?= =?utf-8?q?b?=":         "ab",
		"=?utf-8?q?a?= x =?utf-8?q?b?=":       "a x b",
		"=?utf-8?b?4oI=?= =?utf-8?b?rA==?=":   "€",
		"=?UTF-8?Q?=E2=82?=  =?utf-8?q?=AC?=": "€",
		"=?iso-8859-1?q?caf=E9?=":             "café",
		"=?windows-1252?q?=93hi=94?=":         "“hi”",
		"=?iso-2022-jp?b?GyRCJDMbKEI=?=":      "こ",
		"=?utf-8*en?q?a?=":                    "a",
		"=?utf-8?q?a b?=":                     "a b",
		"=?utf-8?b?YQ?=":                      "a",
		"=?x-none?q?abc?=":                    "abc",
		"=?utf-8?x?a?=":                       "=?utf-8?x?a?=",
		"=?utf-8?q?a":                         "=?utf-8?q?a",
		"caf\xe9":                             "café",
		"caf\xc3\xa9":                         "café",
		"(=?utf-8?q?a?=)":                     "(a)",
		"=?utf-7?q?1+-1?=":                    "1+1",
		"=?utf-7?q?+AGE-?=":                   "a",
		"=?cp-850?q?=82?=":                    "é",
	} {
		if got := decodeWords(s, &defects{max: 9}); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// Dates as they are written.
func TestParseDate(t *testing.T) {
	want := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, s := range []string{
		"Mon, 23 Nov 2026 09:00:00 +0000", "23 Nov 2026 09:00 GMT", "Mon, 23 Nov 2026 10:00:00 +0100 (CET)",
		"Mon Nov 23 09:00:00 2026", "Mon, 23 Nov 26 09:00:00 Z", "Monday, 23-Nov-2026 04:00:00 EST",
		"2026-11-23 09:00:00", "2026-11-23T09:00:00Z", "Mon,23 Nov 2026 09:00:00+0000", "23 November 2026 9:00", "Mon, 23 Nov 126 09:00:00 +0000",
	} {
		got, ok := parseDate(s)
		if s == "Mon, 23 Nov 126 09:00:00 +0000" {
			if !ok || got.Year() != 2026 {
				t.Errorf("%s: %v", s, got)
			}
			continue
		}
		if !ok || !got.Equal(want) {
			t.Errorf("%s: %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "never", "Mon, 23 Nov", strings.Repeat("1", 300)} {
		if got, ok := parseDate(s); ok {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// HTML becomes words, links and tables one can read; hidden text
// is shown with a mark.
func TestHTMLText(t *testing.T) {
	for src, want := range map[string]string{
		"<p>one</p><p>two<br>three</p>":                                                      "one\n\ntwo\nthree",
		"<div>a <b>b</b>\n c</div><div>d</div>":                                              "a b c\nd",
		"<a href='https://x.example/form'>the form</a>.":                                     "the form <https://x.example/form>.",
		"<a href='https://x.example/'>https://x.example</a>":                                 "https://x.example",
		"<a href='mailto:a@b.example'>a@b.example</a>":                                       "a@b.example",
		"<table><tr><th>Who</th><th>When</th></tr><tr><td>Amy</td><td>9am</td></tr></table>": "Who | When\nAmy | 9am",
		"<span style='display:none'>hidden</span> shown":                                     "[hidden] hidden\nshown",
		"<style>p{}</style><script>x()</script><title>t</title>words":                        "words",
		"<ul><li>a<li>b</ul>":                                                                "- a\n- b",
		"<p>mine</p><blockquote>theirs<br>more</blockquote><p>end</p>":                       "mine\n\n> theirs\n> more\n\nend",
		"<pre>a\n  b</pre>":                                                                  "a\n  b",
		"<img alt='a photo' src='http://x.example/p.png'>":                                   "[a photo]",
		"a&nbsp;&lt;b&gt; &amp; &eacute;":                                                    "a <b> & é",
		"unclosed <b>x":                                                                      "unclosed x",
		"<!-- no -->yes":                                                                     "yes",
		"1 < 2 and 3 > 2":                                                                    "1 < 2 and 3 > 2",
	} {
		if got := htmlText([]byte(src), 1000).text; got != want {
			t.Errorf("%s\n got %q\nwant %q", src, got, want)
		}
	}
}

// Message ids are scanned out of anything.
func TestIDs(t *testing.T) {
	got := ids("<a@b>, junk <c@d><e@f> <<g@h> <> <i@\n j> <open", 10, 0, &defects{})
	if want := []string{"<a@b>", "<c@d>", "<e@f>", "<g@h>", "<i@j>"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// tnefAttr writes one attribute of a winmail.dat.
func tnefAttr(level byte, id uint32, data []byte) (b []byte) {
	b = binary.LittleEndian.AppendUint32([]byte{level}, id)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return append(append(b, data...), 0, 0)
}

// The files in a winmail.dat come out with their long names, and a cut one
// still gives the files before the cut.
func TestTNEF(t *testing.T) {
	long := []byte("a long name.docx\x00")
	props := binary.LittleEndian.AppendUint32(nil, 2)
	props = append(props, 0x1E, 0, 0x07, 0x37, 1, 0, 0, 0, byte(len(long)), 0, 0, 0)
	props = append(append(props, long...), 0, 0, 0)
	props = append(props, 0x1E, 0, 0x0E, 0x37, 1, 0, 0, 0, 9, 0, 0, 0)
	props = append(props, "text/Word\x00\x00\x00"...)
	raw := append(binary.LittleEndian.AppendUint32(nil, tnefSignature), 1, 0)
	for _, a := range [][]byte{
		tnefAttr(1, tnefBody, []byte("please read\x00")),
		tnefAttr(2, tnefRenderData, make([]byte, 14)),
		tnefAttr(2, tnefTitle, []byte("ALONG~1.DOC\x00")),
		tnefAttr(2, tnefData, []byte("first file")),
		tnefAttr(2, tnefAttachment, props),
		tnefAttr(2, tnefRenderData, make([]byte, 14)),
		tnefAttr(2, tnefData, []byte("second")),
	} {
		raw = append(raw, a...)
	}
	files, body, _, whole := readTNEF(raw)
	if !whole || string(body) != "please read" || len(files) != 2 || files[0].name() != "a long name.docx" || files[0].mime != "text/word" || string(files[0].bytes()) != "first file" {
		t.Errorf("%v %q %+v", whole, body, files)
	}
	mail := append([]byte("From: a@b.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: binary\r\n\r\n"), raw...)
	m := readAll(mail)
	if m.Text != "please read" || len(m.Attachments) != 3 || m.Attachments[1].How != HowTNEF || m.Attachments[1].Name != "a long name.docx" {
		t.Errorf("text %q, %+v", m.Text, m.Attachments)
	}
	if files, _, _, whole := readTNEF(raw[:len(raw)-4]); whole || len(files) != 1 {
		t.Errorf("cut: %v %+v", whole, files)
	}
}

// RTF becomes its words.
func TestRTFText(t *testing.T) {
	for src, want := range map[string]string{
		`{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 please\par read {\b this}}`: "please\nread this",
		`{\rtf1\ansi\ansicpg1252 caf\'e9 \u8364?5 \u-3913?}`:              "café €5 \uf0b7",
		`{\rtf1\ansi\ansicpg932 \'82\'b1}`:                                "こ",
		`{\rtf1{\*\htmltag64 <p>}hi{\pict 0123}\line a\cell b\cell\row}`:  "hi\na | b |",
		`{\rtf1 a\{b\}\\c \ldblquote d\rdblquote}`:                        `a{b}\c “d”`,
		`{\rtf1 unclosed {{`:                                              "unclosed",
	} {
		if got := rtfText([]byte(src)); got != want {
			t.Errorf("%s\n got %q\nwant %q", src, got, want)
		}
	}
	packed := "\x1a\x00\x00\x00\x1c\x00\x00\x00MELA\x00\x00\x00\x00{\\rtf1 hi}"
	if got := rtfText(unpackRTF([]byte(packed))); got != "hi" {
		t.Errorf("not compressed: %q", got)
	}
	// The example of [MS-OXRTFCP] section 4.1.1.
	packed = "\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3 hel\x09\x00\x20bw\x05\xb0ld}\x0a\x80\x0f\xa0"
	if got := rtfText(unpackRTF([]byte(packed))); got != "hello world" {
		t.Errorf("compressed: %q from %q", got, unpackRTF([]byte(packed)))
	}
}

// A delivery report is read however its lines end and whether or not blank
// lines part its recipients.
func TestDeliveryStatus(t *testing.T) {
	raw := "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; A@b.example\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;<c@d.example>\nAction: Delayed (x)\nStatus: 4.0.0 (busy)\n"
	for _, eol := range []string{"\n", "\r\n", "\r"} {
		got := fmt.Sprint(deliveryStatus([]byte(strings.ReplaceAll(raw, "\n", eol))))
		if got != "[{a@b.example failed 5.1.1 } {c@d.example delayed 4.0.0 }]" {
			t.Errorf("%q: %s", eol, got)
		}
	}
}
