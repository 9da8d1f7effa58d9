package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// describe says what was found: how, type, name, and the bytes by digest.
func describe(m Message) (all string) {
	for _, a := range m.Attachments {
		all += fmt.Sprintf("%s %s %q %s\n", a.How, a.DeclaredType, a.Name, a.SHA256[:8])
	}
	return all
}

// line is one line of describe.
func line(how How, media, name string, data []byte) string {
	sum := sha256.Sum256(data)
	return fmt.Sprintf("%s %s %q %s\n", how, media, name, hex.EncodeToString(sum[:4]))
}

// hasCode reports whether a Defect of that code was noted.
func hasCode(m Message, code string) bool {
	return slices.ContainsFunc(m.Defects, func(d Defect) bool { return d.Code == code })
}

// Everything in an Outlook .msg is listed with its exact bytes behind the file
// itself: its words, its header block, files large and small, and the same of
// messages and files inside it.
func TestMsgIsListed(t *testing.T) {
	photo := bytes.Repeat([]byte("\xff\xd8\xffphoto"), 2000)
	eml := []byte("From: sam@college.example\r\nContent-Type: application/pdf; name=in.pdf\r\n\r\n%PDF-1.4 x")
	inner := outlook(msgHeadEmbedded, wide(msgSubject, "inner"), wide(msgBody, "I am afraid"),
		attached(0, wide(msgAttachLong, "note.txt"), stream(msgAttachData<<16|mapiBinary, []byte("small"))))
	file := asMsg(outlook(msgHeadTop, wide(msgSubject, "what he sent"), wide(msgBody, "look – at this"), wide(msgHeaders, "Received: from x\r\n"),
		stream(msgHTML<<16|mapiBinary, []byte("<b>look</b>")),
		attached(0, wide(msgAttachName, "PHOTO.JPG"), wide(msgAttachLong, "photo of me.jpg"), wide(msgAttachMime, "image/jpeg"), stream(msgAttachData<<16|mapiBinary, photo)),
		attached(1, tree{name: "__substg1.0_3701000D", kids: inner}),
		attached(2, wide(msgAttachLong, "old.eml"), stream(msgAttachData<<16|mapiBinary, eml)),
		attached(3, wide(msgDisplayName, "drawing"), tree{name: "__substg1.0_3701000D", kids: []tree{{name: "CONTENTS", data: []byte("object")}}}),
		attached(4, wide(msgAttachLong, "server.doc"))))
	m := readAll(mailWith("chat.msg", "application/octet-stream", file))
	want := line(HowAttachment, "application/octet-stream", "chat.msg", file) +
		line(HowMsg, "text/rfc822-headers", "what he sent", []byte("Received: from x\r\n")) +
		line(HowMsg, "text/html", "what he sent", []byte("<b>look</b>")) +
		line(HowMsg, "text/plain", "what he sent", []byte("look – at this")) +
		line(HowMsg, "image/jpeg", "photo of me.jpg", photo) +
		line(HowMsg, "text/plain", "inner", []byte("I am afraid")) +
		line(HowMsg, "", "note.txt", []byte("small")) +
		line(HowMsg, "", "old.eml", eml) +
		line(HowAttachment, "application/pdf", "in.pdf", []byte("%PDF-1.4 x")) +
		line(HowMsg, "", "drawing", []byte("object")) +
		line(HowMsg, "", "server.doc", nil)
	if got := describe(m); got != want {
		t.Errorf("listed\n%swant\n%s", got, want)
	}
	if m.Forwarded != AsAttachment || strings.TrimSpace(m.Text) != "see the file" || hasCode(m, DefectMsg) || !hasCode(m, DefectExternal) {
		t.Errorf("forwarded %q, text %q, %v", m.Forwarded, m.Text, m.Defects)
	}
}

// A .msg with a large photo is opened: people send such.
func TestMsgOf14MB(t *testing.T) {
	photo := bytes.Repeat([]byte("\xff\xd8\xffphoto"), 14<<20/8)
	m := readAll(mailWith("a.msg", "application/x", asMsg(outlook(msgHeadTop, attached(0, wide(msgAttachLong, "a.jpg"), stream(msgAttachData<<16|mapiBinary, photo))))))
	if want := line(HowMsg, "", "a.jpg", photo); !strings.HasSuffix(describe(m), want) {
		t.Errorf("%s, want %s, %v", describe(m), want, m.Defects)
	}
}

// A text in the charset of old Outlook, and one that is there as RTF only.
func TestMsgText(t *testing.T) {
	props := make([]byte, msgHeadTop+16)
	binary.LittleEndian.PutUint32(props[msgHeadTop:], msgCodepage<<16|mapiInt)
	binary.LittleEndian.PutUint32(props[msgHeadTop+8:], 1251)
	old := []tree{stream(msgBody<<16|mapiString8, []byte("\xcf\xf0\xe8\xe2\xe5\xf2")), {name: "__properties_version1.0", data: props}}
	rtf := append([]byte("\x00\x00\x00\x00\x00\x00\x00\x00MELA\x00\x00\x00\x00"), "{\\rtf1 please help}"...)
	for text, root := range map[string][]tree{"Привет": old, "please help": outlook(msgHeadTop, stream(msgRTF<<16|mapiBinary, rtf))} {
		file := asMsg(root)
		m := readAll(mailWith("a.msg", "application/vnd.ms-outlook", file))
		if got, want := describe(m), line(HowAttachment, "application/vnd.ms-outlook", "a.msg", file)+line(HowMsg, "text/plain", "", []byte(text)); got != want {
			t.Errorf("listed\n%swant\n%s, %v", got, want, m.Defects)
		}
	}
}

// A .msg that is damaged, at whatever byte, is a Defect or is listed; the file
// itself always is, and the mail's own words are there.
func TestMsgDamaged(t *testing.T) {
	file := asMsg(outlook(msgHeadTop, wide(msgBody, "look"), attached(0, stream(msgAttachData<<16|mapiBinary, bytes.Repeat([]byte("x"), 5000)))))
	whole := len(readAll(mailWith("a.msg", "application/x", file)).Attachments)
	for cut := range len(file) {
		if cut%37 != 0 && cut > 600 {
			continue
		}
		m := readAll(mailWith("a.msg", "application/x", file[:cut]))
		if len(m.Attachments) == 0 || m.Attachments[0].Size != int64(cut) || !strings.HasPrefix(m.Text, "see the file") {
			t.Fatalf("cut at %d: %s", cut, describe(m))
		}
		if len(m.Attachments) < whole && cut > 0 && !hasCode(m, DefectMsg) {
			t.Fatalf("cut at %d: lost in silence: %s", cut, describe(m))
		}
		odd := bytes.Clone(file)
		odd[cut] ^= 0xff
		if m := readAll(mailWith("a.msg", "application/x", odd)); len(m.Attachments) == 0 || hasCode(m, DefectPanic) {
			t.Fatalf("byte %d: %v", cut, m.Defects)
		}
	}
}

// Bombs: messages inside messages, storages inside storages, streams that all
// claim the same bytes, and more entries than anybody needs.
func TestV22MsgBombs(t *testing.T) {
	deep := outlook(msgHeadEmbedded, wide(msgBody, "end"))
	for range 200 {
		deep = outlook(msgHeadEmbedded, attached(0, tree{name: "__substg1.0_3701000D", kids: deep}))
	}
	inside := []byte("x")
	for range 60 {
		inside = asMsg(outlook(msgHeadTop, attached(0, wide(msgAttachLong, "a.msg"), stream(msgAttachData<<16|mapiBinary, inside))))
	}
	stores := []tree{}
	for range 1900 {
		stores = []tree{{name: "s", kids: stores}}
	}
	var many []tree
	for i := range 3000 {
		many = append(many, attached(i, wide(msgAttachLong, "a"), stream(msgAttachData<<16|mapiBinary, []byte("x"))))
	}
	same := asMsg(outlook(msgHeadTop, attached(0, stream(msgAttachData<<16|mapiBinary, make([]byte, 1<<20))), attached(1, stream(msgAttachData<<16|mapiBinary, make([]byte, 8192)))))
	at := bytes.LastIndex(same, []byte{0, 0x20, 0, 0, 0, 0, 0, 0}) // the size of the second
	binary.LittleEndian.PutUint32(same[at-4:], 16)                 // it begins where the first does: the last is written first
	binary.LittleEndian.PutUint32(same[at:], 1<<20)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"deep messages": {asMsg(deep), DefectMsg}, "files in files": {inside, DefectDepth}, "deep storages": {asMsg(stores), DefectMsg},
		"many entries": {asMsg(many), DefectMsg}, "the same bytes twice": {same, DefectMsg},
	} {
		began := time.Now()
		m := readAll(mailWith("a.msg", "application/x", c.file))
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(m.Attachments) == 0 || !hasCode(m, c.code) || hasCode(m, DefectPanic) {
			t.Errorf("%s: %d listed, %v", name, len(m.Attachments), m.Defects)
		}
	}
}

// Whatever the bytes, a file put into a .msg comes out with exactly those
// bytes; and whatever a .msg is, what is listed of it is, level by level, no
// larger than itself, and nothing of it stops the reader.
func FuzzMsg(f *testing.F) {
	f.Add(asMsg(outlook(msgHeadTop, wide(msgBody, "x"), attached(0, wide(msgAttachLong, "n"), stream(msgAttachData<<16|mapiBinary, []byte("y"))))))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<20 {
			return
		}
		m := readAll(mailWith("a.msg", "application/x", raw))
		total := int64(0)
		for _, a := range m.Attachments[1:] {
			total += a.Size
		}
		if m.Attachments[0].Size != int64(len(raw)) || total > 150*int64(len(raw)) || hasCode(m, DefectPanic) || hasCode(m, DefectTime) {
			t.Fatalf("%d bytes, %d listed of %d, %v", m.Attachments[0].Size, total, len(raw), m.Defects)
		}
		file := asMsg(outlook(msgHeadTop, attached(0, wide(msgAttachLong, "n"), stream(msgAttachData<<16|mapiBinary, raw))))
		m = readAll(mailWith("a.msg", "application/x", file))
		sum := sha256.Sum256(raw)
		if len(m.Attachments) != 2 || m.Attachments[1].SHA256 != hex.EncodeToString(sum[:]) || hasCode(m, DefectMsg) {
			t.Fatalf("%d bytes came out as %s, %v", len(raw), describe(m), m.Defects)
		}
	})
}
