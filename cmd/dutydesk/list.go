package main

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

// lister is a command that prints rows of the ledger. Its help names what is in
// the JSON, as T does.
func lister[T any](use, short, heads string, args cobra.PositionalArgs, get func(context.Context, app.Reader, []string) (T, error), rows func(T) [][]string) *cobra.Command {
	return shower(use, short, args, get, func(w io.Writer, v T) error { return table(w, heads, rows(v)) })
}

// shower is such a command that prints for people in a way of its own.
func shower[T any](use, short string, args cobra.PositionalArgs, get func(context.Context, app.Reader, []string) (T, error), show func(io.Writer, T) error) *cobra.Command {
	var f flags
	c := &cobra.Command{Use: use, Short: short, Args: args, Long: short + ".\n" + prints[T]()}
	c.RunE = func(c *cobra.Command, args []string) error {
		r, _, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		v, err := get(c.Context(), r, args)
		if err != nil {
			return asked(args, err)
		}
		if f.json {
			return printJSON(c.OutOrStdout(), v)
		}
		return show(c.OutOrStdout(), v)
	}
	return f.add(c, true)
}

// asked names what the operator asked for in what went wrong with it. Whatever
// was typed, it stays on one line and is short.
func asked(args []string, err error) error {
	if len(args) == 0 {
		return err
	}
	return fmt.Errorf("%.60q: %w", args[0], err)
}

// prints is the line of a command's help that names what --json prints.
func prints[T any]() string { return "--json prints " + named(reflect.TypeFor[T]()) + "." }

// named are the JSON names of a type: [{a, b, c[{d}]}].
func named(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "[" + named(t.Elem()) + "]"
	case reflect.Struct:
		return "{" + strings.Join(namesOf(t), ", ") + "}"
	}
	return ""
}

// namesOf are the names of a struct's fields, each with the names within it. A
// type that writes itself, such as a time, has none.
func namesOf(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			names = append(names, namesOf(f.Type)...)
		}
		if name == "" || name == "-" {
			continue
		}
		if inner := named(f.Type); strings.Contains(inner, ",") {
			name += inner
		}
		names = append(names, name)
	}
	return names
}
