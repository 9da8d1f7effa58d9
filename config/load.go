package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Load reads the file at path, lets env (such as os.LookupEnv) override keys,
// fills in the defaults and checks everything. The error is Problems, with all
// that is wrong and not just the first.
//
// Every key can be overridden by DUTYDESK_SECTION__KEY, and in the tables of a
// list by DUTYDESK_MAILBOX__NAME__KEY (the table's name or id in capitals, "_"
// for "-"); the elements of a list are parted by commas. Passwords come from
// $CREDENTIALS_DIRECTORY, DUTYDESK_SMTP__PASSWORD and the like, or files.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	return load(path, env, nil)
}

// LoadIn is Load with a whole environment, as os.Environ gives it: a variable
// that looks like ours and is no key's is a problem too.
func LoadIn(path string, environ []string) (*Config, error) {
	vars, names := map[string]string{}, []string{}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		vars[name], names = value, append(names, name)
	}
	return load(path, func(name string) (string, bool) { v, ok := vars[name]; return v, ok }, names)
}

func load(path string, env func(string) (string, bool), names []string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, Problems{{File: path, What: errors.Unwrap(err).Error(),
			Fix: "name another with -c; \"dutydesk config describe\" prints an example"}}
	}
	if p := syntax(path, text); p != nil {
		return nil, p
	}
	c := &Config{}
	l := &loading{file: path, text: text, places: places{}, root: reflect.ValueOf(c).Elem()}
	l.read()
	l.override(env, names)
	l.complete(l.root, "", "")
	c.check(l)
	c.takePasswords(l)
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	return c, nil
}

// syntax refuses what is no TOML, and keys and tables that are given twice.
func syntax(path string, text []byte) error {
	var decode *toml.DecodeError
	var anything map[string]any
	err := toml.NewDecoder(bytes.NewReader(text)).Decode(&anything)
	if err == nil {
		return nil
	}
	p := Problem{File: path, What: strings.TrimPrefix(err.Error(), "toml: "),
		Fix: "a text stands in quotes, each key on its own line and only once, each [table] only once"}
	if errors.As(err, &decode) {
		p.Line, p.Column = decode.Position()
	}
	return Problems{p}
}

// loading is a configuration on its way from the file.
type loading struct {
	file     string
	text     []byte
	root     reflect.Value
	places   places
	problems Problems
}

// places says where each key stands, by its full path: "mailbox[0].tls".
type places map[string]place

// place is where a key was given: in the file, or in an environment variable.
type place struct {
	key, value   int // byte offsets
	table, given bool
	variable     string
}

// wrong notes a problem with the key at path, once: what follows from the first
// is not worth reading. It is placed at the value, or else at the nearest table
// around it.
func (l *loading) wrong(path, what, fix string) {
	for _, p := range l.problems {
		if p.Key == path {
			return
		}
	}
	p := Problem{File: l.file, Line: 1, Column: 1, Key: path, What: what, Fix: fix}
	for at := path; at != ""; at = parent(at) {
		if here, ok := l.places[at]; ok {
			l.locate(&p, here)
			break
		}
	}
	l.problems = append(l.problems, p)
}

// locate puts p where its value stands, or its key if it has no value.
func (l *loading) locate(p *Problem, here place) {
	if here.variable != "" {
		p.File, p.Line, p.Column = "$"+here.variable, 0, 0
		return
	}
	offset := here.value
	if here.table {
		offset = here.key
	}
	p.Line, p.Column = l.position(offset)
}

// position counts lines, and characters rather than bytes.
func (l *loading) position(offset int) (line, column int) {
	before := l.text[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, len(bytes.Runes(before[start:])) + 1
}

// ok reports whether nothing is wrong with the key at path so far.
func (l *loading) ok(path string) bool {
	for _, p := range l.problems {
		if p.Key == path {
			return false
		}
	}
	return true
}

func (l *loading) given(path string) bool { return l.places[path].given }

func quoted(words []string) string {
	var s string
	for i, w := range words {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%q", w)
	}
	return s
}
