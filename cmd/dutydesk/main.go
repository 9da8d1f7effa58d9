// Command dutydesk is the duty desk of a council's Skills and Employment
// service: it takes in safeguarding and cyber-bullying concerns, keeps them,
// tells the right person at once and never forgets one.
//
// It knows commands, flags and exit codes, and nothing of the domain.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	err := app.Guarded(func() error { return root().ExecuteContext(ctx) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "dutydesk:", visible(err.Error()))
		os.Exit(exitCode(err))
	}
}

// root is the whole command line.
func root() *cobra.Command {
	c := &cobra.Command{
		Use:           "dutydesk",
		Short:         "Takes in safeguarding concerns, keeps them, tells the right person, never forgets one",
		SilenceErrors: true, SilenceUsage: true,
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see %q)", err, c.CommandPath()+" --help")}
	})
	c.AddCommand(runCommand(), demoCommand(), doctorCommand(), configCommand(), mailCommand(), replyCommand(), caseCommand(), arrivalsCommand(),
		lettersCommand(), evidenceCommand(), queueCommand(), rosterCommand(), slaCommand(), policyCommand(), lawCommand(), guidanceCommand(), versionCommand())
	c.AddCommand(completionCommand())
	c.SetHelpCommand(helpCommand())
	strict(c)
	return c
}

// helpCommand is cobra's, but for an unknown word, which is a usage error.
func helpCommand() *cobra.Command {
	return &cobra.Command{Use: "help [COMMAND]", Short: "Help about any command", RunE: func(c *cobra.Command, args []string) error {
		about, rest, err := c.Root().Find(args)
		if err != nil || len(rest) > 0 {
			return usageError{fmt.Errorf("no help for %q: there is no such command (see \"dutydesk --help\")", strings.Join(args, " "))}
		}
		about.InitDefaultHelpFlag()
		return about.Help()
	}}
}

// strict makes a missing or unknown word of every command a usage error.
func strict(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{fmt.Errorf("%w (see %q)", err, c.CommandPath()+" --help")}
			}
			return nil
		}
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q (see %q)", args[0], c.CommandPath()+" --help")}
			}
			return c.Help()
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}
