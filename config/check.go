package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
)

// check notes everything that is wrong with a complete configuration.
func (c *Config) check(l *loading) {
	ch := &checker{Config: c, loading: l}
	ch.table(l.root, "")
	ch.places()
	ch.ledger()
	ch.redis()
	ch.mailboxes()
	ch.smtp()
	ch.canary()
	ch.listeners()
	ch.organisations()
	ch.persons()
	ch.roster()
	ch.times()
}

type checker struct {
	*Config
	*loading
}

func (ch *checker) production() bool { return ch.Environment == "production" }

// table checks every value of a table by the tags of its field.
func (ch *checker) table(table reflect.Value, path string) {
	for i := range table.NumField() {
		f, v := table.Type().Field(i), table.Field(i)
		at := join(path, keyOf(f))
		switch {
		case keyOf(f) == "":
		case isTable(f.Type):
			ch.table(v, at)
		case isList(f.Type):
			for j := range v.Len() {
				ch.table(v.Index(j), fmt.Sprintf("%s[%d]", at, j))
			}
		case v.Kind() == reflect.Slice:
			for j := range v.Len() {
				ch.text(f, fmt.Sprintf("%s[%d]", at, j), v.Index(j).String(), true)
			}
			ch.twice(at, v.Interface().([]string))
		case v.Kind() == reflect.Bool:
		case v.Kind() == reflect.Int64:
			ch.span(f, at, Duration(v.Int()))
		default:
			_, optional := f.Tag.Lookup("default")
			ch.text(f, at, v.String(), !optional)
		}
	}
}

// text checks one text. An empty one is right where the default is empty, or the
// tag says that it means something.
func (ch *checker) text(f reflect.StructField, path, text string, needed bool) {
	allowed := f.Tag.Get("allowed")
	switch {
	case strings.ContainsFunc(text, unicode.IsControl):
		ch.wrong(path, fmt.Sprintf("%q holds a line break or another control character", text), "write it on one line")
	case allowed != "":
		ch.oneOf(path, text, strings.Split(allowed, "|"))
	case text == "" && (needed || f.Tag.Get("default") != "" && f.Tag.Get("empty") == ""):
		ch.wrong(path, "is empty", example(f))
	case text != "":
		ch.form(f.Tag.Get("form"), path, text)
	}
}

func (ch *checker) oneOf(path, text string, allowed []string) {
	for _, a := range allowed {
		if a == text {
			return
		}
	}
	fix := "it must be one of " + quoted(allowed)
	if m := meant(text, allowed); m != "" {
		fix = m + " " + fix
	}
	ch.wrong(path, fmt.Sprintf("%q is not allowed", text), fix)
}

func (ch *checker) form(form, path, text string) {
	switch form {
	case "":
	case "person":
		ch.known(path, "person", text, ch.personIDs())
	case "organisation":
		ch.known(path, "organisation", text, ch.organisationIDs())
	default:
		if what, fix := forms[form](text); what != "" {
			ch.wrong(path, fmt.Sprintf("%q %s", text, what), fix)
		}
	}
}

// known checks that a [[table]] with that id exists.
func (ch *checker) known(path, table, id string, ids []string) {
	for _, known := range ids {
		if known == id {
			return
		}
	}
	fix := meant(id, ids)
	if fix == "" {
		fix = fmt.Sprintf("add [[%s]] with id = %q, or use one of %s", table, id, quoted(ids))
	}
	ch.wrong(path, fmt.Sprintf("no %s has the id %q", table, id), fix)
}

// twice notes each element of a list that was there before.
func (ch *checker) twice(path string, list []string) {
	seen := map[string]bool{}
	for i, item := range list {
		if key := strings.ToLower(item); seen[key] {
			ch.wrong(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%q is in the list twice", item), "take one away")
		}
		seen[strings.ToLower(item)] = true
	}
}

func (ch *checker) span(f reflect.StructField, path string, d Duration) {
	least, most := f.Tag.Get("min"), f.Tag.Get("max")
	low, _ := time.ParseDuration(least)
	high, err := time.ParseDuration(most)
	if d == 0 && f.Tag.Get("default") == "0s" {
		return // which has a meaning of its own
	}
	if time.Duration(d) < low {
		ch.wrong(path, fmt.Sprintf("%q is too short", d), fmt.Sprintf("give %q or more", least))
	}
	if err == nil && time.Duration(d) > high {
		ch.wrong(path, fmt.Sprintf("%q is too long", d), fmt.Sprintf("give %q or less", most))
	}
}
