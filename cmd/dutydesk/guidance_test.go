package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
)

// The register that comes with the program can be made the council's own, and
// a wrong one is refused with its place.
func TestGuidanceRegister(t *testing.T) {
	d := newDesk(t, "embedded")
	if links := rows[app.Link](d, "guidance", "list"); len(links) < 15 {
		t.Errorf("%d links", len(links))
	}
	example, code := dutydesk(t, "guidance", "example")
	file := filepath.Join(d.dir, "guidance.toml")
	own := strings.Replace(example, `id = "childnet"`, "id = \"childnet\"\nowner = \"Person lead\"\nchecked = \"2026-11-22\"\nstatus = \"works\"", 1)
	d.must(os.WriteFile(file, []byte(own), 0o600))
	text, err := os.ReadFile(d.config)
	d.must(err)
	d.must(os.WriteFile(d.config, []byte(strings.Replace(string(text), "[service]\n", "[service]\nguidance = \""+file+"\"\n", 1)), 0o600))
	if out, c := d.run("guidance", "list"); c != 0 || code != 0 || !strings.Contains(out, "Person lead") {
		t.Errorf("exit %d and %d, %s", code, c, out)
	}
	d.must(os.WriteFile(file, []byte(own+"status = \"fine\"\n"), 0o600))
	if out, c := d.run("guidance", "list"); c != 78 || !strings.Contains(out, "guidance.toml:") || !strings.Contains(out, "works") {
		t.Errorf("exit %d, %s", c, out)
	}
}
