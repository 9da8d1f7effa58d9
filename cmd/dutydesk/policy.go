package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
)

// policyCommand is "policy check" and "policy show".
func policyCommand() *cobra.Command {
	c := &cobra.Command{Use: "policy", Short: "Check a policy file, or print one"}
	c.AddCommand(policyCheckCommand(), policyShowCommand())
	return c
}

// policyFlags are those of both.
type policyFlags struct {
	rules
	flags
}

func policyCheckCommand() *cobra.Command {
	var f policyFlags
	c := &cobra.Command{Use: "check FILE", Short: "Say everything that is wrong or doubtful in a policy file", Args: cobra.ExactArgs(1),
		Long: `Say everything that is wrong with a policy file, each with file:line:column and what is right: unknown words, gaps,
rungs with nobody on them or never reached, hours that overlap, repeats that never end in silence. What runs but
should be looked at is a warning. With -c every rung is held against the roster of a configuration.

--json prints file, version ("" if it is wrong) and findings: grade (warn or FAIL), file, line, column, key, what, fix.

Exit codes: 0 in order or only warnings, 64 usage, 65 bank holidays cannot be read, 78 wrong.`,
		RunE: func(c *cobra.Command, args []string) error { return f.check(c, args[0]) }}
	f.addHolidays(c)
	c.Flags().StringVarP(&f.config, "config", "c", "", "a configuration, whose roster the rungs are held against")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	return c
}

// policyChecked is "policy check --json".
type policyChecked struct {
	File     string          `json:"file"`
	Version  string          `json:"version"`
	Findings []policyFinding `json:"findings"`
}

type policyFinding struct {
	Grade  app.Grade `json:"grade"`
	File   string    `json:"file"`
	Line   int       `json:"line"`
	Column int       `json:"column"`
	Key    string    `json:"key"`
	What   string    `json:"what"`
	Fix    string    `json:"fix"`
}

func (f *policyFlags) check(c *cobra.Command, path string) error {
	version, wrong, doubtful, err := f.findings(path, time.Now())
	if err != nil {
		return err
	}
	if f.json {
		out := policyChecked{File: path, Version: version, Findings: []policyFinding{}}
		out.add(app.Fail, wrong)
		out.add(app.Warn, doubtful)
		err = printJSON(c.OutOrStdout(), out)
	} else {
		err = printPolicyCheck(c.OutOrStdout(), path, version, doubtful)
	}
	if err == nil && len(wrong) > 0 {
		return wrong
	}
	return err
}

func (out *policyChecked) add(grade app.Grade, ps config.Problems) {
	for _, p := range ps {
		out.Findings = append(out.Findings, policyFinding{grade, p.File, p.Line, p.Column, p.Key, p.What, p.Fix})
	}
}

func printPolicyCheck(w io.Writer, path, version string, doubtful config.Problems) error {
	for _, p := range doubtful {
		fmt.Fprintf(w, "warn  %s\n", p)
	}
	if version == "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "ok: %s, version %s\n", path, version)
	return err
}

// findings are what is wrong and what is doubtful; version is "" if anything is
// wrong. The error is for what keeps the file from being looked at.
func (f *policyFlags) findings(path string, now time.Time) (version string, wrong, doubtful config.Problems, err error) {
	f.policy = path
	file, err := readPolicy(path)
	if errors.As(err, &wrong) {
		return "", wrong, nil, nil
	}
	if err != nil {
		return "", nil, nil, err
	}
	b, err := f.book(f.config)
	if err != nil {
		return "", nil, nil, err
	}
	doubtful = app.PolicyProblems(file.Doubts(b, now))
	if f.config != "" {
		cfg, err := f.load()
		if err != nil {
			return "", nil, nil, err
		}
		empty, unheld := file.Staffed(app.Active(cfg), app.Rules(cfg).Roster.On(now).Holders)
		wrong, doubtful = app.PolicyProblems(empty), append(doubtful, app.PolicyProblems(unheld)...)
	}
	if len(wrong) == 0 {
		version = b.Version
	}
	return version, wrong, doubtful, nil
}
