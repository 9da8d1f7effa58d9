package message_test

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"dutydesk/intake/message"
)

// V8: whatever a mail names that lies elsewhere, reading it connects to nothing.
func TestV8NothingIsFetched(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			c.Close()
		}
	}()
	at := "http://" + l.Addr().String() + "/x"
	m := read(t, "From: a@b.example\nDisposition-Notification-To: x@y\nList-Unsubscribe: <"+at+">\nContent-Type: multipart/mixed; boundary=b\n\n"+
		"--b\nContent-Type: text/html\nContent-Location: "+at+"\n\n<base href='"+at+"'><link rel=stylesheet href='"+at+"'><style>@import url("+at+");p{background:url("+at+")}</style>"+
		"<img src='"+at+"' alt=photo><iframe src='"+at+"'></iframe><a href='"+at+"'>form</a><object data='"+at+"'></object>\n"+
		"--b\nContent-Type: message/external-body; access-type=URL; URL=\""+at+"\"\n\nContent-Type: image/png\n\n--b--\n")
	l.Close()
	<-ended
	if calls.Load() != 0 {
		t.Errorf("%d connections", calls.Load())
	}
	if !has(m, message.DefectExternal) || !strings.Contains(m.Text, "form <"+at+">") || m.Seen() != "" {
		t.Errorf("text %q, %v", m.Text, m.Defects)
	}
}

// V9: tags put into tags come out as words, never as another tag than what was
// written, and lose none of them.
func TestV9NestedTagsAreWords(t *testing.T) {
	for markup, want := range map[string]string{
		"<scr<script>ipt>alert(1)</scr</script>ipt>help": "ipt>help",
		"<<b>script>help<</b>/script>":                   "<script>help</script>",
		"&lt;script&gt;help&lt;/script&gt;":              "<script>help</script>",
	} {
		m := read(t, "Content-Type: text/html\n\n"+markup)
		if !strings.Contains(m.Text, "help") || len(m.Text) > len(markup)+len(message.HiddenMark) {
			t.Errorf("%s: %q, want %q", markup, m.Text, want)
		}
		if strings.Contains(want, "script") && m.Text != want {
			t.Errorf("%s: %q, want %q", markup, m.Text, want)
		}
	}
}
