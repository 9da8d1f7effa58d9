package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger"
)

// desk is a desk at rest: what a worker left behind, for commands to look at.
type desk struct {
	t      *testing.T
	dir    string
	config string
}

const deskConfig = `data = "DIR/data"
[service]
name = "Safeguarding desk"
address = "safeguarding@council.example"
organisation = "service"
[redis]
url = "REDIS"
[[mailbox]]
name = "main"
address = "127.0.0.1:1"
tls = "none"
user = "desk"
password_file = "DIR/password"
[smtp]
address = "127.0.0.1:1"
tls = "none"
[roles]
la_lead = "la-lead"
managers = ["manager"]
[[organisation]]
id = "service"
name = "Skills and Employment"
lead = "lead"
deputy = "deputy"
`

// newDesk configures a desk. Nothing listens where its servers should be.
func newDesk(t *testing.T, redis string) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir()}
	d.config = filepath.Join(d.dir, "dutydesk.toml")
	text := strings.NewReplacer("DIR", d.dir, "REDIS", redis).Replace(deskConfig)
	for _, p := range []string{"lead", "deputy", "la-lead", "manager"} {
		text += fmt.Sprintf("[[person]]\nid = %q\nname = \"Person %s\"\naddress = \"%s@council.example\"\n", p, p, p)
	}
	d.must(os.WriteFile(d.config, []byte(text), 0o600))
	d.must(os.WriteFile(filepath.Join(d.dir, "password"), []byte("secret\n"), 0o600))
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// work opens the desk's worker, lets f do with it, and closes it.
func (d *desk) work(f func(*app.App)) {
	d.t.Helper()
	cfg, err := config.Load(d.config, func(string) (string, bool) { return "", false })
	d.must(err)
	a, err := app.New(context.WithoutCancel(d.t.Context()), cfg, app.RealClock(), slog.New(slog.DiscardHandler))
	d.must(err)
	f(a)
	d.must(a.Close())
}

// concern takes one concern in, opens its case and keeps its letters, which
// cannot be sent.
func (d *desk) concern() {
	d.t.Helper()
	d.take("From: learner@college.example\r\nTo: safeguarding@council.example\r\nSubject: help\r\n\r\nplease\r\n")
}

// take is concern for a mail of one's own.
func (d *desk) take(raw string) {
	d.t.Helper()
	d.work(func(a *app.App) {
		ctx := context.WithoutCancel(d.t.Context())
		d.must(a.Desk.Accept(ctx, intake.Delivery{Door: intake.Mail, Mailbox: "main", Key: "1", At: time.Now(), Body: strings.NewReader(raw)}))
		for _, j := range d.owed(a, ledger.DisposeJob) {
			d.must(a.Desk.Dispose(ctx, j.ID))
		}
		for _, j := range d.owed(a, ledger.LetterJob) {
			if err := a.Box.Send(ctx, j.ID); err == nil {
				d.t.Error("a letter went out of a desk that has no mail server")
			}
		}
	})
}

func (d *desk) owed(a *app.App, kind ledger.Kind) []ledger.Job {
	d.t.Helper()
	jobs, err := a.Ledger.Overdue(d.t.Context(), time.Now(), time.Now().Add(time.Second), 100)
	d.must(err)
	return slices.DeleteFunc(jobs, func(j ledger.Job) bool { return j.Kind != kind })
}

// run runs a command on the desk.
func (d *desk) run(args ...string) (string, int) {
	d.t.Helper()
	return dutydesk(d.t, append(args, "-c", d.config)...)
}

// rows decodes what a list prints.
func rows[T any](d *desk, args ...string) (out []T) {
	d.t.Helper()
	text, code := d.run(append(args, "--json")...)
	if code != 0 {
		d.t.Fatalf("%v: exit %d, %s", args, code, text)
	}
	d.must(json.Unmarshal([]byte(text), &out))
	return out
}

// files is every name below the desk's folder and how it is.
func (d *desk) files() (names []string) {
	d.t.Helper()
	d.must(filepath.WalkDir(filepath.Join(d.dir, "data", "evidence"), func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		names = append(names, fmt.Sprint(path, info.Mode(), info.ModTime()))
		return err
	}))
	return names
}

// verified runs "evidence verify" and counts its findings.
func (d *desk) verified(code int) map[string]int {
	d.t.Helper()
	text, got := d.run("evidence", "verify", "--json")
	if got != code {
		d.t.Errorf("evidence verify: exit %d, want %d: %s", got, code, text)
	}
	var vs []verdict
	end := strings.LastIndex(text, "]") // behind it stands the error
	d.must(json.Unmarshal([]byte(text[:end+1]), &vs))
	count := map[string]int{}
	for _, v := range vs {
		count[v.Found]++
	}
	return count
}

// Verification goes both ways: what the ledger names must be in the folder, and
// what is in the folder and in no row is said.
func TestEvidenceVerify(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	whole := d.verified(0)
	if whole["ok"] < 3 || len(whole) != 1 { // the mail, and a letter to lead and deputy each
		t.Fatalf("%v", whole)
	}
	var left evidence.Sealed
	d.work(func(a *app.App) { // a crash after the seal and before the row
		var err error
		left, err = a.Store.Seal(t.Context(), strings.NewReader("nobody's"))
		d.must(err)
	})
	exhibits := filepath.Join(d.dir, "data", "evidence", "exhibits")
	d.must(os.WriteFile(filepath.Join(exhibits, "notes.txt"), nil, 0o600))
	before := d.files()
	if got := d.verified(0); got["orphan"] != 1 || got["stray"] != 1 || got["ok"] != whole["ok"] {
		t.Errorf("an orphan and a stray: %v", got)
	}
	if text, _ := d.run("evidence", "verify"); !strings.Contains(text, "no row owns it") || !strings.Contains(text, `stray: "notes.txt"`) {
		t.Errorf("said %q", text)
	}
	if after := d.files(); !slices.Equal(before, after) {
		t.Errorf("looking changed the folder:\n%v\n%v", before, after)
	}
	old := time.Now().Add(-2 * time.Hour) // no crash explains it: the ledger is older than the evidence
	d.must(os.Chtimes(filepath.Join(exhibits, string(left.Digest)), old, old))
	if got := d.verified(65); got["unowned"] != 1 || got["orphan"] != 0 {
		t.Errorf("an old orphan: %v", got)
	}
	mail := filepath.Join(exhibits, rows[app.Arrival](d, "arrivals", "list")[0].SHA256)
	d.must(os.Chmod(mail, 0o600))
	d.must(os.WriteFile(mail, []byte("other"), 0o600))
	if got := d.verified(65); got["changed"] != 1 {
		t.Errorf("a changed mail: %v", got)
	}
	d.must(os.Remove(mail))
	if got := d.verified(65); got["missing"] != 1 {
		t.Errorf("a missing mail: %v", got)
	}
}

// What is asked for and is not there is named, on one line whatever it was.
func TestNotFoundIsNamed(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	for _, args := range [][]string{{"case", "show", "SG-NONE0"}, {"case", "chronology", "SG-NONE0"}, {"letters", "show", "SG-NONE0"}, {"arrivals", "show", "SG-NONE0"}} {
		text, code := d.run(args...)
		if code != 65 || !strings.Contains(text, `"SG-NONE0": `) || !strings.Contains(text, "not in the ledger") {
			t.Errorf("%v: exit %d, %q", args, code, text)
		}
	}
	if text, _ := d.run("case", "show", "SG-\x1b[2J\n"+strings.Repeat("x", 200)); strings.ContainsAny(text, "\x1b\n") || len(text) > 160 {
		t.Errorf("said %q", text)
	}
}

// A reference is found however it is typed, and no name stands twice in help.
func TestReferenceInSmallLetters(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	ref := strings.ToLower(rows[app.Case](d, "case", "list")[0].Ref)
	for _, what := range []string{"show", "chronology"} {
		if text, code := d.run("case", what, ref); code != 0 {
			t.Errorf("exit %d, %q", code, text)
		}
	}
	help, _ := dutydesk(t, "arrivals", "show", "--help")
	for _, name := range []string{"grade", "authentic", "signatures"} {
		if n := len(regexp.MustCompile(`\b`+name+`\b`).FindAllString(help, -1)); n != 1 {
			t.Errorf("%s stands %d times in %q", name, n, help)
		}
	}
}

// One case shows people what is due on it, by when and by which rule.
func TestCaseShowSaysWhatIsDue(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	text, code := d.run("case", "show", rows[app.Case](d, "case", "list")[0].Ref)
	if _, due, found := strings.Cut(text, "STAGE "); code != 0 || !found || !strings.Contains(due, "acknowledge ") || !strings.Contains(due, "S2 acknowledge: 1 working hour from receipt, policy ") {
		t.Errorf("exit %d\n%s", code, text)
	}
	var none bytes.Buffer
	if err := printOwed(&none, nil); err != nil || none.String() != "nothing is due\n" {
		t.Errorf("%v %q", err, none.String())
	}
}

// A Redis within the worker cannot be asked, which is no mistake of who asks.
func TestQueueStatusEmbedded(t *testing.T) {
	d := newDesk(t, "embedded")
	text, code := d.run("queue", "status", "--json")
	if code != 0 || !strings.Contains(text, `"embedded": true`) || !strings.Contains(text, `"reachable": false`) || !strings.Contains(text, `"last_sweep": null`) {
		t.Errorf("exit %d, %q", code, text)
	}
	if text, code := d.run("queue", "status"); code != 0 || !strings.Contains(text, "/metrics") {
		t.Errorf("exit %d, %q", code, text)
	}
}

// A command that cannot ask Redis says so, and prints what it knows all the same.
func TestQueueStatusWithoutRedis(t *testing.T) {
	text, code := newDesk(t, "redis://127.0.0.1:1/0").run("queue", "status", "--json")
	if code != 69 || !strings.Contains(text, `"reachable": false`) || !strings.Contains(text, "redis does not answer") || !strings.Contains(text, "refused") {
		t.Errorf("exit %d, %q", code, text)
	}
}

// readers are the words after each command with --json, where it needs some.
// "-" is a command that the test cannot run here, and why.
var readers = map[string]string{
	"case show": "CASE", "case act": "CASE ACK --as lead --on-behalf-because rang", "sla replay": "CASE", "case chronology": "CASE", "arrivals show": "ARRIVAL", "letters show": "LETTER", "config show": "", "mail read": "MAIL", "reply read": "MAIL", "queue status": "", "doctor": "", "case reads": "CASE",
	"sla plan": "--severity S2 --received 2026-11-27T18:00:00Z", "sla simulate": "--received 2026-11-27T18:00:00Z", "policy check": "POLICY", "law hints": "--form THR",
	"roster warnings": "- nothing is wrong with its roster", "demo": "- its books have the names of the lists",
}

var nameInJSON = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Every name that a command prints as JSON stands in its help.
func TestEveryJSONNameIsInTheHelp(t *testing.T) {
	d := newDesk(t, "redis://127.0.0.1:1/0")
	d.concern()
	mail := filepath.Join(d.dir, "a.eml")
	d.must(os.WriteFile(mail, []byte("From: a@b.example\r\n\r\ntext\r\n"), 0o600))
	policy := filepath.Join(d.dir, "policy.toml")
	example, _ := dutydesk(t, "policy", "show")
	d.must(os.WriteFile(policy, []byte(example), 0o600))
	fill := strings.NewReplacer("CASE", rows[app.Case](d, "case", "list")[0].Ref, "MAIL", mail, "POLICY", policy, "ARRIVAL", rows[app.Arrival](d, "arrivals", "list")[0].ID,
		"LETTER", rows[app.Letter](d, "letters", "list")[0].ID)
	walk(root(), func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "dutydesk ")
		if c.Flags().Lookup("json") == nil || strings.HasPrefix(readers[name], "-") && !strings.HasPrefix(readers[name], "--") {
			return
		}
		args := append(append(strings.Fields(name), strings.Fields(fill.Replace(readers[name]))...), "--json")
		if c.Flags().Lookup("config") != nil {
			args = append(args, "-c", d.config)
		}
		out, _ := dutydesk(t, args...)
		names := topNames(out)
		if len(names) == 0 {
			t.Errorf("dutydesk %s: no JSON in %q; say in readers how to run it", strings.Join(args, " "), out)
		}
		for _, n := range names {
			if !regexp.MustCompile(`\b`+n+`\b`).MatchString(c.Long) || !nameInJSON.MatchString(n) {
				t.Errorf("dutydesk %s prints %q, and its help does not say so", name, n)
			}
		}
	})
}

func walk(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		walk(sub, f)
	}
}

// topNames are the names in the first JSON value of a text, or in the first
// element of it.
func topNames(text string) []string {
	var v any
	if json.NewDecoder(strings.NewReader(text)).Decode(&v) != nil {
		return nil
	}
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	object, _ := v.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

func TestNamed(t *testing.T) {
	type inner struct {
		A int `json:"a"`
		B int `json:"b,omitempty"`
	}
	type outer struct {
		At    time.Time `json:"at"`
		Inner []inner   `json:"inner"`
		not   int
		Not   int `json:"-"`
	}
	if got := named(reflect.TypeFor[[]outer]()); got != "[{at, inner[{a, b}]}]" {
		t.Error(got)
	}
	_ = outer{}.not
}

// Each kind of trouble has its code; what nobody thought of is a bug.
func TestExitCodeOfEachKind(t *testing.T) {
	for code, errs := range map[int][]error{
		70: {errors.New("unheard of"), app.Panic{Type: "string"}, fmt.Errorf("x: %w", app.Guarded(func() error { panic(1) }))},
		65: {errNotWritten, errDiffers, app.ErrGone, ledger.ErrNotFound, ledger.ErrDamaged, errors.Join(ledger.ErrAway, ledger.ErrDamaged)},
		78: {app.ErrKey, config.Problems{{What: "x"}}, &os.PathError{Op: "open", Path: "x", Err: os.ErrPermission}, ledger.ErrSchema},
		69: {ledger.ErrAway, errUnwell, fmt.Errorf("%w: %w", errNoRedis, os.ErrNotExist)},
		75: {app.ErrBusy, context.Canceled},
		64: {usageError{errors.New("x")}},
	} {
		for _, err := range errs {
			if got := exitCode(fmt.Errorf("do: %w", err)); got != code {
				t.Errorf("%v: exit %d, want %d", err, got, code)
			}
		}
	}
}
