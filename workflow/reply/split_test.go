package reply

import (
	"strings"
	"testing"
)

// whose are the kinds of a text's pieces with their first words.
func whose(text string) string {
	var all []string
	for _, p := range Split(text) {
		words := append(strings.Fields(p.Text), "")
		all = append(all, string(p.Kind)+" "+words[0])
	}
	return strings.Join(all, ", ")
}

// Whatever program somebody answers with, where they write and what they sign
// with, each line is whose it is.
func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"Yes.\n\nOn 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\n\n> is she well?\n":                     "said Yes., quoted On",
		"On 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\n> is she well?\n\nYes.\n":                       "quoted On, said Yes.",
		"Hi\n> is she well?\nYes.\n> and he?\nNo.":                                                            "said Hi, quoted >, said Yes., quoted >, said No.",
		"----- Original Message -----\n> From: \"Desk\" <d@c.example>\n> is she well?\n\nYes.":                "quoted -----, said Yes.",
		"> -- please write above this line --\n> a long line that was\nfolded\n> x\n\nYes.":                   "quoted >, said Yes.",
		"Yes.\n\n----\nFrom: Desk\nSent: today\nis she well?\n\nstill":                                        "said Yes., quoted ----",
		"Yes.\n-- \nAmy Lead\n> x\nAmy":                                                                       "said Yes., signed --, quoted >, signed Amy",
		"Yes.\n\nSent from my Wiko RIDGE 4G\n\nis she well?":                                                  "said Yes., signed Sent, under is",
		"Sent from my iPhone\n\nYes, she is.":                                                                 "signed Sent, said Yes,",
		"Sent from my phone because he took hers. Ring me!\n\nShe is well.":                                   "said Sent",
		"Yes.\nSent from BlueMail<https://bluemail.example>":                                                  "said Yes., signed Sent",
		"Yes.\n\nKind regards,\n\nAmy Lead\nSafeguarding Lead\n01234 567890\n":                                "said Yes., closing Kind",
		"Yes.\n\nKind regards,\nAmy":                                                                          "said Yes.",
		"Yes.\n\nRegards,\nAmy Lead\nCollege\nPS he was there again":                                          "said Yes.",
		"Yes.\n\nRegards,\nAmy Lead\nCollege\n\nHe was there again, and he said that he would come back.":     "said Yes.",
		"Yes.\n\nRegards,\nhe came again\nand again":                                                          "said Yes.",
		"CAUTION: This email originated from outside of the council.\n\nYes.":                                 "added CAUTION:, said Yes.",
		"Yes.\n\n30.09.2026, 18.30, \"Desk\" <d@c.example>:\n\nis she well?":                                  "said Yes., quoted 30.09.2026,",
		"Yes.\n\n---- On Wed, 14 Nov 2026 08:14:43 -0200 Desk <d@c.example> wrote ----\n\nis she well?":       "said Yes., quoted ----",
		"Yes.\n\nVan: Desk\nVerzonden: maandag 5 december 2026 17:00\nOnderwerp: x\nis she well?":             "said Yes., quoted Van:",
		"Yes.\n\nFrom: Desk <d@c.example>\nSent: today\n\n> CLOSE\n\nshe wrote":                               "said Yes., quoted From:",
		"From: the bus stop\nTo: the school gate\nhe walked behind her":                                       "said From:",
		"She wrote at 10:30 on 26/11/2026:\nI am afraid":                                                      "said She",
		"They met at 10:30 on 26/11/2026 and <amy@c.example> saw it:\nthe fight began":                        "said They",
		"Date: 5 May\nPlace: the gym\nhe hit her":                                                             "said Date:",
		"I was told:\n- he left\n- she stayed":                                                                "said I",
		"Yes.\r\n\r\nDe\u00a0: Desk <d@c.example>\r\nEnvoyé\u00a0: jeudi 26 novembre 2026 10:00\r\nbonjour":   "said Yes., quoted De",
		"Yes.\n\n26 נובמבר 2026, 10:00, Desk <d@c.example>:\n\nis she well?":                                  "said Yes., quoted 26",
		"Yes.\n\nOn Thu, 26 Nov 2026 at 10:00, The Safeguarding Desk <\nd@c.example>\nwrote:\n\nis she well?": "said Yes., quoted On",
	} {
		if got := whose(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// Whatever is cut and what is kept are the whole text, byte for byte.
func FuzzSplit(f *testing.F) {
	for _, quote := range quotes {
		f.Add("Yes.\r\n" + quote)
	}
	f.Add("a\r\r\n> b\n\xff\n\n--\nc")
	f.Fuzz(func(t *testing.T, text string) {
		whole, last := "", Kind("")
		for _, p := range Split(text) {
			if p.Text == "" || p.Kind == "" || p.Kind == last {
				t.Errorf("%q has the piece %+v after a piece that is %s", text, p, last)
			}
			whole, last = whole+p.Text, p.Kind
		}
		if whole != text {
			t.Errorf("%q became %q", text, whole)
		}
	})
}

// Who reads what was kept finds nothing more to cut, and the same commands.
func FuzzKept(f *testing.F) {
	for _, quote := range quotes {
		f.Add("Yes.\n\nRegards\nAmy Lead\nCollege\n" + quote)
	}
	f.Add("\nRegards\nAmy\n000")
	f.Fuzz(func(t *testing.T, text string) {
		said := 0
		for _, p := range Split(text) {
			if p.Kind == Said {
				said++
			}
		}
		if kept := Only(Split(text), Said); said == 1 && Only(Split(kept), Said) != kept {
			t.Errorf("%q keeps %q, and of that %q", text, kept, Only(Split(kept), Said))
		}
		once := Read(text)
		if twice := Read(once.Text); said == 1 && once.Commands != nil && verbs(once) != verbs(twice) {
			t.Errorf("%q says %s, and what it keeps %s", text, verbs(once), verbs(twice))
		}
	})
}

// verbs are the commands of a reply with what follows them.
func verbs(r Reading) string {
	var all []string
	for _, c := range r.Commands {
		all = append(all, string(c.Verb)+" "+c.Argument)
	}
	return strings.Join(all, "; ")
}

// pathological are texts of a size that invite a reader to go over them again
// and again.
func pathological(size int) map[string]string {
	all := map[string]string{}
	for name, unit := range map[string]string{
		"line ends": "\n", "marks": ">", "marked lines": "> \n", "one line": "a", "blanks": " ", "dashes": "-", "rules": "----\n",
		"attributions": "On 1 May 2026 x\n", "headers": "From: a\n", "names": "Amy Lead\n", "farewells": "Regards,\nAmy Lead\nCollege\n", "devices": "Sent from my iPhone\n\n",
		"banners": "CAUTION: this email is external\n", "words": "ACK\n", "colons": ":\n", "markers": "> " + Marker + "\na\n", "stars": "*", "returns": "\r", "odd": "\u200b", "longs": strings.Repeat("a", longest-1) + ":\n",
	} {
		all[name] = strings.Repeat(unit, size/len(unit))
	}
	return all
}

// Ten megabytes of anything are read, in time that grows as they do.
func BenchmarkPathological(b *testing.B) {
	for name, text := range pathological(10 << 20) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Read(text)
			}
		})
	}
}
