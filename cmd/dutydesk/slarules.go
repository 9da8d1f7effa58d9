package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// rules are the flags that say by which policy and holidays a command counts.
type rules struct {
	policy, holidays string
	closed           []string
}

func (r *rules) add(c *cobra.Command) {
	c.Flags().StringVar(&r.policy, "policy", "", `a policy file; without, that of -c, or the default ("policy show" prints it)`)
	r.addHolidays(c)
}

func (r *rules) addHolidays(c *cobra.Command) {
	c.Flags().StringVar(&r.holidays, "holidays", "", "a newer https://www.gov.uk/bank-holidays.json")
	c.Flags().StringSliceVar(&r.closed, "closed", nil, "further dates on which the service is closed, such as 2026-12-29")
}

// book is the policy and the calendar that the flags ask for; what they leave out
// is that of a configuration, "" for none, or else the default.
func (r *rules) book(config string) (*policy.Book, error) {
	cfg, err := r.base(config)
	if err != nil {
		return nil, err
	}
	cfg.SLA.Policy, cfg.SLA.Holidays = cmp.Or(r.policy, cfg.SLA.Policy), cmp.Or(r.holidays, cfg.SLA.Holidays)
	b, err := app.Book(cfg)
	if err != nil {
		return nil, given(err)
	}
	var closed []sla.Day
	for _, s := range r.closed {
		day, err := sla.ParseDay(strings.TrimSpace(s))
		if err != nil {
			return nil, usageError{fmt.Errorf("--closed: %w", err)}
		}
		closed = append(closed, day)
	}
	if closed == nil {
		return b, nil
	}
	return policy.New(b.Policy, b.Holidays, closed...)
}

func (r *rules) base(path string) (*config.Config, error) {
	if path == "" {
		return &config.Config{}, nil
	}
	f := flags{config: path}
	return f.load()
}

// given says of an error whether a file that was named is missing, or holds no
// bank holidays.
func given(err error) error {
	var gone *fs.PathError
	var wrong config.Problems
	switch {
	case errors.As(err, &gone):
		return usageError{err}
	case errors.As(err, &wrong) && len(wrong) == 1 && wrong[0].Key == "sla.holidays":
		return dataError{fmt.Errorf("%s: %s", wrong[0].File, wrong[0].What)}
	}
	return err
}

// readPolicy reads a policy file; what is wrong with it is wrong as in a
// configuration.
func readPolicy(path string) (*policy.File, error) {
	f, err := app.ReadPolicy(path)
	return f, given(err)
}
