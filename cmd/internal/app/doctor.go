package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"dutydesk/config"
	"dutydesk/notify/mailer"
	"dutydesk/workflow/queue"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Grade is a doctor's word on one check.
type Grade string

// The three words.
const (
	OK   Grade = "ok"
	Warn Grade = "warn"
	Fail Grade = "FAIL"
)

// Finding is one line of "dutydesk doctor".
type Finding struct {
	Grade Grade  `json:"grade"` // ok, warn, FAIL
	What  string `json:"what"`
	Why   string `json:"why"` // why it matters; "" if ok
	Fix   string `json:"fix"` // the exact remedy; "" if ok
}

func ok(format string, args ...any) Finding {
	return Finding{Grade: OK, What: fmt.Sprintf(format, args...)}
}

func fail(what, why, fix string) Finding { return Finding{Fail, what, why, fix} }
func warn(what, why, fix string) Finding { return Finding{Warn, what, why, fix} }

// Doctor looks at everything the desk rests on, within ten seconds, and leaves
// nothing behind.
func Doctor(ctx context.Context, cfg *config.Config) []Finding {
	ctx, cancel := context.WithTimeout(ctx, 9*time.Second)
	defer cancel()
	checks := []func(context.Context, *config.Config) []Finding{checkSecrets, checkClock, checkData, checkLedger, checkRedisFacts, checkLogins, checkMailboxes, checkSMTP, checkCanary, checkRoster, checkTerms, checkPolicy, checkForm, checkLaw, checkGuidance}
	found := make([][]Finding, len(checks))
	var g errgroup.Group
	for i, check := range checks {
		g.Go(func() error { found[i] = check(ctx, cfg); return nil })
	}
	g.Wait() // no check returns an error
	all := []Finding{ok("configuration is in order, environment %s", cfg.Environment)}
	for _, fs := range found {
		all = append(all, fs...)
	}
	return all
}

// checkSecrets looks at who may read the secrets.
func checkSecrets(_ context.Context, cfg *config.Config) (out []Finding) {
	files := append(cfg.SecretFiles(), cfg.KeyFile())
	for _, f := range files {
		info, err := os.Stat(f)
		switch {
		case errors.Is(err, fs.ErrNotExist) && f == cfg.KeyFile():
			out = append(out, warn("desk key "+f+" does not exist yet", "answers to letters are proven with it", "it is made at the first \"dutydesk run\"; keep a copy apart from the ledger"))
		case err != nil:
			out = append(out, fail("secret "+f+" cannot be read", "the desk cannot log in without it", "create it, owned by the user who runs dutydesk, mode 0600"))
		case info.Mode().Perm()&0o077 != 0:
			out = append(out, fail(fmt.Sprintf("secret %s has mode %04o", f, info.Mode().Perm()), "others on this machine can read it", "chmod 0600 "+f))
		default:
			out = append(out, ok("secret %s is readable by its owner only", f))
		}
	}
	return out
}

// checkClock looks at the zone and at whether the machine's clock is kept right.
func checkClock(_ context.Context, cfg *config.Config) []Finding {
	now := time.Now().In(cfg.Zone())
	zone := ok("time zone %s, it is %s", cfg.Zone(), now.Format("15:04 on Monday 2 January 2006"))
	if !clockIsKept() {
		return []Finding{zone, warn("the machine's clock is not kept right", "deadlines are instants; a wrong clock makes them early or late", "install chrony (apt-get install chrony) and check with: chronyc tracking")}
	}
	return []Finding{zone, ok("the machine's clock is kept right")}
}

// checkData looks at the folder's disk: space, rights and what a commit costs.
func checkData(_ context.Context, cfg *config.Config) []Finding {
	var s unix.Statfs_t
	if err := unix.Statfs(cfg.Data, &s); err != nil {
		return []Finding{fail("data folder "+cfg.Data+" cannot be used", "everything is kept there", "mkdir -m 0700 "+cfg.Data+" and give it to the user who runs dutydesk")}
	}
	out := []Finding{ok("data folder %s", cfg.Data)}
	if free := s.Bavail * uint64(s.Bsize) >> 20; free < 1024 {
		out = append(out, fail(fmt.Sprintf("%d MB free under %s", free, cfg.Data), "a full disk stops the intake", "free space or grow the volume: at least 1 GB"))
	} else {
		out = append(out, ok("%d MB free", free))
	}
	return append(out, syncSpeed(cfg.Data))
}

// syncSpeed measures how many writes a second reach the disk for certain.
func syncSpeed(dir string) Finding {
	path := filepath.Join(dir, "doctor.tmp")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fail("cannot write into "+dir, "everything is kept there", "give the folder to the user who runs dutydesk: chown -R dutydesk "+dir)
	}
	defer os.Remove(path)
	defer f.Close()
	n, began := 0, time.Now()
	for ; time.Since(began) < 300*time.Millisecond; n++ {
		if _, err := f.WriteAt([]byte("dutydesk"), 0); err != nil || f.Sync() != nil {
			return fail("writes under "+dir+" do not reach the disk", "nothing can be promised to be kept", "look at the disk: dmesg | tail")
		}
	}
	rate := float64(n) / time.Since(began).Seconds()
	if rate < 20 {
		return warn(fmt.Sprintf("the disk takes %.0f safe writes a second", rate), "a burst of reports would wait", "use a disk with power-loss protection")
	}
	return ok("the disk takes %.0f safe writes a second", rate)
}

// checkRedisFacts asks Redis about itself.
func checkRedisFacts(ctx context.Context, cfg *config.Config) []Finding {
	if cfg.EmbeddedRedis() {
		return []Finding{warn("redis is embedded in the worker", "reminders are lost at a restart and offered anew; good for a trial", "for real use install redis-server and set redis.url")}
	}
	r, err := Redis(cfg)
	if err != nil {
		return []Finding{fail("redis.url cannot be used", "reminders would come from the sweep only", err.Error())}
	}
	f, err := queue.Inspect(ctx, r)
	if err != nil {
		return []Finding{noRedis(err)}
	}
	if err := f.Refusal(); err != nil {
		return []Finding{fail("redis "+f.Version+", maxmemory-policy "+f.Policy+": "+err.Error(), "reminders may be lost without a word", "redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf; version 6.2 or newer")}
	}
	if f.Full() {
		return []Finding{fail(fmt.Sprintf("redis uses %d of %d MB", f.Used>>20, f.Limit>>20), "a full Redis takes no reminder; work goes on by the sweep, late", "raise maxmemory with redis-cli CONFIG SET maxmemory, and in redis.conf, or give the desk a Redis of its own")}
	}
	out := []Finding{ok("redis %s answers, noeviction, %d MB used", f.Version, f.Used>>20)}
	if !f.AOF {
		out = append(out, warn("redis keeps no append-only file", "a restart empties the queue, which is then offered anew", "appendonly yes in redis.conf"))
	}
	return out
}

// noRedis says why Redis does not answer, as far as it says itself.
func noRedis(err error) Finding {
	what, fix := "redis does not answer", "start redis-server and check redis.url and its password"
	switch text := err.Error(); {
	case strings.Contains(text, "NOAUTH"):
		what, fix = "redis wants a password and none is given", "put it into a file of mode 0600 and name that in password_file under [redis]"
	case strings.Contains(text, "WRONGPASS") || strings.Contains(text, "invalid password") || strings.Contains(text, "without any password"):
		what, fix = "redis refuses the password", "compare password_file under [redis] with requirepass in redis.conf"
	}
	return fail(what, "work goes on by the sweep, a few seconds late", fix)
}

// checkMailboxes logs in to every mailbox and looks at the folder's rights.
// Each has the whole time: one that is silent must not make the next look so.
func checkMailboxes(ctx context.Context, cfg *config.Config) []Finding {
	found := make([][]Finding, len(cfg.Mailboxes))
	var wg sync.WaitGroup
	for i := range cfg.Mailboxes {
		wg.Go(func() { found[i] = checkMailbox(ctx, cfg, &cfg.Mailboxes[i]) })
	}
	wg.Wait()
	return slices.Concat(found...)
}

func checkMailbox(ctx context.Context, cfg *config.Config, m *config.Mailbox) []Finding {
	w, err := Watcher(cfg, m)
	if err != nil {
		return []Finding{fail("mailbox "+m.Name+": "+err.Error(), "no mail would be taken in", "correct ca_file")}
	}
	return probe(ctx, w)
}

// checkSMTP logs in to the relay.
func checkSMTP(ctx context.Context, cfg *config.Config) []Finding {
	set, err := PostSettings(cfg)
	if err != nil {
		return []Finding{fail("smtp: "+err.Error(), "nobody would be told", "correct [smtp]")}
	}
	s, err := mailer.New(set)
	if err != nil {
		return []Finding{fail("smtp: "+err.Error(), "nobody would be told", "correct [smtp]")}
	}
	defer s.Close()
	p := s.Probe(ctx)
	if p.Err != nil {
		fix := map[string]string{"connect": "check smtp.address and the firewall", "hello": "check that smtp.address and smtp.tls fit each other, and that the server takes mail from this machine", "tls": "the certificate must be valid for the name in smtp.address; a council's own authority goes into smtp.ca_file", "auth": "check smtp.user and its password", "noop": "look at the mail server's log"}[p.Step]
		if p.Step == "auth" {
			fix = loginRemedy(p.Err, set.Mechanism != "", fix)
		}
		return []Finding{fail("the mail server at "+cfg.SMTP.Address+" failed at "+p.Step, "nobody would be told", fix)}
	}
	out := []Finding{ok("the mail server takes letters (%s)", cmp.Or(p.TLS, "without TLS"))}
	if !p.Expires.IsZero() && time.Until(p.Expires) < 30*24*time.Hour {
		out = append(out, warn("the mail server's certificate ends on "+p.Expires.Format("2 January 2006"), "after that no letter leaves", "have it renewed"))
	}
	return out
}

// checkRoster walks every organisation's ladder: it must not end with one person,
// and where the plain ladder rules everybody on it must be reachable. The rungs of
// a policy are looked at with it.
func checkRoster(_ context.Context, cfg *config.Config) (out []Finding) {
	roster, plain := Rules(cfg).Roster.On(time.Now()), cfg.SLA.Acknowledge > 0
	rungs := tellings(cfg, plain)
	if len(rungs) == 0 {
		return undecided(cfg)
	}
	for _, o := range Active(cfg) {
		people := map[string]bool{}
		for n, tell := range rungs {
			told := 0
			for _, role := range tell {
				for _, id := range policy.Holders(roster.Holders, o, role) {
					people[id], told = true, told+1
				}
			}
			if told == 0 && plain {
				out = append(out, fail(fmt.Sprintf("rung %d of %s has nobody on it", n, o), "silence would not climb there", "name somebody in [roles]"))
			}
		}
		if len(people) < 3 {
			out = append(out, warn(fmt.Sprintf("only %d people on the ladder of %s", len(people), o), "if they are away nobody hears", "name la_lead, senior_officer and managers in [roles]"))
		} else {
			out = append(out, ok("%d people on the ladder of %s", len(people), o))
		}
	}
	return append(out, undecided(cfg)...)
}

// tellings are the roles on each rung of the ladder that rules; none where the
// policy cannot be read, which its own check says.
func tellings(cfg *config.Config, plain bool) (all [][]sla.Role) {
	if plain {
		for _, r := range Rules(cfg).Policy.Ladder {
			all = append(all, r.Tell)
		}
		return all
	}
	if b, err := Book(cfg); err == nil {
		for _, r := range b.Policy.Ladder {
			all = append(all, r.Tell)
		}
	}
	return all
}

// undecided lists what the council has left open.
func undecided(cfg *config.Config) (out []Finding) {
	var missing []string
	for key, v := range map[string]string{"service_lead": cfg.Roles.ServiceLead, "senior_officer": cfg.Roles.SeniorOfficer, "executive": cfg.Roles.Executive} {
		if v == "" {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	if len(cfg.Roles.Managers) == 0 {
		out = append(out, warn("nobody is named for managers", "only the local authority lead hears of breaches and of trouble with the desk; production is refused", "set managers in [roles]"))
	}
	if cfg.Roles.Outside == "" {
		out = append(out, warn("nobody outside the service is named", "a concern that names everybody who could act goes to one of those it names", "set outside in [roles] to a person who holds no other role"))
	}
	if len(missing) > 0 {
		out = append(out, warn("nobody is named for "+strings.Join(missing, ", "), "the ladder is shorter than the policy's", "set them in [roles], or leave them if the council decided so"))
	}
	return out
}
