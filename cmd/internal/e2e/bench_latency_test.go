package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"

	"dutydesk/cmd/internal/realtest"
)

// BenchmarkLatency delivers mails one after the other and measures until the
// first letter about each is accepted: with a server that says EXISTS at once
// (wanted: p50 40 ms, p99 150 ms), and with Dovecot, which keeps a new mail to
// itself for 500 ms (wanted: p50 560 ms). The bare loop beside it waits in IDLE,
// fetches and submits, and neither keeps nor decides anything.
func BenchmarkLatency(b *testing.B) {
	b.Run("at once", func(b *testing.B) {
		w := newWorld(b, options{})
		box := announcing(b, w.imap.CA)
		w.imapAddr = box.addr
		w.configure()
		product := w.latency(b, 200, box.deliver)
		product.most(b, "product", 50, 40*time.Millisecond)
		product.most(b, "product", 99, 150*time.Millisecond)
	})
	b.Run("Dovecot", func(b *testing.B) {
		w := newWorld(b, options{})
		w.imapAddr = w.imap.TLSAddr()
		product := w.latency(b, 60, func(raw []byte) { w.imap.Deliver("desk", raw) })
		product.most(b, "product", 50, 560*time.Millisecond)
	})
}

// latency measures n mails on each side, in one mailbox.
func (w *world) latency(b *testing.B, n int, deliver func([]byte)) (product times) {
	b.Helper()
	stop := w.relay(b)
	var bare times
	for range n {
		bare = append(bare, w.until(1, deliver))
	}
	stop()
	w.start()
	w.posted(n + 2*n) // what the bare loop left in the folder is taken too
	for range n {
		product = append(product, w.until(2, deliver))
	}
	product.report(b, "product", 50, 99)
	bare.report(b, "bare", 50, 99)
	b.ReportMetric(0, "ns/op")
	return product
}

// until delivers a mail and returns how long its first letter took, when all of
// its letters have come. Pauses of random length keep every beat of the program's
// out of step with ours.
func (w *world) until(letters int, deliver func([]byte)) time.Duration {
	w.t.Helper()
	raw := realtest.Mail("learner@college.example", "safeguarding@council.example", "please help", "they write every night")
	before := len(w.post.All())
	time.Sleep(50*time.Millisecond + rand.N(100*time.Millisecond))
	began := time.Now()
	deliver(raw)
	w.posted(before + letters)
	return w.post.All()[before].At.Sub(began)
}

// posted waits until so many mails were accepted in all.
func (w *world) posted(n int) {
	w.t.Helper()
	realtest.Poll(w.t, time.Minute, "letters", func() error {
		if got := len(w.post.All()); got < n {
			return fmt.Errorf("%d of %d", got, n)
		}
		return nil
	})
}

// relay is the bare side: whatever comes into the folder is submitted to one
// address over one line. It runs until stop is called.
func (w *world) relay(b *testing.B) (stop func()) {
	b.Helper()
	news := make(chan uint32, 16)
	c, err := imapclient.DialTLS(w.imapAddr, &imapclient.Options{TLSConfig: w.imap.CA.Client(), UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				news <- *d.NumMessages
			}
		}}})
	w.must(err)
	w.must(c.Login("desk", "secret").Wait())
	_, err = c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	w.must(err)
	post, err := smtp.DialStartTLS(w.post.Addr(), w.imap.CA.Client())
	w.must(err)
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- relayAll(ctx, c, post, news) }()
	return func() {
		cancel()
		w.must(<-ended)
		c.Close()
		post.Close()
	}
}

func relayAll(ctx context.Context, c *imapclient.Client, post *smtp.Client, news <-chan uint32) error {
	for {
		idle, err := c.Idle()
		if err != nil {
			return err
		}
		var n uint32
		select {
		case n = <-news:
		case <-ctx.Done():
		}
		if err := idle.Close(); err != nil || n == 0 {
			return err
		}
		if err := relayOne(c, post, n); err != nil {
			return err
		}
	}
}

func relayOne(c *imapclient.Client, post *smtp.Client, n uint32) error {
	section := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.SeqSetNum(n), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return err
	}
	for _, m := range got {
		if err := post.SendMail("desk@council.example", []string{"bare@council.example"}, bytes.NewReader(m.FindBodySection(section))); err != nil {
			return err
		}
	}
	return nil
}

// memoryBox is an IMAP server in this process that tells of a new mail at once.
type memoryBox struct {
	b    *testing.B
	user *imapmemserver.User
	addr string
}

func announcing(b *testing.B, ca *realtest.Authority) *memoryBox {
	b.Helper()
	mem, user := imapmemserver.New(), imapmemserver.NewUser("desk", "secret")
	if err := user.Create("INBOX", nil); err != nil {
		b.Fatal(err)
	}
	mem.AddUser(user)
	srv := imapserver.New(&imapserver.Options{Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); srv.Serve(tls.NewListener(l, ca.Server())) }()
	b.Cleanup(func() { srv.Close(); <-ended })
	return &memoryBox{b: b, user: user, addr: l.Addr().String()}
}

// deliver puts a mail into the folder; EXISTS is written before it returns, or
// a moment later.
func (m *memoryBox) deliver(raw []byte) {
	m.b.Helper()
	if _, err := m.user.Append("INBOX", bytes.NewReader(raw), &imap.AppendOptions{}); err != nil {
		m.b.Fatal(err)
	}
}
