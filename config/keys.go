package config

import (
	"reflect"
	"regexp"
	"strings"
)

// keyOf is the key of a field, or "" for a field that is not in the file.
func keyOf(f reflect.StructField) string { return f.Tag.Get("toml") }

// field finds the field of table for key.
func field(table reflect.Value, key string) (v reflect.Value, f reflect.StructField, ok bool) {
	for i := range table.NumField() {
		if f := table.Type().Field(i); key != "" && keyOf(f) == key {
			return table.Field(i), f, true
		}
	}
	return v, f, false
}

// keys are the keys of a table.
func keys(table reflect.Type) (all []string) {
	for f := range table.Fields() {
		if keyOf(f) != "" {
			all = append(all, keyOf(f))
		}
	}
	return all
}

// isList reports a list of tables.
func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
}

func isTable(t reflect.Type) bool { return t.Kind() == reflect.Struct }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// parent is the path of what path stands in: "mailbox[0].tls" stands in
// "mailbox[0]", and that in "mailbox".
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

var elements = regexp.MustCompile(`\[\d+\]`)

// shown is path as people know it: a place says which of several is meant.
func shown(path string) string { return elements.ReplaceAllString(path, "") }
