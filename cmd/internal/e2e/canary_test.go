package e2e

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
)

// relayed delivers the next test mail of the desk as a relay does.
func (w *world) relayed() realtest.Accepted {
	w.t.Helper()
	a := w.post.Expect(60*time.Second, func(a realtest.Accepted) bool { return a.To[0] == "safeguarding@council.example" })
	w.imap.Deliver("desk", append([]byte("Received: from relay by council.example; Thu, 26 Nov 2026 10:00:00 +0000\r\n"), a.Raw...))
	return a
}

// The desk sends itself a test mail on a timer. While it comes back nobody hears
// of it and no case is opened; when it does not, managers are told. A mark that
// was used, or forged, opens a case like any other mail.
func TestCanary(t *testing.T) {
	w := newWorld(t, options{patience: "1m", extra: "[canary]\nevery = \"5m\"\nwithin = \"5m\"\n"})
	m := &machine{start: time.Now()}
	a := w.open(t, m.clock())
	defer run(t, a)()
	first := w.relayed()
	canaries := func(n int) {
		t.Helper()
		realtest.Poll(t, 30*time.Second, "test mails taken in", func() error {
			all, err := app.Reader{Ledger: a.Ledger, Rules: a.Office.Rules}.Arrivals(t.Context())
			back := slices.DeleteFunc(slices.Clone(all), func(x app.Arrival) bool { return x.State != "canary" })
			if err != nil || len(back) != n {
				return fmt.Errorf("%d of %d arrivals, %v", len(back), len(all), err)
			}
			return nil
		})
	}
	canaries(1)
	var list, cases []app.Arrival
	w.json(&list, "arrivals", "list")
	w.json(&cases, "case", "list")
	if len(list)+len(cases) > 0 {
		t.Errorf("listed: %+v, %+v", list, cases)
	}
	if x := string(first.Raw); bytes.Contains(first.Raw, []byte("concern about")) || mailHeader(t, first.Raw, "Auto-Submitted") != "auto-generated" {
		t.Errorf("the test mail is\n%s", x)
	}
	w.letter("manager", "test mail that the desk sends to itself did not come back")
	w.imap.Deliver("desk", bytes.Replace(first.Raw, []byte("Subject: Test of"), []byte("Subject: They hit me at"), 1))
	w.letter("lead", "ew concern")
	mark := mailHeader(t, first.Raw, "Message-ID")
	forged := bytes.ReplaceAll(first.Raw, []byte(mark[1:30]), []byte("ddc1.1900000000."+"abcdefghijklmnop"[:13]))
	w.imap.Deliver("desk", forged)
	w.letter("lead", "ew concern")
	canaries(1)
}

func mailHeader(t *testing.T, raw []byte, name string) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get(name)
}
