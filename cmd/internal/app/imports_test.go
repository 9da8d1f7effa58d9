package app

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// never is a list of promises: the left must never reach the right, even
// indirectly. A word that ends in "/" means everything below it.
var never = map[string]string{
	"workflow/sla":          "dutydesk/ database/sql net/http github.com/",
	"workflow/casefile":     "database/sql net/http net/mail mime github.com/hibiken/asynq dutydesk/intake dutydesk/notify dutydesk/templates dutydesk/config dutydesk/workflow/ledger",
	"workflow/casefile/law": "database/sql net/http github.com/ dutydesk/workflow/casefile dutydesk/workflow/ledger",
	"workflow/sla/policy":   "database/sql net/http github.com/ dutydesk/config dutydesk/workflow/casefile",
	"cmd/dutydesk":          "testing dutydesk/cmd/internal/realtest",
	"cmd/internal/demo":     "testing dutydesk/cmd/internal/realtest",
	"cmd/internal/realtest": "dutydesk/",
	"workflow/reply":        "database/sql net/http dutydesk/workflow/ledger dutydesk/intake dutydesk/notify",
	"workflow/ledger":       "github.com/hibiken/asynq net/smtp dutydesk/intake dutydesk/notify dutydesk/templates dutydesk/config",
	"workflow":              "dutydesk/intake dutydesk/notify dutydesk/templates dutydesk/config github.com/hibiken/asynq net/smtp net/http github.com/wneessen/go-mail",
	"workflow/queue":        "dutydesk/intake dutydesk/notify dutydesk/templates dutydesk/config github.com/wneessen/go-mail",
	"intake":                "dutydesk/notify dutydesk/templates dutydesk/config github.com/hibiken/asynq github.com/emersion/go-imap/",
	"intake/evidence":       "dutydesk/ net/mail mime",
	"intake/message":        "dutydesk/ database/sql net/smtp", // publicsuffix brings net/http for its cookie interface
	"intake/mailbox":        "net/smtp github.com/hibiken/asynq dutydesk/notify dutydesk/templates dutydesk/config",
	"intake/webform":        "net/smtp github.com/hibiken/asynq github.com/emersion/go-imap/ dutydesk/notify dutydesk/config",
	"notify":                "database/sql net/smtp github.com/hibiken/asynq dutydesk/intake dutydesk/config",
	"notify/record":         "database/sql net/http net/smtp os/exec github.com/hibiken/asynq dutydesk/intake dutydesk/config dutydesk/workflow/ledger",
	"notify/mailer":         "database/sql github.com/hibiken/asynq dutydesk/intake dutydesk/workflow/ledger dutydesk/config",
	"notify/outbox":         "github.com/hibiken/asynq dutydesk/config github.com/emersion/go-imap/",
	"cmd/internal/oauth":    "net/smtp database/sql dutydesk/intake dutydesk/notify dutydesk/workflow dutydesk/templates",
	"config":                "dutydesk/",
	"templates":             "dutydesk/",
}

func TestImportPromises(t *testing.T) {
	for pkg, words := range never {
		for _, dep := range deps(t, pkg) {
			for _, word := range strings.Fields(words) {
				if breaks(dep, word) && dep != "dutydesk/"+pkg {
					t.Errorf("%s reaches %s, promised never to reach %s", pkg, dep, word)
				}
			}
		}
	}
}

// only names the one package that may import a library, tests aside.
var only = map[string]string{
	"github.com/hibiken/asynq":           "dutydesk/workflow/queue",
	"github.com/emersion/go-imap/v2":     "dutydesk/intake/mailbox dutydesk/cmd/internal/demo",
	"github.com/wneessen/go-mail":        "dutydesk/notify/mailer",
	"golang.org/x/oauth2":                "dutydesk/cmd/internal/oauth",
	"modernc.org/sqlite":                 "dutydesk/workflow/ledger",
	"github.com/jackc/pgx/v5":            "dutydesk/workflow/ledger",
	"dutydesk/config":                    "dutydesk/cmd/",
	"github.com/alicebob/miniredis/v2":   "dutydesk/workflow/queue",
	"github.com/redis/go-redis/v9":       "dutydesk/workflow/queue",
	"github.com/emersion/go-message":     "dutydesk/intake/message",
	"github.com/pelletier/go-toml/v2":    "dutydesk/config dutydesk/templates",
	"github.com/spf13/cobra":             "dutydesk/cmd/dutydesk",
	"github.com/gabriel-vasile/mimetype": "dutydesk/intake/message",
}

func TestOneImporterEach(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "dutydesk/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		for _, imp := range fields[1:] {
			for lib, owners := range only {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && !owned(fields[0], owners) {
					t.Errorf("%s imports %s, only %s may", fields[0], imp, owners)
				}
			}
		}
	}
}

// V15, V16: rivals were taken over through the sendmail and openssl they ran. No
// part of ours that a mail passes through imports what runs another program.
func TestV15V16NothingRunsAnotherProgram(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "dutydesk/intake/...", "dutydesk/workflow/...", "dutydesk/notify/...", "dutydesk/templates", "dutydesk/cmd/internal/app").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); slices.Contains(fields[1:], "os/exec") || slices.Contains(fields[1:], "plugin") {
			t.Errorf("%s runs other programs", fields[0])
		}
	}
}

func owned(pkg, owners string) bool {
	if strings.HasSuffix(pkg, "test") { // suites and servers for tests
		return true
	}
	for _, o := range strings.Fields(owners) {
		if pkg == o || strings.HasSuffix(o, "/") && strings.HasPrefix(pkg, o) {
			return true
		}
	}
	return false
}

func breaks(dep, word string) bool {
	if strings.HasSuffix(word, "/") {
		return strings.HasPrefix(dep, word)
	}
	return dep == word || strings.HasPrefix(dep, word+"/")
}

func deps(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "dutydesk/"+pkg).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pkg, err)
	}
	return strings.Fields(string(out))
}
