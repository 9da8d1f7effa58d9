package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// find looks key up in the table at path, and notes it if it is unknown.
func (l *loading) find(table reflect.Value, path string, key *unstable.Node) (reflect.Value, reflect.StructField, bool) {
	name := string(key.Data)
	v, f, ok := field(table, name)
	if !ok {
		at := join(path, name)
		l.places[at] = place{key: int(key.Raw.Offset), table: true}
		l.unknown(table.Type(), at, path, name)
	}
	return v, f, ok
}

// unknown says what the key was meant to be: the file of a secret, a key of the
// same table, or the same key of another table.
func (l *loading) unknown(table reflect.Type, at, path, name string) {
	known := keys(table)
	file := nearest(strings.TrimPrefix(name, "client_")+"_file", known)
	secret := strings.EqualFold(name, "password") || strings.EqualFold(name, "client_secret") || strings.EqualFold(name, "secret") || strings.EqualFold(name, "token") || strings.EqualFold(name, "pass")
	switch {
	case secret && file != "":
		l.wrong(at, "a secret does not belong in this file", fmt.Sprintf("put it into a file of mode 0600 and name that in %s, or see \"Secrets\" in dutydesk config describe", file))
	case meant(name, known) != "":
		l.wrong(at, "unknown key", meant(name, known))
	case elsewhere(name) != "":
		l.wrong(at, "unknown key", "it belongs in "+elsewhere(name))
	default:
		l.wrong(at, "unknown key", "known here are "+strings.Join(known, ", "))
	}
}

// elsewhere is the only table that has the key, as a header, or "".
func elsewhere(name string) (header string) {
	for f := range reflect.TypeFor[Config]().Fields() {
		t, open, end := f.Type, "[", "]"
		if isList(t) {
			t, open, end = t.Elem(), "[[", "]]"
		}
		if !isTable(t) {
			if keyOf(f) == name {
				return "the lines before the first table"
			}
			continue
		}
		for _, k := range keys(t) {
			if k == name && header != "" {
				return ""
			}
			if k == name {
				header = open + keyOf(f) + end
			}
		}
	}
	return header
}
