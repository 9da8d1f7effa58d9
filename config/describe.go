package config

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

const preface = `# dutydesk.toml: everything that can be configured, with what it means.
# A key behind "#" has the value it has when it is left out. An unknown key is an error.
#
# Every key can be overridden from the environment: DUTYDESK_ENVIRONMENT, DUTYDESK_SMTP__ADDRESS,
# and in tables of which there may be several DUTYDESK_MAILBOX__SAFEGUARDING__ADDRESS (their name
# or id). The elements of a list are parted by commas.
#
# Secrets never stand in this file. They come, whichever is found first, from
#   $CREDENTIALS_DIRECTORY/imap-NAME, smtp, redis, ledger   (systemd: LoadCredential=smtp:/path)
#   DUTYDESK_MAILBOX__NAME__PASSWORD, DUTYDESK_SMTP__PASSWORD, …REDIS__…, …LEDGER__…
#   the password_file or secret_file, which must have mode 0600 or 0400
`

// Describe writes an example file, made from the tags of Config, with every key
// and its meaning. What it writes is in order: Load takes it once the password
// files are there.
func Describe(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(preface)
	for _, tables := range []bool{false, true} {
		for f := range reflect.TypeFor[Config]().Fields() {
			switch {
			case isList(f.Type) && tables:
				describeList(&b, f)
			case isTable(f.Type) && tables:
				fmt.Fprintf(&b, "\n# %s\n[%s]\n", f.Tag.Get("doc"), keyOf(f))
				describeKeys(&b, f.Type)
			case !isList(f.Type) && !isTable(f.Type) && !tables:
				b.WriteString("\n")
				describeKey(&b, f)
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// describeList explains the first table of a list and gives the others bare. One
// that need not be there is an example behind "#".
func describeList(to *bytes.Buffer, f reflect.StructField) {
	if f.Tag.Get("optional") == "" {
		describeTables(to, f)
		return
	}
	var b bytes.Buffer
	describeTables(&b, f)
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "#") && line != "\n" {
			line = "#   " + line
		}
		to.WriteString(line)
	}
}

func describeTables(b *bytes.Buffer, f reflect.StructField) {
	fmt.Fprintf(b, "\n# %s One table for each.\n[[%s]]\n", f.Tag.Get("doc"), keyOf(f))
	describeKeys(b, f.Type.Elem())
	for n := 1; ; n++ {
		var more bytes.Buffer
		for k := range f.Type.Elem().Fields() {
			if given := strings.Split(k.Tag.Get("example"), "|"); len(given) > n {
				fmt.Fprintf(&more, "%s = %s\n", keyOf(k), literal(k, given[n]))
			}
		}
		if more.Len() == 0 {
			return
		}
		fmt.Fprintf(b, "\n[[%s]]\n%s", keyOf(f), &more)
	}
}

func describeKeys(b *bytes.Buffer, table reflect.Type) {
	for f := range table.Fields() {
		if keyOf(f) != "" {
			describeKey(b, f)
		}
	}
}

func describeKey(b *bytes.Buffer, f reflect.StructField) {
	fmt.Fprintf(b, "# %s\n", f.Tag.Get("doc"))
	if text, _, _ := strings.Cut(f.Tag.Get("example"), "|"); text != "" {
		fmt.Fprintf(b, "%s = %s\n", keyOf(f), literal(f, text))
		return
	}
	fmt.Fprintf(b, "# %s = %s\n", keyOf(f), literal(f, f.Tag.Get("default")))
}

// literal is text as TOML writes it; the tags of a list and of a yes or no hold
// TOML already.
func literal(f reflect.StructField, text string) string {
	if k := f.Type.Kind(); k == reflect.Slice || k == reflect.Bool {
		return text
	}
	return quote(text)
}

// quote writes a TOML basic string (TOML 1.0, "String").
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// Show writes the configuration in force as a file that says the same. Secrets
// print as "(secret)", with where they come from.
func (c *Config) Show(w io.Writer) error {
	var b bytes.Buffer
	root := reflect.ValueOf(c).Elem()
	for _, tables := range []bool{false, true} {
		for i := range root.NumField() {
			showField(&b, root.Type().Field(i), root.Field(i), tables)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Keys is the configuration in force by the names of the file, as Show writes it.
func (c *Config) Keys() (map[string]any, error) {
	var b bytes.Buffer
	if err := c.Show(&b); err != nil {
		return nil, err
	}
	keys := map[string]any{}
	if err := toml.Unmarshal(b.Bytes(), &keys); err != nil {
		return nil, fmt.Errorf("read what is shown: %w", err)
	}
	return keys, nil
}

// Names are the keys and tables of a configuration at its top.
func Names() []string { return keys(reflect.TypeFor[Config]()) }

func showField(b *bytes.Buffer, f reflect.StructField, v reflect.Value, tables bool) {
	switch {
	case isList(f.Type) && tables:
		for j := range v.Len() {
			fmt.Fprintf(b, "\n[[%s]]\n", keyOf(f))
			showKeys(b, v.Index(j))
		}
	case isTable(f.Type) && tables:
		fmt.Fprintf(b, "\n[%s]\n", keyOf(f))
		showKeys(b, v)
	case !isList(f.Type) && !isTable(f.Type) && !tables:
		fmt.Fprintf(b, "%s = %s\n", keyOf(f), shownValue(v))
	}
}

func showKeys(b *bytes.Buffer, table reflect.Value) {
	for i := range table.NumField() {
		if f := table.Type().Field(i); keyOf(f) != "" {
			fmt.Fprintf(b, "%s = %s\n", keyOf(f), shownValue(table.Field(i)))
		}
	}
	if s, ok := table.Addr().Interface().(interface{ passwordFrom() string }); ok && s.passwordFrom() != "" {
		fmt.Fprintf(b, "# password = %q, from %s\n", hidden, s.passwordFrom())
	}
}

var queryPassword = regexp.MustCompile(`password=[^&]*`)

// shownValue is a value as TOML.
func shownValue(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = quote(v.Index(i).String())
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int64:
		return quote(Duration(v.Int()).String())
	}
	return quote(queryPassword.ReplaceAllString(v.String(), "password="+hidden))
}

func (m *Mailbox) passwordFrom() string { return m.origin(m.credentialName(), m.Login().file) }
func (s *SMTP) passwordFrom() string    { return s.origin("smtp", s.Login().file) }
func (r *Redis) passwordFrom() string   { return r.origin("redis", r.PasswordFile) }
func (l *Ledger) passwordFrom() string  { return l.origin("ledger", l.PasswordFile) }
