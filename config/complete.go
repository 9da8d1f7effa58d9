package config

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// override takes values from the environment, and notes each variable of names
// that looks like ours and is no key's.
func (l *loading) override(env func(string) (string, bool), names []string) {
	dir, _ := env("CREDENTIALS_DIRECTORY")
	var known []string
	l.overrideTable(l.root, "", ours, func(name string) (string, bool) {
		known = append(known, name)
		return env(name)
	}, dir)
	for _, name := range names {
		if strings.HasPrefix(name, ours) && !slices.Contains(known, name) && !slices.Contains(otherUses, name) {
			fix := cmp.Or(meant(name, known), "\"dutydesk config describe\" lists the keys; a table of which there may be several is called by its name or id.")
			l.problems = append(l.problems, Problem{File: "$" + name, What: "unknown variable", Fix: fix + " If it is not ours, unset it"})
		}
	}
}

// ours is how every variable of ours begins.
const ours = "DUTYDESK_"

// otherUses are variables of ours that configure no desk: the tests'.
var otherUses = []string{"DUTYDESK_CORPUS", "DUTYDESK_SHARED", "DUTYDESK_SWEEP"}

func (l *loading) overrideTable(table reflect.Value, path, prefix string, env func(string) (string, bool), credentials string) {
	for i := range table.NumField() {
		f, v := table.Type().Field(i), table.Field(i)
		name, at := prefix+variable(keyOf(f)), join(path, keyOf(f))
		switch {
		case keyOf(f) == "":
		case isTable(f.Type):
			l.overrideTable(v, at, name+"__", env, credentials)
		case isList(f.Type):
			for j := range v.Len() {
				element := v.Index(j)
				l.overrideTable(element, fmt.Sprintf("%s[%d]", at, j), name+"__"+variable(called(element))+"__", env, credentials)
			}
		default:
			if text, ok := env(name); ok {
				l.overrideValue(v, at, name, text)
			}
		}
	}
	if s, ok := table.Addr().Interface().(interface{ own() *login }); ok {
		l.overrideSecret(s.own(), prefix+"PASSWORD", env, credentials)
	}
}

// overrideValue puts text into v; a list is parted by commas.
func (l *loading) overrideValue(v reflect.Value, path, name, text string) {
	l.places[path] = place{given: true, variable: name}
	if v.Kind() != reflect.Slice {
		l.scalar(v, path, text)
		return
	}
	var list []string
	for i, item := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		list = append(list, strings.TrimSpace(item))
		l.places[fmt.Sprintf("%s[%d]", path, i)] = place{given: true, variable: name}
	}
	v.Set(reflect.ValueOf(list))
}

func (l *loading) overrideSecret(own *login, name string, env func(string) (string, bool), credentials string) {
	own.credentials = credentials
	if text, ok := env(name); ok {
		own.variable, own.given = name, NewSecret(text)
	}
}

// takePasswords moves passwords out of the URLs, so that whatever prints a
// configuration does not print them. A URL in the file was refused for it.
func (c *Config) takePasswords(l *loading) {
	c.Ledger.URL = c.Ledger.login.take(c.Ledger.URL, l.places["ledger.url"].variable)
	c.Redis.URL = c.Redis.login.take(c.Redis.URL, l.places["redis.url"].variable)
}

// take returns text without its password, which becomes the given one unless
// there is one.
func (l *login) take(text, variable string) string {
	begin, at := userinfo(text)
	user, password, has := strings.Cut(text[begin:at], ":")
	if !has {
		return text
	}
	if plain, err := url.PathUnescape(password); err == nil && l.given.Reveal() == "" {
		l.variable, l.given = variable, NewSecret(plain)
	}
	return text[:begin] + user + text[at:]
}

// userinfo is where user:password stands in a URL, of which Redis allows forms
// that net/url does not.
func userinfo(text string) (begin, at int) {
	begin = strings.Index(text, "://") + len("://")
	if begin < len("://") {
		return 0, 0
	}
	end := len(text)
	if i := strings.IndexAny(text[begin:], "/?"); i >= 0 {
		end = begin + i
	}
	return begin, begin + max(0, strings.LastIndex(text[begin:end], "@"))
}

// own is the login of a table that has one.
func (l *login) own() *login { return l }

// called is what a table of a list is known by.
func called(table reflect.Value) string {
	for _, key := range []string{"id", "name"} {
		if v, _, ok := field(table, key); ok {
			return v.String()
		}
	}
	return ""
}

// variable is a key or name as part of an environment variable's name.
func variable(name string) string {
	return strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// complete gives every key that was not given its default, and notes each that
// has none.
func (l *loading) complete(table reflect.Value, path, header string) {
	for i := range table.NumField() {
		f, v := table.Type().Field(i), table.Field(i)
		at := join(path, keyOf(f))
		switch {
		case keyOf(f) == "":
		case isTable(f.Type):
			l.complete(v, at, "["+keyOf(f)+"]")
		case isList(f.Type):
			for j := range v.Len() {
				l.complete(v.Index(j), fmt.Sprintf("%s[%d]", at, j), "[["+keyOf(f)+"]]")
			}
		case !l.given(at):
			l.byDefault(v, f, at, header)
		}
	}
}

func (l *loading) byDefault(v reflect.Value, f reflect.StructField, path, header string) {
	text, has := f.Tag.Lookup("default")
	switch {
	case !has && l.places[parent(path)].given || !has && header == "":
		l.wrong(path, "is missing", example(f))
	case !has:
		l.wrong(path, "is missing", fmt.Sprintf("add %s with %s", header, example(f)))
	case v.Kind() != reflect.Slice:
		l.scalar(v, path, text)
	}
}

// example is a line with the key, "for example …", by its default if it has no
// example.
func example(f reflect.StructField) string {
	first, _, _ := strings.Cut(cmp.Or(f.Tag.Get("example"), f.Tag.Get("default")), "|")
	return fmt.Sprintf("for example %s = %q", keyOf(f), first)
}
