package mailbox

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutydesk/intake"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testUser     = "desk"
	testPassword = "correct horse"
)

// ledger is a desk and a book in one: what keep returned nil for is known.
type ledger struct {
	mu    sync.Mutex
	kept  map[string]string // by key
	twice map[string]int    // keys kept more than once
	begun int               // Takes

	take func(d intake.Delivery) error // before reading; nil lets all pass
	keep func(key string) error        // before keeping; nil lets all pass
	book error

	memories map[string]intake.Memory // of folders
	signs    map[string][]string
}

func newLedger() *ledger {
	return &ledger{kept: make(map[string]string), twice: make(map[string]int)}
}

func (l *ledger) Take(ctx context.Context, d intake.Delivery) (func(context.Context) error, error) {
	l.mu.Lock()
	l.begun++
	take, keep := l.take, l.keep
	l.mu.Unlock()
	if take != nil {
		if err := take(d); err != nil {
			return nil, err
		}
	}
	raw, err := io.ReadAll(d.Body)
	if err != nil {
		return nil, err
	}
	return func(context.Context) error {
		if keep != nil {
			if err := keep(d.Key); err != nil {
				return err
			}
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		key := d.Key
		if first, again := l.kept[key]; again && first != string(raw) {
			key += "/other" // as the desk does with a UID that was given out again
		}
		if _, again := l.kept[key]; again {
			l.twice[key]++
		}
		l.kept[key] = string(raw)
		return nil
	}, nil
}

func (l *ledger) Known(_ context.Context, keys []string) (map[string][]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := make(map[string][]int64)
	for _, k := range keys {
		for _, key := range []string{k, k + "/other"} {
			if raw, ok := l.kept[key]; ok {
				known[k] = append(known[k], int64(len(raw)))
			}
		}
	}
	return known, l.book
}

func (l *ledger) Signs(_ context.Context, keys []string) (map[string][]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	noted := make(map[string][]string)
	for _, k := range keys {
		if signs := l.signs[k]; signs != nil {
			noted[k] = slices.Clone(signs)
		}
	}
	return noted, l.book
}

func (l *ledger) Sign(_ context.Context, signs map[string]string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.signs == nil {
		l.signs = make(map[string][]string)
	}
	for k, sign := range signs {
		if !slices.Contains(l.signs[k], sign) {
			l.signs[k] = append(l.signs[k], sign)
		}
	}
	return l.book
}

// signed counts the keys of which a sign was noted.
func (l *ledger) signed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.signs)
}

func (l *ledger) Recall(_ context.Context, name string) (intake.Memory, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.memories[name]
	m.Vanished, m.Removed = 0, 0
	return m, l.book
}

func (l *ledger) Remember(_ context.Context, name string, m intake.Memory) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.memories == nil {
		l.memories = make(map[string]intake.Memory)
	}
	was := l.memories[name]
	m.Vanished += was.Vanished
	m.Removed += was.Removed
	l.memories[name] = m
	return l.book
}

func (l *ledger) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.kept)
}

func (l *ledger) has(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.kept[key]
	return ok
}

func (l *ledger) bodies() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, b := range l.kept {
		all = append(all, b)
	}
	slices.Sort(all)
	return all
}

// once fails the test when a delivery was kept twice: that may be only where one
// line followed another.
func (l *ledger) once(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.twice) > 0 {
		t.Errorf("kept twice: %v", l.twice)
	}
}

// statuses remembers what was reported.
type statuses struct {
	mu  sync.Mutex
	all []Status
}

func (s *statuses) add(one Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
}

func (s *statuses) last() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		return Status{}
	}
	return s.all[len(s.all)-1]
}

func (s *statuses) seen(state State) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.all, func(one Status) bool { return one.State == state })
}

// office is a council's IMAP server in memory.
type office struct {
	t    testing.TB
	user *imapmemserver.User
	addr string
	caps imap.CapSet
	wrap func(imapserver.Session) imapserver.Session
	stop func()
}

// fullCaps is a server that can do everything.
func fullCaps() imap.CapSet {
	return imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}, imap.CapMove: {}, imap.CapUIDPlus: {}}
}

// newOffice starts a server with an INBOX.
func newOffice(t *testing.T, change ...func(*office)) *office {
	t.Helper()
	o := &office{t: t, user: imapmemserver.NewUser(testUser, testPassword), caps: fullCaps()}
	for _, c := range change {
		c(o)
	}
	o.create("INBOX")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.serve(ln)
	return o
}

func (o *office) serve(ln net.Listener) {
	mem := imapmemserver.New()
	mem.AddUser(o.user)
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			s := mem.NewSession()
			if o.wrap != nil {
				s = o.wrap(s)
			}
			return s, nil, nil
		},
		Caps: o.caps, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	o.addr = ln.Addr().String()
	o.stop = sync.OnceFunc(func() { srv.Close(); <-done })
	o.t.Cleanup(func() { o.stop() })
}

// restart ends every connection and listens again at the same address.
func (o *office) restart() {
	o.t.Helper()
	o.stop()
	ln, err := net.Listen("tcp", o.addr)
	if err != nil {
		o.t.Fatal(err)
	}
	o.serve(ln)
}

func (o *office) create(folder string) {
	o.t.Helper()
	if err := o.user.Create(folder, nil); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) deliver(folder string, raw string) {
	o.t.Helper()
	if _, err := o.user.Append(folder, literal{strings.NewReader(raw)}, &imap.AppendOptions{}); err != nil {
		o.t.Fatal(err)
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// holds is how many messages folder has, -1 when there is none.
func (o *office) holds(folder string) int {
	o.t.Helper()
	data, err := o.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return -1
	}
	return int(*data.NumMessages)
}

// person opens a second session on folder, as a council's officer would.
func (o *office) person(folder string) *imapmemserver.UserSession {
	o.t.Helper()
	s := imapmemserver.NewUserSession(o.user)
	if _, err := s.Select(folder, &imap.SelectOptions{}); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { s.Close() })
	return s
}

// remove deletes UIDs behind the watcher's back.
func (o *office) remove(folder string, uids ...imap.UID) {
	o.t.Helper()
	p := o.person(folder)
	set := imap.UIDSetNum(uids...)
	flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := errors.Join(p.Store(nil, set, flags, nil), p.Expunge(nil, &set)); err != nil {
		o.t.Fatal(err)
	}
}

// mail is a message with its own text.
func mail(text string) string {
	return "From: learner@college.example\r\nSubject: help\r\n\r\n" + text + "\r\n"
}

// watcher for addr, in clear on loopback, quick.
func newWatcher(t testing.TB, addr string, l *ledger) (*Watcher, *statuses) {
	s := &statuses{}
	return &Watcher{
		Name: "concerns", Org: "college", Addr: addr, Plain: true,
		User: testUser, Password: func() (string, error) { return testPassword, nil },
		Folder: "INBOX", Poll: 50 * time.Millisecond, Stall: 5 * time.Second,
		Desk: l, Book: l, Report: s.add,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}, s
}

// start runs w until the test ends or the returned function is called.
func start(t testing.TB, w *Watcher) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Run does not end")
		}
	})
	t.Cleanup(stop)
	return stop
}

// until polls for what must become true.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !f() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// authority makes a certificate for 127.0.0.1, and the pool that trusts it.
func authority(t *testing.T, notAfter time.Time, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// slowDesk reads nothing until ready.
type slowDesk struct {
	*ledger
	ready chan struct{}
}

func (d slowDesk) Take(ctx context.Context, x intake.Delivery) (func(context.Context) error, error) {
	first := make([]byte, 1)
	if _, err := io.ReadFull(x.Body, first); err != nil {
		return nil, err
	}
	<-d.ready
	x.Body = io.MultiReader(bytes.NewReader(first), x.Body)
	return d.ledger.Take(ctx, x)
}

// carelessDesk keeps what it has not read.
type carelessDesk struct{}

func (carelessDesk) Take(_ context.Context, d intake.Delivery) (func(context.Context) error, error) {
	_, _ = d.Body.Read(make([]byte, 3))
	return func(context.Context) error { return nil }, nil
}
