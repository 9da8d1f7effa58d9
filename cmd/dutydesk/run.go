package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/workflow/ledger"
)

// flags are shared by commands that work on a configured desk.
type flags struct {
	config string
	json   bool
}

func (f *flags) add(c *cobra.Command, json bool) *cobra.Command {
	c.Flags().StringVarP(&f.config, "config", "c", "", "the configuration file (default "+strings.Join(usualConfigs, ", or else ")+")")
	if json {
		c.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	}
	return c
}

// usualConfigs are where the configuration is looked for without -c.
var usualConfigs = []string{"dutydesk.toml", "/etc/dutydesk/dutydesk.toml"}

// load reads the configuration that -c names, or else the first of the usual
// ones that is there.
func (f *flags) load() (*config.Config, error) {
	for _, path := range usualConfigs {
		if _, err := os.Stat(path); f.config == "" && !errors.Is(err, fs.ErrNotExist) {
			f.config = path
		}
	}
	if f.config == "" {
		return nil, config.Problems{{File: strings.Join(usualConfigs, " and "), What: "there is no such file",
			Fix: "name the configuration with -c; \"dutydesk config describe\" prints an example"}}
	}
	return config.LoadIn(f.config, os.Environ())
}

// reader opens the ledger for looking only.
func (f *flags) reader(c *cobra.Command) (app.Reader, *config.Config, error) {
	cfg, err := f.load()
	if err != nil {
		return app.Reader{}, nil, err
	}
	if err := app.Lost(c.Context(), cfg); err != nil {
		return app.Reader{}, nil, err
	}
	l, err := ledger.OpenReading(c.Context(), cfg.LedgerTarget())
	if err != nil {
		return app.Reader{}, nil, err
	}
	if err := l.Schema(c.Context()); errors.Is(err, ledger.ErrNone) || errors.Is(err, ledger.ErrOlder) {
		return app.Reader{}, nil, errors.Join(err, l.Close())
	}
	rules, err := app.LedgerRules(c.Context(), cfg, l)
	if err != nil {
		return app.Reader{}, nil, errors.Join(err, l.Close())
	}
	return app.Reader{Ledger: l, Rules: rules, Asking: app.Asking{Target: cfg.LedgerTarget(), Reader: login()}}, cfg, nil
}

func runCommand() *cobra.Command {
	var f flags
	var newKey bool
	c := &cobra.Command{Use: "run", Short: "Run the worker", Args: cobra.NoArgs,
		Long: "Run the worker until it is told to stop (SIGINT or SIGTERM).\nExit codes: 0 stopped, 65 the ledger or the evidence is damaged or gone,\n69 a dependency is missing, 70 a bug, 75 start me again, 78 the configuration or the desk key is wrong."}
	c.RunE = func(c *cobra.Command, _ []string) error {
		syscall.Umask(0o077) // nothing the worker makes is for others
		cfg, err := f.load()
		if err != nil {
			return err
		}
		debug.SetMemoryLimit(256 << 20)
		if newKey {
			if err := app.TakeKey(c.Context(), cfg); err != nil {
				return err
			}
		}
		log := logger(cfg, c.ErrOrStderr())
		if orgs := app.Unled(cfg, time.Now()); len(orgs) > 0 { // who stands above them must still be told
			log.Error("nobody is there as lead or deputy", "organisations", orgs)
		}
		a, err := app.New(c.Context(), cfg, app.RealClock(), log)
		if err != nil {
			return err
		}
		err = a.Run(c.Context())
		if closing := a.Close(); err == nil {
			err = closing
		}
		return err
	}
	c.Flags().BoolVar(&newKey, "new-key", false, "when the desk key is lost: take the one in the file, or a new one; older letters can then be answered no more")
	return f.add(c, false)
}

// logger writes lines as configured. Only fixed words, ids, sizes and states
// are ever given to it, and one complaint of a kind in ten seconds comes out.
func logger(cfg *config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(cfg.Log.Level)) != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(app.Hush(slog.NewJSONHandler(w, opts)))
	}
	return slog.New(app.Hush(slog.NewTextHandler(w, opts)))
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		version, goVersion := "unknown", ""
		if info, ok := debug.ReadBuildInfo(); ok {
			version, goVersion = info.Main.Version, info.GoVersion
		}
		_, err := fmt.Fprintf(c.OutOrStdout(), "dutydesk %s %s\n", version, goVersion)
		return err
	}}
}

func configCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "config", Short: "Check, describe or show the configuration"}
	check := &cobra.Command{Use: "check", Short: "Check the configuration and say everything that is wrong with it", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := f.load()
			if err == nil {
				err = app.Led(cfg, f.config, time.Now())
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "ok: "+f.config)
			return err
		}}
	describe := &cobra.Command{Use: "describe", Short: "Print an example with every key and its meaning", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return config.Describe(c.OutOrStdout()) }}
	show := &cobra.Command{Use: "show", Short: "Print the configuration in force; secrets do not print", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := f.load()
			if err != nil {
				return err
			}
			if !f.json {
				return cfg.Show(c.OutOrStdout())
			}
			keys, err := cfg.Keys()
			if err != nil {
				return err
			}
			return printJSON(c.OutOrStdout(), keys)
		}}
	show.Long = show.Short + ".\n--json prints one object with the names of the file: " + strings.Join(config.Names(), ", ") + "."
	c.AddCommand(f.add(check, false), describe, f.add(show, true))
	return c
}
