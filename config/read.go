package config

import (
	"fmt"
	"reflect"

	"github.com/pelletier/go-toml/v2/unstable"
)

// read fills the configuration from a text that is proper TOML, noting each
// unknown key and each value of the wrong kind, and goes on.
func (l *loading) read() {
	var p unstable.Parser
	p.Reset(l.text)
	here, path := l.root, ""
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			here, path = l.header(e)
		case unstable.KeyValue:
			if here.IsValid() {
				l.keyValue(here, path, e)
			}
		}
	}
}

// header finds, or for a list adds, the table that a [header] opens. An unknown
// one gives no table, and its keys are passed over.
func (l *loading) header(e *unstable.Node) (here reflect.Value, path string) {
	here = l.root
	parts := e.Key()
	for parts.Next() {
		v, f, ok := l.find(here, path, parts.Node())
		if !ok {
			return reflect.Value{}, ""
		}
		path = join(path, keyOf(f))
		at := place{key: int(parts.Node().Raw.Offset), table: true, given: true}
		switch last := parts.IsLast(); {
		case isList(v.Type()) && last && e.Kind == unstable.ArrayTable:
			here, path = grow(v, path)
		case isTable(v.Type()) && (!last || e.Kind == unstable.Table):
			here = v
		default:
			l.places[path] = at
			l.wrong(path, "stands in the wrong brackets", "write "+brackets(f))
			return reflect.Value{}, ""
		}
		l.places[path] = at
	}
	return here, path
}

// brackets is how a key opens a table, or that it does not.
func brackets(f reflect.StructField) string {
	switch {
	case isList(f.Type):
		return "[[" + keyOf(f) + "]], one for each"
	case isTable(f.Type):
		return "[" + keyOf(f) + "]: there is only one"
	}
	return keyOf(f) + " = …: it is a key and not a table"
}

// grow adds an element to a list of tables.
func grow(list reflect.Value, path string) (element reflect.Value, at string) {
	list.Set(reflect.Append(list, reflect.Zero(list.Type().Elem())))
	n := list.Len() - 1
	return list.Index(n), fmt.Sprintf("%s[%d]", path, n)
}

// keyValue reads key = value into the table here. The key may be dotted.
func (l *loading) keyValue(here reflect.Value, path string, e *unstable.Node) {
	parts := e.Key()
	for parts.Next() {
		v, f, ok := l.find(here, path, parts.Node())
		if !ok {
			return
		}
		path = join(path, keyOf(f))
		key := int(parts.Node().Raw.Offset)
		if parts.IsLast() {
			l.places[path] = place{key: key, value: valueOffset(e.Value(), key), given: true}
			l.value(v, path, e.Value())
			return
		}
		l.places[path] = place{key: key, table: true, given: true}
		if !isTable(v.Type()) {
			l.wrong(path, "has no keys of its own", "write "+brackets(f))
			return
		}
		here = v
	}
}

// valueOffset is where a value stands; the parser does not say it of lists.
func valueOffset(value *unstable.Node, key int) int {
	if value.Raw.Length == 0 {
		return key
	}
	return int(value.Raw.Offset)
}

// value reads what stands right of a key.
func (l *loading) value(v reflect.Value, path string, n *unstable.Node) {
	switch {
	case n.Kind == unstable.String && (v.Kind() == reflect.String || v.Kind() == reflect.Int64):
		l.scalar(v, path, string(n.Data))
	case n.Kind == unstable.Bool && v.Kind() == reflect.Bool:
		l.scalar(v, path, string(n.Data))
	case n.Kind == unstable.LocalDate && v.Type() == reflect.TypeFor[Date]():
		l.scalar(v, path, string(n.Data))
	case n.Kind == unstable.Array && v.Kind() == reflect.Slice:
		l.list(v, path, n)
	case n.Kind == unstable.InlineTable && isTable(v.Type()):
		for kv := n.Children(); kv.Next(); {
			l.keyValue(v, path, kv.Node())
		}
	default:
		l.wrong(path, fmt.Sprintf("is %s, must be %s", kindWord(n.Kind), typeWord(v.Type())), "")
	}
}

// list reads [a, b] into a list of texts or tables.
func (l *loading) list(v reflect.Value, path string, n *unstable.Node) {
	key := l.places[path].key
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for items := n.Children(); items.Next(); {
		element, at := grow(v, path)
		l.places[at] = place{key: key, value: valueOffset(items.Node(), key), given: true}
		l.value(element, at, items.Node())
	}
}

// scalar reads a text, or a yes or no or span of time written as a text.
func (l *loading) scalar(v reflect.Value, path, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return
	case reflect.Bool:
		if text != "true" && text != "false" {
			l.wrong(path, fmt.Sprintf("%q is neither true nor false", text), "write true or false")
		}
		v.SetBool(text == "true")
		return
	}
	var d Duration
	if d.UnmarshalText([]byte(text)) != nil {
		l.wrong(path, fmt.Sprintf("%q is no span of time", text), `write it like "30s", "5m" or "1h30m"`)
		return
	}
	v.SetInt(int64(d))
}

func kindWord(k unstable.Kind) string {
	words := map[unstable.Kind]string{unstable.String: "a text", unstable.Bool: "true or false", unstable.Integer: "a number",
		unstable.Float: "a number", unstable.Array: "a list", unstable.InlineTable: "a table"}
	if w := words[k]; w != "" {
		return w
	}
	return "a date or time"
}

func typeWord(t reflect.Type) string {
	switch {
	case isList(t):
		return "a list of tables"
	case t.Kind() == reflect.Slice:
		return `a list of texts, like ["a", "b"]`
	case t.Kind() == reflect.Struct:
		return "a table"
	case t == reflect.TypeFor[Date]():
		return "a day, like 2027-03-01"
	case t.Kind() == reflect.Bool:
		return "true or false, without quotes"
	case t.Kind() == reflect.Int64:
		return `a span of time in quotes, like "30s" or "1h30m"`
	}
	return "a text in quotes"
}
