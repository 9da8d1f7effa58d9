package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/workflow/sla/policy"
)

// rosterConfig is a configuration whose roster has a lead, a deputy, an LA lead and
// a manager, and for the provider "north" a lead only if it is named.
func rosterConfig(t *testing.T, northLead string) string {
	t.Helper()
	text := `data = "` + t.TempDir() + `"
[service]
name = "Desk"
address = "desk@council.example"
organisation = "service"
[[mailbox]]
name = "safeguarding"
address = "127.0.0.1:143"
tls = "none"
user = "desk"
password_file = "` + written(t, "password", "x") + `"
[smtp]
address = "127.0.0.1:25"
tls = "none"
[roles]
la_lead = "helen"
managers = ["femi"]
[[organisation]]
id = "service"
name = "Skills"
lead = "amira"
deputy = "tom"
[[organisation]]
id = "north"
name = "North"
lead = "` + northLead + `"
deputy = "tom"
`
	for id, name := range map[string]string{"amira": "Amira Khan", "tom": "Tom Reed", "helen": "Helen Marsh", "femi": "Femi Ade", "noor": "Noor Ali"} {
		text += "[[person]]\nid = \"" + id + "\"\nname = \"" + name + "\"\naddress = \"" + id + "@council.example\"\n"
	}
	return written(t, "dutydesk.toml", text)
}

// written is a file of a test.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// policyWith is the default policy file with some texts changed for others.
func policyWith(t *testing.T, changes ...string) string {
	t.Helper()
	p, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "policy.toml", strings.NewReplacer(changes...).Replace(p.Describe()))
}

// ran runs a command line as a person or a script does.
func ran(t *testing.T, args ...string) (out, said string, code int) {
	t.Helper()
	c := root()
	var stdout, stderr bytes.Buffer
	c.SetOut(&stdout)
	c.SetErr(&stderr)
	c.SetArgs(args)
	if err := c.ExecuteContext(t.Context()); err != nil {
		return stdout.String(), stderr.String() + err.Error(), exitCode(err)
	}
	return stdout.String(), stderr.String(), 0
}

// What "policy show" prints is in order, and is the default again.
func TestPolicyShowIsTheDefault(t *testing.T) {
	out, said, code := ran(t, "policy", "show")
	if code != 0 || !strings.HasPrefix(out, "# version ") {
		t.Fatal(code, said, out)
	}
	version := strings.Fields(out)[2]
	file := written(t, "policy.toml", out)
	if out, said, code := ran(t, "policy", "check", file); code != 0 || out != "ok: "+file+", version "+version+"\n" {
		t.Errorf("exit %d, %q %q", code, out, said)
	}
	if again, _, _ := ran(t, "policy", "show", file); again != out {
		t.Error("a file that was shown is shown as another")
	}
}

// The names in the JSON are stable, and lists are never null.
func TestPolicyShowJSON(t *testing.T) {
	out, said, code := ran(t, "policy", "show", "--json")
	var p map[string]any
	if err := json.Unmarshal([]byte(out), &p); err != nil || code != 0 {
		t.Fatal(err, code, said)
	}
	for _, name := range strings.Fields("version title next_review time_zone closure_days stages rungs repeat stale pause pause_reasons") {
		if p[name] == nil {
			t.Errorf("%s is not there", name)
		}
	}
	stage, _ := p["stages"].([]any)[1].(map[string]any)
	if len(p) != 11 || len(stage) != 13 || stage["stage"] != "acknowledge" || stage["s2"] != "1wh" || strings.Contains(out, "null") {
		t.Errorf("%d names; %v", len(p), stage)
	}
}

// F61: what is wrong is exit 78 with its place; what is doubtful is a warning.
func TestPolicyCheck(t *testing.T) {
	broken := policyWith(t, `s3 = "4wh"`, `s3 = "4hrs"`, `at = "80%"`, `at = "80"`)
	out, said, code := ran(t, "policy", "check", broken)
	if code != 78 || out != "" || strings.Count(said, "\n") < 1 || !strings.Contains(said, broken+":") || !strings.Contains(said, `stage[1].s3: "4hrs" is no allowance; write "15m"`) {
		t.Errorf("exit %d, %q %q", code, out, said)
	}
	old := policyWith(t, `"2027-09-01"`, `"2021-09-01"`)
	if out, said, code := ran(t, "policy", "check", old); code != 0 || !strings.Contains(out, "warn  "+old+":") || !strings.Contains(out, "ok: ") {
		t.Errorf("exit %d, %q %q", code, out, said)
	}
	for args, want := range map[string]int{"": 64, "/nonexistent": 64, old + " -c /nonexistent": 78, old + " --holidays " + old: 65, old + " --closed x": 64} {
		if _, said, code := ran(t, append([]string{"policy", "check"}, strings.Fields(args)...)...); code != want {
			t.Errorf("policy check %s: exit %d, %s", args, code, said)
		}
	}
}

// The JSON of a check has every finding with its place, wrong or not.
func TestPolicyCheckJSON(t *testing.T) {
	for file, want := range map[string]struct {
		code  int
		grade string
	}{policyWith(t, `s3 = "4wh"`, `s3 = "4hrs"`): {78, "FAIL"}, policyWith(t, `"2027-09-01"`, `"2021-09-01"`): {0, "warn"}} {
		out, said, code := ran(t, "policy", "check", file, "--json")
		var c struct {
			File, Version string
			Findings      []struct {
				Grade, File, Key, What, Fix string
				Line, Column                int
			}
		}
		if err := json.Unmarshal([]byte(out), &c); err != nil || code != want.code || c.File != file || (c.Version == "") != (code != 0) {
			t.Fatalf("%v, exit %d, %q %q", err, code, out, said)
		}
		if f := c.Findings; len(f) != 1 || f[0].Grade != want.grade || f[0].Line == 0 || f[0].Column == 0 || f[0].Key == "" || f[0].Fix == "" {
			t.Errorf("%+v", c.Findings)
		}
	}
}

// A ladder is held against the roster of a configuration.
func TestPolicyCheckAgainstARoster(t *testing.T) {
	file, cfg := policyWith(t), rosterConfig(t, "noor")
	out, said, code := ran(t, "policy", "check", file, "-c", cfg)
	if code != 0 || !strings.Contains(out, "nobody holds the role on-call") || !strings.Contains(out, "ok: ") {
		t.Fatalf("exit %d, %q %q", code, out, said)
	}
	lonely := policyWith(t, `tell = ["la-lead"]`+"\nnote = \"by", `tell = ["executive"]`+"\nnote = \"by")
	out, said, code = ran(t, "policy", "check", lonely, "-c", cfg)
	if code != 78 || !strings.Contains(said, `nobody stands on the rung at 50% for the organisation "service"`) || strings.Contains(out, "ok") {
		t.Errorf("exit %d, %q %q", code, out, said)
	}
}

// leftConfig is rosterConfig where lead and deputy of north have left.
func leftConfig(t *testing.T) string {
	t.Helper()
	cfg := rosterConfig(t, "noor")
	text, err := os.ReadFile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	const left = "\nuntil = \"2020-01-01\""
	return written(t, "left.toml", strings.NewReplacer(`"Noor Ali"`, `"Noor Ali"`+left, `"Tom Reed"`, `"Tom Reed"`+left).Replace(string(text)))
}

// Who has left is on no rung: an organisation whose lead and deputy are gone is
// said to have nobody, by the checks and by the story.
func TestNobodyThereNow(t *testing.T) {
	file, here, gone := policyWith(t), rosterConfig(t, "noor"), leftConfig(t)
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"config", "check", "-c", here}, 0, "ok: "},
		{[]string{"config", "check", "-c", gone}, 78, `nobody is there now as lead or deputy of "north", or in place of them`},
		{[]string{"policy", "check", file, "-c", gone}, 78, `nobody stands on the rung at 0% for the organisation "north"`},
		{[]string{"sla", "simulate", "-c", here, "--organisation", "north", "--received", "Fri 17:50"}, 0, "lead (Noor Ali)"},
		{[]string{"sla", "simulate", "-c", gone, "--organisation", "north", "--received", "Fri 17:50"}, 0, "la-lead (Helen Marsh)"},
		{[]string{"sla", "simulate", "-c", gone, "--organisation", "north", "--received", "2019-12-30 10:00"}, 0, "lead (Noor Ali)"},
	} {
		out, said, code := ran(t, tt.args...)
		if code != tt.code || !strings.Contains(out+said, tt.says) || strings.Contains(out, "Noor") != strings.Contains(tt.says, "Noor") {
			t.Errorf("%q: exit %d\n%s%s\nwant %q", tt.args, code, out, said, tt.says)
		}
	}
}

// The worker starts all the same, since those above them must hear, and says so.
func TestRunSaysWhoIsMissing(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	c := root()
	var said bytes.Buffer
	c.SetErr(&said)
	c.SetArgs([]string{"run", "-c", leftConfig(t)})
	err := c.ExecuteContext(stopped)
	if !strings.Contains(said.String(), `msg="nobody is there as lead or deputy" organisations=[north]`) || exitCode(err) == 78 {
		t.Errorf("%v: %s", err, said.String())
	}
}

// With -c the deadlines are those of the configuration's own policy and holidays,
// unless a flag names others.
func TestPlanByTheConfiguration(t *testing.T) {
	cfg, own := rosterConfig(t, "noor"), policyWith(t, `s2 = "1wh"`, `s2 = "3wh"`)
	text, err := os.ReadFile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg, append(text, "[sla]\npolicy = \""+own+"\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string]string{"3wh": "-c " + cfg, "1wh": "", "2wh": "-c " + cfg + " --policy " + policyWith(t, `s2 = "1wh"`, `s2 = "2wh"`)} {
		out, said, code := ran(t, append(strings.Fields("sla plan --received 2026-11-26T10:00:00Z"), strings.Fields(args)...)...)
		if code != 0 || strings.Fields(strings.Split(out, "\n")[3])[1] != want {
			t.Errorf("sla plan %s: exit %d, %s\n%s, want %s", args, code, said, out, want)
		}
	}
	if out, said, code := ran(t, "sla", "simulate", "-c", cfg, "--received", "2026-11-26T10:00:00Z", "--json"); code != 0 || !strings.Contains(out, `"allowance": "3wh"`) {
		t.Errorf("exit %d, %s", code, said)
	}
}
