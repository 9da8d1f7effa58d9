package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/intake/message"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/reply"
)

const replyReadHelp = `What a reply to a letter says: the commands on its first lines, the words of its sender, their signature, and what it quotes. Nobody is
asked whether the sender may say so, and nothing is done. The worker carries out ACK, NOTE, CLOSE, GRADE, DONE, HOLD,
RESUME, CONFLICT, UNCONFLICT and HELP, spelt so; it keeps the rest as a note.

verb and argument are the first command's. wants names what a command needs and does not say; written is a misspelt word that was forgiven.
A grave word is never guessed: unknown is the line, nearest the word it comes near. note is what is left of text without its commands,
or all of it if some is hidden in a mail program.
machine is true of what no person wrote, which gives no command. why says why there is no command.
Exit code 65 if a file cannot be opened; the others are read all the same.
One line of JSON per file: `

func replyCommand() *cobra.Command {
	c := &cobra.Command{Use: "reply", Short: "Look at replies to letters as the desk does"}
	var asJSON bool
	read := &cobra.Command{Use: "read FILE…|-", Short: "What a reply says, apart from what it quotes", Args: cobra.MinimumNArgs(1), Long: replyReadHelp + prints[readReply](),
		RunE: func(c *cobra.Command, files []string) error {
			return eachMail(c, files, func(file string, m message.Message) error { return replyOf(file, m).print(c.OutOrStdout(), asJSON) })
		}}
	read.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON per file")
	c.AddCommand(read)
	return c
}

// readReply is a reply as --json prints it.
type readReply struct {
	File      string          `json:"file"`
	Verb      casefile.Verb   `json:"verb"`
	Argument  string          `json:"argument"`
	Commands  []reply.Command `json:"commands"`
	Text      string          `json:"text"`
	Note      string          `json:"note"`
	Signature string          `json:"signature"`
	Quoted    string          `json:"quoted"`
	Unknown   string          `json:"unknown"`
	Nearest   casefile.Verb   `json:"nearest"`
	Machine   bool            `json:"machine"`
	Why       string          `json:"why"`
}

// replyOf reads a mail as a reply. Only what its reader surely sees can be a
// command, and nothing that a machine wrote.
func replyOf(file string, m message.Message) readReply {
	all, seen := reply.Read(m.Text), reply.Read(m.Seen())
	r := readReply{File: file, Commands: []reply.Command{}, Text: all.Text, Note: all.Text, Signature: all.Signature, Quoted: all.Quoted, Machine: m.Machine.Class != message.Person}
	if r.Machine {
		r.Why = fmt.Sprintf("written by a machine: %s %s", m.Machine.Class, m.Machine.Why)
		return r
	}
	r.Unknown, r.Nearest = seen.Unknown, seen.Nearest
	if m.Seen() == m.Text {
		r.Note = seen.Note
	}
	switch {
	case len(seen.Commands) > 0:
		r.Commands, r.Verb, r.Argument = seen.Commands, seen.Commands[0].Verb, seen.Commands[0].Argument
	case seen.Unknown != "":
		r.Why = fmt.Sprintf("no word, the nearest is %s", seen.Nearest)
	case seen.Text == "":
		r.Why = "nothing is said beside what is quoted"
	default:
		r.Why = "the first line is no command"
	}
	return r
}

func (r readReply) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(r)
	}
	say := func(what, format string, args ...any) {
		fmt.Fprintf(w, "%-9s%s\n", what, oneLine(fmt.Sprintf(format, args...)))
	}
	say("file", "%s", r.File)
	for _, c := range r.Commands {
		say("command", "%s %s", c.Verb, c.Argument)
		if len(c.Wants) > 0 {
			say("wants", "%s", strings.Join(c.Wants, ", "))
		}
	}
	if r.Why != "" {
		say("why", "%s", r.Why)
	}
	say("quoted", "%d bytes", len(r.Quoted))
	_, err := fmt.Fprintf(w, "\n%s\n", visible(r.Text))
	return err
}
