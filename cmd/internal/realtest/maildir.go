package realtest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Stored is a message as it lies in a Maildir, beside the server's back.
type Stored struct {
	Name  string // file name without flags; stays the same when flags change
	Flags string // Maildir letters, as "S" for seen; "" in new/
	Raw   []byte
}

// delivered counts the files we delivered: with the process id it makes names
// unique, as Maildir asks.
var delivered atomic.Int64

// Deliver puts raw into the user's INBOX as a delivery agent does: written to
// tmp/, then renamed into new/. It returns the file's name. Any goroutine may
// call it; an error then fails the test without ending it.
func (d *DovecotServer) Deliver(user string, raw []byte) string {
	d.t.Helper()
	return d.DeliverTo(user, "INBOX", raw)
}

// DeliverTo is [DovecotServer.Deliver] into any folder that exists.
func (d *DovecotServer) DeliverTo(user, folder string, raw []byte) string {
	d.t.Helper()
	now := time.Now()
	name := fmt.Sprintf("%d.M%06dP%dQ%d.realtest,S=%d", now.Unix(), now.Nanosecond()/1000, os.Getpid(), delivered.Add(1), len(raw))
	dir := d.maildir(user, folder)
	tmp := filepath.Join(dir, "tmp", name)
	err := os.WriteFile(tmp, raw, 0o600)
	if err == nil {
		err = give(tmp)
	}
	if err == nil {
		err = os.Rename(tmp, filepath.Join(dir, "new", name))
	}
	if err != nil {
		d.t.Errorf("deliver: %v", err)
	}
	return name
}

// Append puts raw into the folder through IMAP, as a mail program does.
func (d *DovecotServer) Append(user, folder string, raw []byte) *imap.AppendData {
	d.t.Helper()
	c := d.Client(user)
	defer c.Close()
	cmd := c.Append(folder, int64(len(raw)), nil)
	_, written := cmd.Write(raw)
	closed := cmd.Close() // before Wait, or the server waits for more
	data, err := cmd.Wait()
	if err := errors.Join(written, closed, err); err != nil {
		d.t.Fatalf("append: %v", err)
	}
	return data
}

// CreateFolder makes an empty folder, as "Kept" or "2026/November".
func (d *DovecotServer) CreateFolder(user, folder string) { d.folder(user, folder) }

// folder makes the folder and gives it and its parents to the mail's owner.
func (d *DovecotServer) folder(user, folder string) {
	d.t.Helper()
	dir := d.maildir(user, folder)
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			d.t.Fatal(err)
		}
	}
	for _, p := range []string{filepath.Join(d.dir, "mail"), filepath.Join(d.dir, "mail", user), d.maildir(user, "INBOX"),
		dir, filepath.Join(dir, "cur"), filepath.Join(dir, "new"), filepath.Join(dir, "tmp")} {
		if err := give(p); err != nil {
			d.t.Fatal(err)
		}
	}
}

// mailOwner is the user and group of all mail: we, or "nobody" when we are
// root, to whom Dovecot refuses mail.
func mailOwner() (uid, gid int) {
	if os.Getuid() == 0 {
		return 65534, 65534
	}
	return os.Getuid(), os.Getgid()
}

func give(path string) error {
	uid, gid := mailOwner()
	return os.Chown(path, uid, gid)
}

func (d *DovecotServer) maildir(user, folder string) string {
	dir := filepath.Join(d.dir, "mail", user, "Maildir")
	if folder == "INBOX" {
		return dir
	}
	return filepath.Join(dir, "."+strings.ReplaceAll(folder, "/", "."))
}

// Messages returns what lies in the folder now, oldest delivery first. A folder
// that does not exist holds nothing.
func (d *DovecotServer) Messages(user, folder string) (all []Stored) {
	d.t.Helper()
	for _, sub := range []string{"new", "cur"} {
		dir := filepath.Join(d.maildir(user, folder), sub)
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			d.t.Fatal(err)
		}
		for _, e := range entries {
			raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if errors.Is(err, fs.ErrNotExist) { // moved or flagged while we look
				return d.Messages(user, folder)
			}
			if err != nil {
				d.t.Fatal(err)
			}
			name, flags, _ := strings.Cut(e.Name(), ":2,")
			all = append(all, Stored{Name: name, Flags: flags, Raw: raw})
		}
	}
	slices.SortFunc(all, func(a, b Stored) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Remove takes a message away without telling the server, as people do.
func (d *DovecotServer) Remove(user, folder, name string) {
	d.t.Helper()
	found, err := filepath.Glob(filepath.Join(d.maildir(user, folder), "*", name+"*"))
	if err != nil || len(found) != 1 {
		d.t.Fatalf("remove: %d files, %v", len(found), err)
	}
	if err := os.Remove(found[0]); err != nil {
		d.t.Fatal(err)
	}
}

// Snapshot keeps a copy of all of a user's mail, as a backup does, and returns
// what puts it back, UIDs and all. The server must be stopped for both.
func (d *DovecotServer) Snapshot(user string) (restore func()) {
	d.t.Helper()
	mail, copied := d.maildir(user, "INBOX"), filepath.Join(folder(d.t), "backup")
	d.copy(mail, copied)
	return func() {
		d.t.Helper()
		if err := os.RemoveAll(mail); err != nil {
			d.t.Fatal(err)
		}
		d.copy(copied, mail)
	}
}

func (d *DovecotServer) copy(from, to string) {
	d.t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		d.t.Fatalf("copy mail: %v: %s", err, out)
	}
}

var uidListHead = regexp.MustCompile(`^3 V\d+ `)

// SetUIDValidity gives the folder another UIDVALIDITY with the same messages,
// as a restored server has. The server must be stopped, and somebody must have
// selected the folder before.
func (d *DovecotServer) SetUIDValidity(user, folder string, validity uint32) {
	d.t.Helper()
	dir := d.maildir(user, folder)
	list := filepath.Join(dir, "dovecot-uidlist")
	b, err := os.ReadFile(list)
	if err != nil || !uidListHead.Match(b) {
		d.t.Fatalf("no list of UIDs: %q, %v", bytes.SplitN(b, []byte("\n"), 2)[0], err)
	}
	d.write(list, uidListHead.ReplaceAllString(string(b), fmt.Sprintf("3 V%d ", validity)))
	index, err := filepath.Glob(filepath.Join(dir, "dovecot.index*"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range index {
		if err := os.Remove(f); err != nil {
			d.t.Fatal(err)
		}
	}
}
