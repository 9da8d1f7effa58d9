package main

import (
	"context"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

func readsCommand() *cobra.Command {
	return lister("reads REF", "Who looked at a case on the command line, for whom and why", "AT READER COMMAND FOR WHY", cobra.ExactArgs(1),
		func(ctx context.Context, r app.Reader, args []string) ([]app.Read, error) {
			return r.Reads(ctx, strings.ToUpper(args[0]))
		},
		func(rs []app.Read) (rows [][]string) {
			for _, x := range rs {
				rows = append(rows, []string{stamp(&x.At), x.Reader, x.What, x.Person, x.Why})
			}
			return rows
		})
}

// login is the login name of whoever runs the command, also through sudo; their
// number if they have none.
func login() string {
	if name := os.Getenv("SUDO_USER"); name != "" && os.Getuid() == 0 {
		return name
	}
	u, err := user.Current()
	if err != nil {
		return strconv.Itoa(os.Getuid())
	}
	return u.Username
}
