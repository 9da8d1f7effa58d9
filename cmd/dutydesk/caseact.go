package main

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/reply"
)

// operator is whose hand it is in the chronology.
const operator = "operator"

const actHelp = `Carry out one command on a case on behalf of a person who may, such as a lead who rings because their mail is down.
It may run beside the worker. The chronology says that it was the operator's hand and why, the person is told by letter,
and what needs two people is never done by this hand alone.

`

const actExits = `

Exit codes: 0 done, 64 the command is not understood or lacks a reason, 65 refused (the state does not allow it, it needs
a second person, the person may not act on the case) or there is no such case, 69 the ledger is away, 78 the configuration.
Nothing is written unless it is 0.`

func actCommand() *cobra.Command {
	var f flags
	var as, because string
	c := &cobra.Command{Use: `act REF "COMMAND"`, Short: "Carry out a command on behalf of a person", Args: cobra.ExactArgs(2),
		Long: actHelp + vocabulary() + "\n\n--json prints " + named(reflect.TypeFor[app.Act]()) + "." + actExits,
		Example: `  dutydesk case act SG-7K3F9 "GRADE S2 because she is 17" --as lead --on-behalf-because "rang; mail is down"
  dutydesk case act SG-7K3F9 "PARTY responsible: alias @sammy, learner" --as lead --on-behalf-because "rang"`}
	c.RunE = func(c *cobra.Command, args []string) error {
		w, near, ok := reply.Act(args[1])
		switch {
		case strings.TrimSpace(as) == "" || strings.TrimSpace(because) == "":
			return usageError{errors.New("--as PERSON and --on-behalf-because REASON are both needed")}
		case !ok && near != "":
			return usageError{fmt.Errorf("%.60q begins with no command; did you mean %s?", args[1], near)}
		case !ok:
			return usageError{fmt.Errorf("%.60q begins with no command (see %q)", args[1], c.CommandPath()+" --help")}
		}
		in := workflow.Instruction{Ref: casefile.Ref(strings.ToUpper(args[0])), Person: as, Word: w, Because: because, Hand: operator}
		done, err := act(c, &f, in)
		switch {
		case err != nil:
			return refusal(err)
		case f.json:
			return printJSON(c.OutOrStdout(), app.ActRecord(done))
		}
		return printAct(c.OutOrStdout(), app.ActRecord(done))
	}
	c.Flags().StringVar(&as, "as", "", "the person, by id, on whose behalf it is done")
	c.Flags().StringVar(&because, "on-behalf-because", "", "why they do not say it themselves")
	return f.add(c, true)
}

// act opens the office of a desk that has begun, for one instruction.
func act(c *cobra.Command, f *flags, in workflow.Instruction) (done workflow.Acted, err error) {
	r, cfg, err := f.reader(c) // which finds a ledger that is missing, older or newer
	if err != nil {
		return done, err
	}
	if err := r.Ledger.Close(); err != nil {
		return done, err
	}
	if _, known := r.Rules.Roster.People[in.Person]; !known {
		return done, usageError{fmt.Errorf("%.60q is nobody's id (see \"dutydesk roster\")", in.Person)}
	}
	office, end, err := app.Acting(c.Context(), cfg)
	if err != nil {
		return done, err
	}
	done, err = office.Act(c.Context(), in)
	return done, errors.Join(err, end())
}

// refusal gives an act that was refused its exit code.
func refusal(err error) error {
	for _, cause := range []error{casefile.ErrUnclear, casefile.ErrNoReason} {
		if errors.Is(err, cause) {
			return usageError{err}
		}
	}
	for _, cause := range []error{casefile.ErrNotAllowed, casefile.ErrSamePerson, workflow.ErrNotEntitled} {
		if errors.Is(err, cause) {
			return dataError{err}
		}
	}
	return err
}

func printAct(w io.Writer, x app.Act) error {
	fmt.Fprintf(w, "%s is %s, %s\n", x.Case, x.State, x.Severity)
	for _, e := range x.Events {
		fmt.Fprintf(w, "%s %s %s: %s\n", stamp(&e.At), e.By, e.Verb, oneLine(e.Text))
	}
	if len(x.Owed) > 0 {
		fmt.Fprintln(w, "owed:", strings.Join(x.Owed, ", "))
	}
	for _, s := range x.Elsewhere {
		fmt.Fprintf(w, "%s has the same %s; the two arrived %d days apart%s\n", s.Case, oneLine(strings.Join(s.Traces, ", ")), s.Days, repeats(s))
	}
	return nil
}

// repeats says what a case with the same person may mean, which is for people to
// say.
func repeats(s app.Shared) (text string) {
	if s.Within > 0 {
		text = fmt.Sprintf(", within %d: say FLAG REPEAT if it is the same person", s.Within)
	}
	if s.Course {
		text += "; two or more incidents are possibly a course of conduct"
	}
	return text
}

// grammar is how each verb is said.
var grammar = map[casefile.Verb]string{
	casefile.Acknowledge: "ACK", casefile.Note: "NOTE text", casefile.Grade: "GRADE S1-S4 [because …]", casefile.Done: "DONE stage or obligation [reference]",
	casefile.Rest: "HOLD until 4 December because …", casefile.Resume: "RESUME", casefile.Form: "FORM codes", casefile.Channel: "CHANNEL codes[: platform]",
	casefile.Age: "AGE band", casefile.Needs: "NEEDS answer (care and support)", casefile.Danger: "DANGER answer (is anybody in danger now)",
	casefile.Flag: "FLAG codes", casefile.Unflag: "UNFLAG codes because …", casefile.Party: "PARTY role: name, type, address, number, handle or link; or PARTY 2: more of the second",
	casefile.Owe: "OWE obligations", casefile.NotNeeded: "NOT-NEEDED obligations because …", casefile.Block: "BLOCKED obligation on whom",
	casefile.Triage: "TRIAGE because … (after FORM, AGE and DANGER)", casefile.Plan: "PLAN who does what by when", casefile.Refer: "REFER agency [reference]",
	casefile.Heard: "HEARD agency: their answer", casefile.Monitor: "MONITOR next review on 4 December",
	casefile.Close: "CLOSE outcomes. Told: … Learning: … because …; then by a second person CLOSE agreed", casefile.Veto: "VETO because …", casefile.Reopen: "REOPEN because …",
	casefile.NotSafeguarding: "NOT-SAFEGUARDING because … (by two)", casefile.Retain: "RETENTION because …", casefile.Dispose: "DISPOSE because … (by two; removes nothing)",
}

// vocabulary is the grammar with the codes that each verb takes.
func vocabulary() string {
	var b strings.Builder
	b.WriteString("Commands:")
	for _, v := range casefile.Acts() {
		b.WriteString("\n  " + grammar[v])
		if codes := casefile.Codes(v); len(codes) > 0 {
			b.WriteString("\n      " + strings.Join(codes, " "))
		}
	}
	return b.String()
}
