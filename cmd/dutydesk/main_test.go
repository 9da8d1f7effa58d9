package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/config"
	"dutydesk/workflow/casefile"
)

var update = flag.Bool("update", false, "write what is generated into the README")

// The README's drawing of the states and its example configuration are those
// of the code.
func TestREADME(t *testing.T) {
	var example bytes.Buffer
	if err := config.Describe(&example); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "README.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := between(between(string(b), "```mermaid\n", casefile.Diagram()), "```toml\n", example.String())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != want {
		t.Error("README.md differs from the code: go test ./cmd/dutydesk -run TestREADME -update")
	}
}

// between puts text between the mark and the end of its fence.
func between(s, mark, text string) string {
	before, rest, found := strings.Cut(s, mark)
	_, after, _ := strings.Cut("\n"+rest, "\n```\n")
	if !found {
		return s + mark + text + "```\n"
	}
	return before + mark + text + "```\n" + after
}

// dutydesk runs the command line and returns its output and exit code.
func dutydesk(t *testing.T, args ...string) (string, int) {
	t.Helper()
	c := root()
	var out bytes.Buffer
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(args)
	if err := c.ExecuteContext(context.WithoutCancel(t.Context())); err != nil {
		return out.String() + err.Error(), exitCode(err)
	}
	return out.String(), 0
}

// Whatever is wrong, the exit code says which kind of wrong, and the words say
// what to do.
func TestExitCodes(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.toml")
	if err := os.WriteFile(broken, []byte("enviroment = \"trial\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"", 0, "Usage:"},
		{"--help", 0, "Available Commands:"},
		{"version", 0, "dutydesk"},
		{"config describe", 0, "[service]"},
		{"completion bash", 0, "bash completion"},
		{"frobnicate", 64, "frobnicate"},
		{"help nonsense", 64, "nonsense"},
		{"help case nonsense", 64, "nonsense"},
		{"help case list", 0, "dutydesk case list"},
		{"help", 0, "Available Commands:"},
		{"completion tcsh", 64, "tcsh"},
		{"demo --speed NaN", 64, "must be 1 to 3600"},
		{"case frobnicate", 64, "dutydesk case --help"},
		{"case show", 64, "dutydesk case show --help"},
		{"case list --frobnicate", 64, "--frobnicate"},
		{"mail read /nonexistent", 65, "no such file"},
		{"mail read /", 65, "is no file"},
		{"reply read /nonexistent", 65, "no such file"},
		{"reply read", 64, "dutydesk reply read --help"},
		{"config check -c /nonexistent", 78, "config describe"},
		{"run -c /nonexistent", 78, "config describe"},
		{"config check -c " + broken, 78, broken + ":1:1: enviroment: "},
		{"doctor -c " + broken, 78, "environment"},
	} {
		out, code := dutydesk(t, strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(out, tt.says) {
			t.Errorf("dutydesk %s: exit %d, said %q; want %d and %q", tt.args, code, out, tt.code, tt.says)
		}
	}
}

// Without -c the configuration is looked for here, then in /etc.
func TestUsualConfig(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := os.Stat(usualConfigs[1]); err == nil {
		t.Skip(usualConfigs[1] + " is there")
	}
	if text, code := dutydesk(t, "config", "check"); code != 78 || !strings.Contains(text, "-c") || !strings.Contains(text, "/etc/dutydesk/dutydesk.toml") {
		t.Errorf("exit %d, %q", code, text)
	}
	d := newDesk(t, "embedded")
	t.Chdir(d.dir)
	if text, code := dutydesk(t, "config", "check"); code != 0 || !strings.Contains(text, "ok: dutydesk.toml") {
		t.Errorf("exit %d, %q", code, text)
	}
}

// Every command explains itself, and every command that reads has --json.
func TestHelp(t *testing.T) {
	for _, words := range []string{"case list", "case show", "case chronology", "arrivals list", "letters list", "evidence verify", "queue status", "doctor", "mail read", "reply read"} {
		out, code := dutydesk(t, append(strings.Fields(words), "--help")...)
		if code != 0 || !strings.Contains(out, "--json") {
			t.Errorf("dutydesk %s --help: exit %d, %q", words, code, out)
		}
	}
}

func TestMailRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.eml")
	if err := os.WriteFile(file, []byte("From: a@b.example\r\nSubject: hello\r\n\r\ntext <b>\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := dutydesk(t, "mail", "read", file, file, "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 2 {
		t.Fatalf("exit %d, %d lines", code, len(lines))
	}
	var m struct {
		SHA256, Subject, Text string
		Size                  int64
	}
	if err := json.Unmarshal([]byte(lines[0]), &m); err != nil || m.Subject != "hello" || len(m.SHA256) != 64 || m.Size == 0 {
		t.Errorf("%v %+v", err, m)
	}
}
