package outbox

import (
	"encoding/base64"
	"strings"
	"testing"
)

// Files written into words are taken out whole; words are left as they are.
func TestWithoutFiles(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a picture, byte for byte ", 20)))
	lines := b64[:76] + "\n" + b64[76:152] + "\n" + b64[152:200] + "\n"
	full := "M" + strings.Repeat("8V%N", 15) + "\n"
	for _, tt := range []struct{ name, in, want string }{
		{"uuencoded", "look\nbegin 644 a.png\n" + full + full + "#8V%N\n`\nend\nthanks", "look\n" + inPlace + "\nthanks"},
		{"uuencoded, cut off", "look\nbegin 0755 a b.png\n" + full + full, "look\n" + inPlace + "\n"},
		{"uuencoded, quoted", "> begin 644 a\n> " + full + "> end\nthanks", inPlace + "\nthanks"},
		{"base64", "look\n" + lines + "\nthanks", "look\n" + inPlace + "\n\nthanks"},
		{"base64, quoted", "> " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n> ") + "\nthank you", inPlace + "\nthank you"},
		{"data address", "see data:image/png;base64," + b64 + " there", "see data:image/png;base64," + inPlace + " there"},
		{"two files", full[:0] + "begin 644 a\n" + full + "end\nbegin 644 b\n" + full + "end", inPlace + "\n" + inPlace},
	} {
		if got := withoutFiles(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, same := range []string{
		"", "\n\n", "begin 644 reasons to be sad", "begin 644 x\nthey wrote this\nend",
		"THEY SHOUT AT ME\nEND\nend", strings.Repeat("a", 150), strings.Repeat("HA", 60),
		"https://college.example/a/b/c?id=" + strings.Repeat("1234567890", 9), "Zürich, naïve, 日本語", "> quoted\n> end",
	} {
		if got := withoutFiles(same); got != same {
			t.Errorf("%q became %q", same, got)
		}
	}
}

func FuzzWithoutFiles(f *testing.F) {
	f.Add("look\nbegin 644 a\n#8V%N\n`\nend\n")
	f.Add(strings.Repeat("aB", 50) + "\nxx==")
	f.Fuzz(func(t *testing.T, text string) {
		got := withoutFiles(text)
		if again := withoutFiles(got); again != got {
			t.Errorf("%q became %q and then %q", text, got, again)
		}
		if !strings.Contains(got, inPlace) && got != text {
			t.Errorf("%q became %q without a word", text, got)
		}
	})
}
