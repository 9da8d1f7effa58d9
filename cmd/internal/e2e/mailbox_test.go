package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/ledger"
)

// F40: the mail server is restored from last night's backup and gives UIDs out
// again. What comes after that is a concern as any other, whether mail stays in
// the folder or is moved away, and nothing that was taken in before opens a
// second case.
func TestF40RestoredMailServer(t *testing.T) {
	for _, kept := range []string{"", "Kept"} {
		t.Run("kept "+kept, func(t *testing.T) {
			w := newWorld(t, options{kept: kept})
			w.start()
			w.concern("before the backup")
			w.letter("lead", "ew concern")
			w.imap.Stop()
			restore := w.imap.Snapshot("desk")
			w.imap.Start()
			for _, text := range []string{"second", "third"} {
				w.concern(text)
				w.letter("lead", "ew concern")
			}
			w.arrived(3)
			w.imap.Stop()
			restore()
			w.concern("after the restore")
			w.imap.Start()
			w.letter("lead", "ew concern")
			w.concern("and one more")
			w.letter("lead", "ew concern")
			w.sound(5)
		})
	}
}

// F40: the same while no worker runs, and until it does as many mails come as were
// lost, each of the size of the one whose UID it has: nothing of the folder but
// the moments at which they came tells that they are others.
func TestF40RestoredUnseenSameSizes(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	w.concern("before the backup")
	w.letter("lead", "ew concern")
	w.imap.Stop()
	restore := w.imap.Snapshot("desk")
	w.imap.Start()
	for _, text := range []string{"second", "third."} {
		w.concern(text)
		w.letter("lead", "ew concern")
	}
	w.arrived(3)
	w.remembered(t, 4)
	w.stop()
	w.imap.Stop()
	restore()
	w.concern("SECOND")
	w.concern("THIRD.")
	w.imap.Start()
	var all []app.Reconciliation
	out, _ := w.dutydesk("arrivals", "reconcile", "--json") // its status tells of gaps
	w.must(json.Unmarshal(out, &all))
	if len(all[0].Gaps) != 2 {
		t.Errorf("before the worker runs: %+v", all)
	}
	w.start()
	w.letter("lead", "ew concern")
	w.letter("lead", "ew concern")
	w.arrived(5)
	w.json(&all, "arrivals", "reconcile")
	if len(all[0].Gaps) != 0 {
		t.Errorf("afterwards: %+v", all)
	}
	w.sound(5)
}

// F40: the folder gets another UIDVALIDITY. Everything is taken anew, joins the
// case it has, and nobody is told twice.
func TestF40UIDValidityChanges(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	for i := range 3 {
		w.concern(fmt.Sprint("story ", i))
		w.letter("lead", "ew concern")
	}
	w.imap.Stop()
	w.imap.SetUIDValidity("desk", "INBOX", 77)
	w.imap.Start()
	w.arrived(6)
	w.sound(3)
	if n := len(w.lettersTo("lead")); n != 3 {
		t.Errorf("the lead was told %d times", n)
	}
}

// T22: mail that came and was deleted while no worker looked is told of, with
// its number; and so is kept mail that somebody deletes (T21), of which every
// byte is there.
func TestT21T22Disappeared(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	for i := range 4 {
		w.concern(fmt.Sprint("story ", i))
	}
	w.arrived(4)
	w.remembered(t, 5)
	w.stop()
	c := w.imap.Client("desk")
	for range 3 {
		w.imap.Append("desk", "INBOX", realtest.Mail("a@college.example", "safeguarding@council.example", "s", "never seen"))
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	gone := imap.UIDSetNum(5, 6, 7)
	flag := imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	w.must(c.Store(gone, &flag, nil).Close())
	w.must(c.UIDExpunge(gone).Close())
	w.must(c.Close())
	w.start()
	w.letter("manager", "3 messages disappeared from the mailbox main before intake")
	for _, m := range w.imap.Messages("desk", "INBOX")[:2] {
		w.imap.Remove("desk", "INBOX", m.Name)
	}
	realtest.Poll(t, 30*time.Second, "the removal is counted", func() error {
		var all []app.Reconciliation
		w.json(&all, "arrivals", "reconcile")
		if all[0].Removed != 2 || all[0].Vanished != 3 || len(all[0].Gaps) > 0 {
			return fmt.Errorf("%+v", all)
		}
		return nil
	})
	w.sound(4)
}

// remembered waits until the ledger knows how far the folder was looked at.
func (w *world) remembered(t *testing.T, settled uint32) {
	t.Helper()
	l, err := ledger.OpenReading(t.Context(), filepath.Join(w.dir, "data", "ledger.db"))
	w.must(err)
	defer l.Close()
	realtest.Poll(t, 30*time.Second, "the folder is remembered", func() error {
		f, err := l.Folder(t.Context(), "main")
		if err == nil && f.Settled != settled {
			err = fmt.Errorf("%+v", f)
		}
		return err
	})
}

// Folders of one account, each with its organisation: the right lead is told.
func TestSeveralFolders(t *testing.T) {
	w := newWorld(t, options{})
	w.imap.CreateFolder("desk", "Northgate")
	w.extra = fmt.Sprintf("[[organisation]]\nid = \"northgate\"\nname = \"Northgate\"\nlead = \"service-lead\"\ndeputy = \"deputy\"\n"+
		"[[mailbox]]\nname = \"northgate\"\naddress = %q\nca_file = %q\nuser = \"desk\"\npassword_file = %q\nfolder = \"Northgate\"\norganisation = \"northgate\"\npoll = \"2s\"\n",
		w.imap.TLSAddr(), w.imap.CA.File, w.dir+"/imap-password")
	w.configure()
	w.start()
	w.imap.DeliverTo("desk", "Northgate", realtest.Mail("a@northgate.example", "safeguarding@council.example", "s", "theirs"))
	w.letter("service-lead", "ew concern")
	w.concern("ours")
	w.letter("lead", "ew concern")
	w.sound(2)
	for _, c := range w.books().Cases {
		if c.Organisation != "northgate" && c.Organisation != "service" {
			t.Errorf("a case of %q", c.Organisation)
		}
	}
	var all []app.Reconciliation
	w.json(&all, "arrivals", "reconcile")
	if len(all) != 2 || all[0].Server != 1 || all[1].Server != 1 || all[0].Disposed != 1 || all[1].Disposed != 1 {
		t.Errorf("%+v", all)
	}
}

// F47: the quota is full when a mail is to be moved. It stays where it is, is a
// case all the same, is not fetched again and again, and managers are told.
func TestF47QuotaFull(t *testing.T) {
	w := newWorld(t, options{kept: "Kept", patience: "2s", dovecot: realtest.DovecotOptions{Extra: `
mail_plugins = quota
imap_capability = IMAP4rev1 LITERAL+ IDLE UIDPLUS
protocol imap {
  mail_plugins = quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:messages=1
}
`}})
	w.start()
	w.concern("no room")
	w.letter("lead", "ew concern")
	w.letter("manager", "cannot be moved")
	w.sound(1)
	if in, kept := len(w.imap.Messages("desk", "INBOX")), len(w.imap.Messages("desk", "Kept")); in != 1 || kept != 0 {
		t.Errorf("%d in INBOX, %d in Kept", in, kept)
	}
}

// F50: the watched folder is renamed. The alarm is told, no folder is made in
// its place, and work goes on when it has its name again.
func TestF50FolderRenamed(t *testing.T) {
	w := newWorld(t, options{patience: "2s"})
	w.imap.CreateFolder("desk", "Concerns")
	w.replace("user = \"desk\"\n", "user = \"desk\"\nfolder = \"Concerns\"\n")
	w.start()
	w.imap.DeliverTo("desk", "Concerns", realtest.Mail("a@college.example", "safeguarding@council.example", "s", "first"))
	w.letter("lead", "ew concern")
	c := w.imap.Client("desk")
	defer c.Close()
	w.must(c.Rename("Concerns", "Elsewhere", nil).Wait())
	w.letter("manager", "could not be fetched from mailbox main")
	list, err := c.List("", "*", nil).Collect()
	w.must(err)
	if slices.ContainsFunc(list, func(l *imap.ListData) bool { return l.Mailbox == "Concerns" }) {
		t.Error("the folder was made anew")
	}
	w.must(c.Rename("Elsewhere", "Concerns", nil).Wait())
	w.imap.DeliverTo("desk", "Concerns", realtest.Mail("b@college.example", "safeguarding@council.example", "s", "second"))
	w.letter("lead", "ew concern")
	w.sound(2)
}

// Every gap between the mail server and the ledger is named: mail that nobody
// took in, in the folder for kept messages or in the watched one.
func TestReconcileNamesGaps(t *testing.T) {
	w := newWorld(t, options{kept: "Kept"})
	w.start()
	w.concern("one")
	w.letter("lead", "ew concern")
	w.moved(1)
	var all []app.Reconciliation
	w.json(&all, "arrivals", "reconcile")
	if r := all[0]; !r.Asked || r.Kept != 1 || r.Server != 0 || r.Ledger != 1 || r.Disposed != 1 || len(r.Gaps) != 0 {
		t.Errorf("all is well, and it says %+v", r)
	}
	w.stop()
	w.imap.DeliverTo("desk", "Kept", realtest.Mail("b@college.example", "safeguarding@council.example", "s", "dragged away before intake"))
	w.concern("waits for the worker")
	out, err := w.dutydesk("arrivals", "reconcile")
	if err == nil || bytes.Count(out, []byte("not-in-ledger")) != 2 || !strings.Contains(string(out), "Kept") || !strings.Contains(string(out), "INBOX") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Once a day managers are told how mailboxes and ledger agree.
func TestReconciledDaily(t *testing.T) {
	w := newWorld(t, options{})
	zone, err := time.LoadLocation("Europe/London")
	w.must(err)
	m := &machine{start: time.Now()}
	w.replace("[desk]\n", "[desk]\nreconcile = \""+m.wall().Add(20*time.Minute).In(zone).Format("15:04")+"\"\n")
	a := w.open(t, m.clock())
	defer run(t, a)()
	w.concern("one")
	w.letter("lead", "ew concern")
	w.letter("manager", "Every message in the safeguarding mailboxes is in our ledger")
}

// F42: the same mail twice, to the byte, is one case, and both are kept.
func TestF42SameMailTwice(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	raw := realtest.Mail("learner@college.example", "safeguarding@council.example", "help", "they threaten me")
	for range 3 {
		w.imap.Deliver("desk", raw)
	}
	w.letter("lead", "ew concern")
	w.arrived(3)
	w.sound(1)
	if n := len(w.lettersTo("lead")); n != 1 {
		t.Errorf("the lead was told %d times", n)
	}
}

// F28: the ledger is restored from last night. What came since, and was moved
// away, is told as missing and named by the reconciliation; moved back, it is
// taken in.
func TestF28LedgerRestored(t *testing.T) {
	w := newWorld(t, options{kept: "Kept"})
	w.start()
	w.concern("yesterday")
	w.letter("lead", "ew concern")
	w.moved(1)
	w.stop()
	data, backup := filepath.Join(w.dir, "data"), filepath.Join(w.dir, "backup")
	w.must(os.CopyFS(backup, os.DirFS(data)))
	w.start()
	w.concern("today")
	w.letter("lead", "ew concern")
	w.moved(2)
	w.stop()
	for _, file := range []string{"ledger.db", "ledger.db-wal", "ledger.db-shm"} {
		w.must(os.RemoveAll(filepath.Join(data, file)))
	}
	raw, err := os.ReadFile(filepath.Join(backup, "ledger.db"))
	w.must(err)
	w.must(os.WriteFile(filepath.Join(data, "ledger.db"), raw, 0o600))
	w.start()
	w.letter("manager", "1 message disappeared from the mailbox main before intake")
	out, err := w.dutydesk("arrivals", "reconcile")
	if err == nil || bytes.Count(out, []byte("not-in-ledger")) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	c := w.imap.Client("desk")
	defer c.Close()
	_, err = c.Select("Kept", nil).Wait()
	w.must(err)
	_, err = c.Move(imap.UIDSetNum(2), "INBOX").Wait()
	w.must(err)
	w.letter("lead", "ew concern")
	w.sound(2)
}

// moved waits until n messages were moved away after intake.
func (w *world) moved(n int) {
	w.t.Helper()
	realtest.Poll(w.t, 30*time.Second, "taken mails in Kept", func() error {
		if in, kept := len(w.imap.Messages("desk", "INBOX")), len(w.imap.Messages("desk", "Kept")); in != 0 || kept != n {
			return fmt.Errorf("%d in INBOX, %d in Kept", in, kept)
		}
		return nil
	})
}
