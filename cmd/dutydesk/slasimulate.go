package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// maxRepeats is how many repeats of the last rung are worth reading.
const maxRepeats = 100

// simulateFlags are those of "sla simulate".
type simulateFlags struct {
	rules
	flags
	severity, received, organisation string
	repeats                          int
}

func simulateCommand() *cobra.Command {
	var f simulateFlags
	c := &cobra.Command{Use: "simulate", Short: "The whole story of a concern that nobody answers: who is told when", Args: cobra.NoArgs,
		Long: `The whole story of a concern that nobody ever answers, by the policy of --policy, of -c or the default: every rung of every
stage and what the desk does by itself, up to the executive and the first repeats. With -c the roles are those of a
configuration's roster, and a rung with nobody on it is told to the nearest that has somebody. Nothing is sent.

--json prints policy (its version), severity, received, received_words, in_hours, time_zone, holidays_until,
organisation, sure and story: at (UTC), at_words, stage, allowance, percent, repeat, breach, by_desk, as_percent (the
rung that is told, another one if nobody stands on this), told: role, people (id, name; empty without -c), note, why.

Exit codes: 0, 64 usage, 65 bank holidays cannot be read, 78 policy or configuration is wrong.`,
		Example: "  dutydesk sla simulate --severity S1 --received \"Fri 17:50 before a bank holiday\"\n  dutydesk sla simulate --policy policy.toml -c dutydesk.toml --received \"2026-12-24 17:50\"",
		RunE:    func(c *cobra.Command, _ []string) error { return f.run(c) }}
	f.rules.add(c)
	c.Flags().StringVarP(&f.config, "config", "c", "", "a configuration: its policy, and the people on the rungs")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	c.Flags().StringVar(&f.severity, "severity", "S2", "S1 (emergency), S2 (high), S3 (standard) or S4 (low)")
	c.Flags().StringVar(&f.received, "received", "", receivedUsage)
	c.Flags().StringVar(&f.organisation, "organisation", "", "whose lead and deputy, by id; without, the one that does triage")
	c.Flags().IntVar(&f.repeats, "repeats", 2, "how many repeats of the last rung are told of")
	return c
}

func (f *simulateFlags) run(c *cobra.Command) error {
	b, err := f.book(f.config)
	if err != nil {
		return err
	}
	if f.repeats < 0 || f.repeats > maxRepeats {
		return usageError{fmt.Errorf("--repeats: want 0 to %d", maxRepeats)}
	}
	severity, received, err := severityAndMoment(f.severity, f.received, b.Calendar, time.Now())
	if err != nil {
		return usageError{err}
	}
	cast, err := f.cast(received)
	if err != nil {
		return err
	}
	s := simulate(b, severity, received, f.repeats, cast)
	if f.json {
		return printJSON(c.OutOrStdout(), s)
	}
	return s.print(c.OutOrStdout(), b)
}

// cast are the people of one organisation's ladder as it stands when the concern
// is received; the zero cast has none and
// every role is taken to be held.
type cast struct {
	organisation string
	seats        policy.Seats
	name         func(id string) string
}

func (f *simulateFlags) cast(at time.Time) (cast, error) {
	if f.config == "" && f.organisation != "" {
		return cast{}, usageError{fmt.Errorf("--organisation needs a configuration: add -c")}
	}
	if f.config == "" {
		return cast{}, nil
	}
	cfg, err := f.load()
	if err != nil {
		return cast{}, err
	}
	ids := organisationIDs(cfg)
	if f.organisation != "" && !slices.Contains(ids, f.organisation) {
		return cast{}, usageError{fmt.Errorf("--organisation: %q is none of %s", f.organisation, strings.Join(ids, ", "))}
	}
	roster := app.Rules(cfg).Roster.On(at)
	return cast{roster.Org(f.organisation).ID, roster.Holders, roster.Name}, nil
}

func organisationIDs(cfg *config.Config) (ids []string) {
	for _, o := range cfg.Organisations {
		ids = append(ids, o.ID)
	}
	return ids
}

// held says who is there to be told; nil without a roster.
func (c cast) held() func(sla.Role) bool {
	if c.seats == nil {
		return nil
	}
	return func(role sla.Role) bool { return len(policy.Holders(c.seats, c.organisation, role)) > 0 }
}

// simulation is "sla simulate --json".
type simulation struct {
	Policy        string       `json:"policy"`
	Severity      sla.Severity `json:"severity"`
	Received      string       `json:"received"`
	ReceivedWords string       `json:"received_words"`
	InHours       bool         `json:"in_hours"`
	Zone          string       `json:"time_zone"`
	HolidaysUntil sla.Day      `json:"holidays_until"`
	Organisation  string       `json:"organisation"`
	Sure          bool         `json:"sure"`
	Story         []told       `json:"story"`
}

// told is one line of the story.
type told struct {
	At        string        `json:"at"`
	AtWords   string        `json:"at_words"`
	Stage     sla.Stage     `json:"stage"`
	Allowance sla.Allowance `json:"allowance"`
	Percent   int           `json:"percent"`
	Repeat    int           `json:"repeat"`
	Breach    bool          `json:"breach"`
	ByDesk    bool          `json:"by_desk"`
	AsPercent int           `json:"as_percent"`
	Told      []seat        `json:"told"`
	Note      string        `json:"note"`
	Why       string        `json:"why"`

	at time.Time
}

// seat is a role on a rung and who holds it.
type seat struct {
	Role   sla.Role     `json:"role"`
	People []seatHolder `json:"people"`
}

type seatHolder struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func simulate(b *policy.Book, severity sla.Severity, received time.Time, repeats int, who cast) simulation {
	cal := b.Calendar
	s := simulation{Policy: b.Version, Severity: severity, Received: received.UTC().Format(time.RFC3339), ReceivedWords: spoken(received, cal.Zone()),
		InHours: cal.IsOpen(received), Zone: cal.Zone().String(), HolidaysUntil: cal.Horizon(received), Organisation: who.organisation, Sure: true, Story: []told{}}
	for _, l := range b.Silence(severity, received, repeats, who.held()) {
		line := told{At: l.Ring.At.Format(time.RFC3339), AtWords: spoken(l.Ring.At, cal.Zone()), Stage: l.Clock.Stage, Allowance: l.Clock.Allowance,
			Percent: l.Ring.Percent, Repeat: l.Ring.Repeat, Breach: l.Ring.Breach, ByDesk: l.ByDesk, AsPercent: l.Ring.Percent, Note: l.Ring.Note, Why: l.Clock.Why, at: l.Ring.At}
		tell := l.Ring.Tell
		if stand, ok := l.Clock.Ring(l.Stands); ok && !l.ByDesk {
			tell, line.AsPercent = stand.Tell, stand.Percent
		}
		line.Told = who.on(tell)
		s.Sure = s.Sure && l.Clock.Known
		s.Story = append(s.Story, line)
	}
	return s
}

// on are the seats of some roles.
func (c cast) on(roles []sla.Role) []seat {
	seats := []seat{}
	for _, role := range roles {
		s := seat{Role: role, People: []seatHolder{}}
		if c.seats != nil {
			for _, id := range policy.Holders(c.seats, c.organisation, role) {
				s.People = append(s.People, seatHolder{id, c.name(id)})
			}
		}
		seats = append(seats, s)
	}
	return seats
}
