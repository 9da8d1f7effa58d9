package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// rules are the flags that say by which policy and holidays a command counts.
type rules struct {
	policy, holidays string
	closed           []string
}

func (r *rules) add(c *cobra.Command) {
	c.Flags().StringVar(&r.policy, "policy", "", `a policy file; without, the default ("policy show" prints it)`)
	r.addHolidays(c)
}

func (r *rules) addHolidays(c *cobra.Command) {
	c.Flags().StringVar(&r.holidays, "holidays", "", "a newer https://www.gov.uk/bank-holidays.json")
	c.Flags().StringSliceVar(&r.closed, "closed", nil, "further dates on which the service is closed, such as 2026-12-29")
}

// book is the policy and the calendar that the flags ask for.
func (r *rules) book() (*policy.Book, error) {
	p, err := policy.Default()
	if err != nil {
		return nil, err
	}
	if r.policy != "" {
		f, err := readPolicy(r.policy)
		if err != nil {
			return nil, err
		}
		p = f.Policy
	}
	return r.open(p)
}

// open makes the book of a policy with the holidays that the flags ask for.
func (r *rules) open(p policy.Policy) (*policy.Book, error) {
	var closed []sla.Day
	for _, s := range r.closed {
		day, err := sla.ParseDay(strings.TrimSpace(s))
		if err != nil {
			return nil, usageError{fmt.Errorf("--closed: %w", err)}
		}
		closed = append(closed, day)
	}
	holidays, err := r.bankHolidays()
	if err != nil {
		return nil, err
	}
	return policy.New(p, holidays, closed...)
}

func (r *rules) bankHolidays() (sla.Holidays, error) {
	if r.holidays == "" {
		return sla.PublishedHolidays()
	}
	file, err := os.Open(r.holidays)
	if err != nil {
		return nil, usageError{err}
	}
	defer file.Close()
	days, err := sla.ReadHolidays(file)
	if err != nil {
		return nil, dataError{fmt.Errorf("%s: %w", r.holidays, err)}
	}
	return days, nil
}

// readPolicy reads a policy file; what is wrong with it is wrong as in a
// configuration.
func readPolicy(path string) (*policy.File, error) {
	f, err := app.ReadPolicy(path)
	var gone *fs.PathError
	if errors.As(err, &gone) {
		return nil, usageError{err}
	}
	return f, err
}
