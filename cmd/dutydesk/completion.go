package main

import (
	"io"

	"github.com/spf13/cobra"
)

// completionCommand is cobra's, but for an unknown shell, which is a usage error.
func completionCommand() *cobra.Command {
	c := &cobra.Command{Use: "completion", Short: "Print completions for a shell"}
	for shell, print := range map[string]func(*cobra.Command, io.Writer) error{
		"bash":       func(r *cobra.Command, w io.Writer) error { return r.GenBashCompletionV2(w, true) },
		"zsh":        (*cobra.Command).GenZshCompletion,
		"fish":       func(r *cobra.Command, w io.Writer) error { return r.GenFishCompletion(w, true) },
		"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
	} {
		c.AddCommand(&cobra.Command{Use: shell, Short: "Print completions for " + shell, Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error { return print(c.Root(), c.OutOrStdout()) }})
	}
	return c
}
