package reply

import (
	"fmt"
	"strings"
	"testing"

	"dutydesk/workflow/casefile"
)

// The cases of a word stand before anything else on its line.
func TestRefs(t *testing.T) {
	for line, want := range map[string]string{
		"ACK SG-7K3F9":                         "[SG-7K3F9] ",
		"ack sg-7k3f9, SG-00A1B":               "[SG-7K3F9 SG-00A1B] ",
		"ACK SG-7K3F9; SG-00A1B and SG-11111.": "[SG-7K3F9 SG-00A1B SG-11111] ",
		"ACK: SG-7K3F9 please":                 "[SG-7K3F9] ",
		"ACK SG-7K3F9 police called, SG-00A1B": "[SG-7K3F9] police called, SG-00A1B",
		"ACK all please":                       "[] all",
		"ACK":                                  "[] ",
		"ACK SG-7K3F9x@c.example":              "[] SG-7K3F9x@c.example",
	} {
		r := Parse(line)
		if len(r.Words) != 1 || r.Words[0].Verb != casefile.Acknowledge {
			t.Errorf("%q: %+v", line, r)
			continue
		}
		refs, rest := r.Words[0].Refs()
		if got := fmt.Sprint(refs, " ", rest); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if r := Parse("ack SG-7K3F9 was settled long ago"); len(r.Words) != 0 {
		t.Errorf("a sentence is a command: %+v", r)
	}
	if got := fmt.Sprint(Mentioned("see sg-7k3f9, (SG-00A1B) and xSG-1")); got != "[SG-7K3F9 SG-00A1B XSG-1]" && got != "[SG-7K3F9 SG-00A1B]" {
		t.Error(got)
	}
}

// Quoted text alone never yields a command, whichever way it is quoted.
func FuzzQuotedOnly(f *testing.F) {
	f.Add("ACK SG-7K3F9\r\nack SG-00A1B")
	f.Add("Hi,\nCLOSE because\n> NOTE")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		for _, quoted := range []string{"> " + strings.ReplaceAll(text, "\n", "\n> "), "\n-- " + Marker + " --\n" + text, "-- \n" + text} {
			if r := Parse(quoted); len(r.Words) != 0 || r.Note != "" {
				t.Errorf("%q became %+v", quoted, r)
			}
		}
	})
}
