package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// ReadPolicy reads a policy file. What is wrong with it is wrong as in a
// configuration: the error is config.Problems then.
func ReadPolicy(path string) (*policy.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return parsePolicy(path, text)
}

func parsePolicy(name string, text []byte) (*policy.File, error) {
	f, err := policy.Read(name, text, config.Decode)
	var wrong policy.Problems
	if errors.As(err, &wrong) {
		return nil, PolicyProblems(wrong)
	}
	return f, err
}

// PolicyProblems are a policy's problems as those of a configuration.
func PolicyProblems(ps policy.Problems) config.Problems {
	out := make(config.Problems, len(ps))
	for i, p := range ps {
		out[i] = config.Problem(p)
	}
	return out
}

// Book is the policy of a configuration, with the bank holidays that it knows.
func Book(cfg *config.Config) (*policy.Book, error) {
	p, err := policy.Default()
	if err == nil && cfg.SLA.Policy != "" {
		var f *policy.File
		if f, err = ReadPolicy(cfg.SLA.Policy); err == nil {
			p = f.Policy
		}
	}
	if err != nil {
		return nil, err
	}
	days, err := holidays(cfg.SLA.Holidays)
	if err != nil {
		return nil, err
	}
	return policy.New(p, days)
}

// holidays are those of a file, or the program's own.
func holidays(path string) (sla.Holidays, error) {
	if path == "" {
		return sla.PublishedHolidays()
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read bank holidays: %w", err)
	}
	defer file.Close()
	days, err := sla.ReadHolidays(file)
	if err != nil {
		return nil, config.Problems{{File: path, Line: 1, Column: 1, Key: "sla.holidays", What: err.Error(), Fix: "save https://www.gov.uk/bank-holidays.json there"}}
	}
	return days, nil
}

// keepPolicy writes the policy in force into the ledger, for the cases that will
// begin under it.
func keepPolicy(ctx context.Context, l *ledger.Ledger, b *policy.Book, now time.Time) error {
	days, err := json.Marshal(b.Holidays)
	if err != nil {
		return fmt.Errorf("keep policy: %w", err)
	}
	return l.KeepPolicy(ctx, ledger.Policy{Version: b.Version, Text: b.Policy.String(), Holidays: string(days), Since: now})
}

// errPolicy reports a policy in the ledger that is not what it was.
var errPolicy = errors.New("is not the policy that its name says")

// reopenAll opens every policy that cases of a ledger run under.
func reopenAll(ctx context.Context, l *ledger.Ledger) (policy.Books, error) {
	kept, err := l.Policies(ctx)
	if err != nil {
		return nil, err
	}
	all := policy.Books{}
	for _, k := range kept {
		b, err := reopen(k)
		if err != nil {
			return nil, fmt.Errorf("policy %s of the ledger: %w", k.Version, err)
		}
		all[k.Version] = b
	}
	return all, nil
}

func reopen(k ledger.Policy) (*policy.Book, error) {
	f, err := parsePolicy("policy "+k.Version, []byte(k.Text))
	if err != nil {
		return nil, err
	}
	var days sla.Holidays
	if err := json.NewDecoder(strings.NewReader(k.Holidays)).Decode(&days); err != nil {
		return nil, err
	}
	b, err := policy.New(f.Policy, days)
	if err == nil && b.Version != k.Version {
		err = errPolicy
	}
	return b, err
}

// LedgerRules are the rules of a configuration with every policy that cases of
// the ledger run under.
func LedgerRules(ctx context.Context, cfg *config.Config, l *ledger.Ledger) (casefile.Rules, error) {
	r := Rules(cfg)
	var err error
	r.Books, err = reopenAll(ctx, l)
	return r, err
}

// replanAgain is how soon a changed policy is put in force again after an error.
const replanAgain = 10 * time.Second

// replan puts a policy that has changed in force for the cases that are open,
// while the desk works. A ledger that does not answer is tried again.
func (a *App) replan(ctx context.Context) error {
	for {
		err := a.Office.Replan(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		a.log.Warn("the changed policy is not in force for every case yet", "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(replanAgain):
		}
	}
}
