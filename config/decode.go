package config

import "reflect"

// Decode reads another file of TOML with the strictness of Load: into points to
// a struct with the tags of Config (toml, default, allowed and form), which may
// hold texts, lists of texts, tables and lists of tables. Nothing overrides it
// from the environment.
//
// at says where a key such as "stage[2].name" stands, or the nearest table around
// it: lines and columns from 1. The error is Problems, with all that is wrong.
func Decode(file string, text []byte, into any) (at func(key string) (line, column int), err error) {
	if p := syntax(file, text); p != nil {
		return nil, p
	}
	l := &loading{file: file, text: text, places: places{}, root: reflect.ValueOf(into).Elem()}
	l.read()
	l.complete(l.root, "", "")
	(&checker{Config: &Config{}, loading: l}).table(l.root, "")
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	return l.where, nil
}

// where is the place of a key, or of the nearest table around it.
func (l *loading) where(key string) (line, column int) {
	p := Problem{Line: 1, Column: 1}
	for at := key; at != ""; at = parent(at) {
		if here, ok := l.places[at]; ok {
			l.locate(&p, here)
			break
		}
	}
	return p.Line, p.Column
}
