package message

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime/quotedprintable"
	"strings"
	"testing"
	"unicode/utf8"
)

// readAll reads raw with the default limits.
func readAll(raw []byte) Message {
	return Read(context.Background(), bytes.NewReader(raw), int64(len(raw)))
}

// Whatever bytes a part holds, wrapping them in a multipart gives exactly those
// bytes back; and whatever arrives, every part lies inside the mail and inside
// its parent, and there are never more parts than the limit.
func FuzzWalk(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n\r\nx\r\n--b--\r\nafter\r\n--b\r\n\r\nlate"))
	f.Add([]byte("From x\nSubject: a\n\nbegin 644 a\n#0V%T\n`\nend\n"))
	f.Add([]byte("\r\r\n--\r\nContent-Type: message/rfc822\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkParts(t, raw)
		const boundary = "=_a boundary nobody writes_="
		if bytes.Contains(raw, []byte(boundary)) {
			return
		}
		mail := "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary +
			"\r\nContent-Type: application/x-fuzz\r\nContent-Transfer-Encoding: binary\r\n\r\n" + string(raw) + "\r\n--" + boundary + "--\r\n"
		m := readAll([]byte(mail))
		sum := sha256.Sum256(raw)
		if len(m.Attachments) != 1 || m.Attachments[0].SHA256 != hex.EncodeToString(sum[:]) || m.Attachments[0].Size != int64(len(raw)) {
			t.Errorf("wrapped %d bytes, found %+v", len(raw), m.Attachments)
		}
	})
}

// checkParts walks raw and checks where its parts lie.
func checkParts(t *testing.T, raw []byte) {
	lim := Limits{Parts: 50, Depth: 5}.withDefaults()
	w := &walker{src: bytes.NewReader(raw), lim: lim, d: &defects{max: 10}, in: newLines(bytes.NewReader(raw), int64(len(raw)), nil)}
	w.walk(context.Background(), &part{})
	real := 0
	for _, p := range w.parts {
		if p.header < 0 || p.header > p.body || p.body > p.end || p.end > int64(len(raw)) {
			t.Fatalf("part [%d, %d, %d) of %d", p.header, p.body, p.end, len(raw))
		}
		if q := p.parent; q != nil && p.kind != stray && (p.header < q.body || p.end > q.end) {
			t.Fatalf("part [%d, %d) outside its parent [%d, %d)", p.header, p.end, q.body, q.end)
		}
		if p.kind != stray {
			real++
		}
		if p.depth > lim.Depth+1 {
			t.Fatalf("depth %d", p.depth)
		}
	}
	if real > lim.Parts+1 {
		t.Fatalf("%d parts", real)
	}
}

// Whatever follows, a field at the top of the block is read as it was written,
// and no field reaches over the block.
func FuzzHeader(f *testing.F) {
	f.Add("Subject: a\n b\nX: =?utf-8?q?=41?=\n")
	f.Add("\tfold\nno colon\nA : b\n\xff: \x00\n")
	f.Fuzz(func(t *testing.T, block string) {
		h := parseHeader("X-First: one two\n"+block, 0, 100, &defects{max: 10})
		want := "one two"
		if strings.HasPrefix(block, " ") || strings.HasPrefix(block, "\t") {
			return // it continues the field
		}
		if len(h) == 0 || h[0].name != "X-First" || h[0].value != want || len(h) > 100 {
			t.Fatalf("%d fields, first %+v", len(h), h[0])
		}
		for _, f := range h {
			if strings.ContainsAny(f.value, "\n") || len(f.name)+len(f.value) > len(block)+20 {
				t.Fatalf("field %+v", f)
			}
		}
		if s := decodeWords(block, nil); !utf8.ValidString(s) {
			t.Fatalf("words %q", s)
		}
	})
}

// Whatever is written, no address has blanks, capitals or control characters,
// each has a local part and a domain or is empty, and there are never more than
// the limit. One address in a list of its own is read back.
func FuzzAddresses(f *testing.F) {
	f.Add(`"Amy (x)" <amy@college.example>, group: b@c.d, e@f.g;`)
	f.Add(strings.Repeat("\xe3", 600) + "@" + strings.Repeat("\xe3", 600)) // once cut to no address
	f.Add(`<@a,@b:c@d>, =?utf-8?q?a=40b?= <x@y>, "q\"uo@ted"@z (c(c)c)`)
	f.Fuzz(func(t *testing.T, list string) {
		r := &addressReader{left: 20, d: &defects{max: 10}}
		found := r.list(list, 0)
		if len(found) > 20 {
			t.Fatalf("%d addresses", len(found))
		}
		for _, a := range found {
			checkAddress(t, a)
		}
		again := (&addressReader{left: 2, d: &defects{max: 10}}).list("Amy Tutor <Amy@College.example>", 0)
		if len(again) != 1 || again[0] != (Address{"Amy Tutor", "amy@college.example"}) {
			t.Fatalf("%+v", again)
		}
	})
}

// checkAddress checks the promises about one address.
func checkAddress(t *testing.T, a Address) {
	at := strings.LastIndexByte(a.Addr, '@')
	if len(a.Addr) > maxAddress || a.Addr != "" && (at <= 0 || at == len(a.Addr)-1) {
		t.Fatalf("address %q", a.Addr)
	}
	if strings.ContainsAny(a.Addr, " \t\r\n\x00") || strings.ToLower(a.Addr) != a.Addr && isASCII(a.Addr) {
		t.Fatalf("address %q", a.Addr)
	}
	if !utf8.ValidString(a.Name+a.Addr) || strings.ContainsAny(a.Name, "\r\n\x00") {
		t.Fatalf("name %q", a.Name)
	}
}

// Whatever the markup, the text stays within its limit, is UTF-8, and words
// that stand before all markup are the first words of it.
func FuzzHTML(f *testing.F) {
	f.Add("<p style='display:none'>hidden<table><tr><td>a<td>b</table><a href=http://x>y</a>", 1000)
	f.Add("000Ž0", 5) // once cut inside a character
	f.Add("<pre>\n a\n</pre><blockquote><blockquote>q</blockquote><br><br><style>x", 40)
	f.Fuzz(func(t *testing.T, markup string, limit int) {
		if limit < 0 || limit > 1<<20 {
			return
		}
		h := htmlText([]byte(markup), limit)
		if len(h.text) > limit || !utf8.ValidString(h.text) || h.seen < 0 || h.seen > len(h.text) {
			t.Fatalf("%d bytes of %d, %d seen: %q", len(h.text), limit, h.seen, h.text)
		}
		h = htmlText([]byte("please help <b>"+markup), 1<<20)
		if !strings.HasPrefix(h.text, "please help") {
			t.Fatalf("%q", h.text)
		}
		for _, by := range []string{"<div style='display:none'>ACK</div>", "<style>.q{opacity:0}</style><i class=q>ACK</i>", "<template>ACK</template>"} {
			if h = htmlText([]byte(by+markup), 1<<20); h.seen != 0 {
				t.Fatalf("%q is seen of %q", h.text[:h.seen], by+markup)
			}
		}
	})
}

// What was encoded is decoded to the same bytes, however it is cut into reads.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("a\r\nb =3D \t\r\n\x00\xff"), 16)
	f.Add(bytes.Repeat([]byte("long line "), 500), 64)
	f.Fuzz(func(t *testing.T, raw []byte, size int) {
		if size < 16 || size > 4096 || len(raw) > 4096 {
			return
		}
		if got := decodeAll(t, "base64", base64.StdEncoding.EncodeToString(raw), size); !bytes.Equal(got, raw) {
			t.Fatalf("base64 gave %q for %q", got, raw)
		}
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		w.Binary = true
		w.Write(raw)
		w.Close()
		if got := decodeAll(t, "quoted-printable", b.String(), size); !bytes.Equal(got, raw) {
			t.Fatalf("quoted-printable gave %q for %q", got, raw)
		}
	})
}

// decodeAll decodes s through reads of size bytes.
func decodeAll(t *testing.T, cte, s string, size int) (all []byte) {
	d, known := newDecoder(cte, strings.NewReader(s), &buffers{raw: make([]byte, size)})
	if !known {
		t.Fatal(cte)
	}
	for {
		piece, err := d.next()
		all = append(all, piece...)
		if err != nil {
			return all
		}
	}
}

// Whatever the bytes, an RTF text stays within its limit and is UTF-8, and
// words at its beginning are its first words.
func FuzzRTF(f *testing.F) {
	f.Add([]byte("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl x}caf\\'e9 \\u8364 ?\\par}"))
	f.Add([]byte("\x10\x00\x00\x00\x10\x00\x00\x00LZFu\x00\x00\x00\x00\x01ab\x0c\xf2"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if out := unpackRTF(raw); len(out) > maxRTF+200 {
			t.Fatalf("%d bytes", len(out))
		}
		s := rtfText(append([]byte("{\\rtf1 please help}"), raw...))
		if !strings.HasPrefix(s, "please help") || !utf8.ValidString(s) || len(s) > 3*len(raw)+30 {
			t.Fatalf("%q", s)
		}
	})
}

// Whatever the bytes, no file in a winmail.dat is larger than the whole.
func FuzzTNEF(f *testing.F) {
	f.Add([]byte("\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		files, body, _, _ := readTNEF(raw)
		if len(body) > maxRTF+20 {
			t.Fatalf("%d bytes of text", len(body))
		}
		total := 0
		for i := range files {
			total += len(files[i].bytes())
		}
		if len(files) > 1000 || total > 3*len(raw)+3 {
			t.Fatalf("%d files, %d bytes out of %d", len(files), total, len(raw))
		}
	})
}
