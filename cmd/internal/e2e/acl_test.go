package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/cmd/internal/realtest"
)

// F50: the desk's right to its folder is taken away. Managers hear of it, the
// doctor names the folder, nothing is made elsewhere, and what came meanwhile is
// taken in when the right is back.
func TestF50RightTakenAway(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o711), os.Chmod(dir, 0o711)); err != nil { // Dovecot is another user
		t.Fatal(err)
	}
	rights := filepath.Join(dir, "acl")
	w := newWorld(t, options{patience: "2s", dovecot: realtest.DovecotOptions{Extra: fmt.Sprintf(`
mail_plugins = acl
protocol imap {
  mail_plugins = acl
}
plugin {
  acl = vfile:%s:cache_secs=1
}
`, rights)}})
	may := func(what string) { w.must(os.WriteFile(rights, []byte("Concerns owner "+what+"\n"), 0o644)) }
	may("lrwstipekxa")
	w.imap.CreateFolder("desk", "Concerns")
	w.replace("user = \"desk\"\n", "user = \"desk\"\nfolder = \"Concerns\"\n")
	w.start()
	deliver := func(words string) {
		w.imap.DeliverTo("desk", "Concerns", realtest.Mail("a@college.example", "safeguarding@council.example", "s", words))
	}
	deliver("first")
	w.letter("lead", "ew concern")
	may("l")
	w.imap.Kill()
	w.imap.Start()
	deliver("second")
	w.letter("manager", "could not be fetched from mailbox main")
	if out, err := w.dutydesk("doctor"); err == nil || !strings.Contains(string(out), "Concerns") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	may("lrwstipekxa")
	w.letter("lead", "ew concern")
	w.arrived(2)
	w.allSent()
	w.sound(2)
}
