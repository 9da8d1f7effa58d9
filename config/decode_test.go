package config

import (
	"errors"
	"strings"
	"testing"
)

// menu is some other file than the configuration.
type menu struct {
	Name  string   `toml:"name" example:"Monday"`
	Words []string `toml:"words" default:"[]" allowed:"red|green"`
	Dish  []struct {
		Kind string `toml:"kind" default:"hot" allowed:"hot|cold"`
	} `toml:"dish"`
}

// Another file is read as strictly as the configuration, and says where its keys
// stand.
func TestDecode(t *testing.T) {
	var m menu
	at, err := Decode("m.toml", []byte("name = \"x\"\nwords = [\"red\"]\n[[dish]]\n[[dish]]\nkind = \"cold\"\n"), &m)
	if err != nil || m.Name != "x" || len(m.Dish) != 2 || m.Dish[0].Kind != "hot" || m.Dish[1].Kind != "cold" {
		t.Fatalf("%v %+v", err, m)
	}
	for key, want := range map[string][2]int{"name": {1, 8}, "words[0]": {2, 10}, "dish[1].kind": {5, 8}, "dish[1].gone": {4, 3}, "gone": {1, 1}} {
		if line, column := at(key); line != want[0] || column != want[1] {
			t.Errorf("%s stands at %d:%d, want %v", key, line, column, want)
		}
	}
	for text, says := range map[string]string{
		"nam = \"x\"\n":                          "m.toml:1:1: nam: unknown key; did you mean name?",
		"words = [\"gren\"]\n":                   "name: is missing",
		"name = \"x\"\nwords = [\"gren\"]\n":     `m.toml:2:10: words: "gren" is not allowed; did you mean green?`,
		"name = \"x\"\n[[dish]]\nkind = 1\n":     "m.toml:3:8: dish.kind: is a number",
		"name = \"x\"\n[dish]\nkind = \"hot\"\n": "stands in the wrong brackets",
		"name":                                   "m.toml:1:",
	} {
		_, err := Decode("m.toml", []byte(text), &menu{})
		var ps Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %s", text, err, says)
		}
	}
}
