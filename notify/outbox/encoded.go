package outbox

import (
	"regexp"
	"strings"
)

// inPlace stands in the reporter's words where a file was written into them.
const inPlace = "[A file was here. It is kept on the case.]"

// withoutFiles takes out of a text the files that are written into it in
// letters and digits, uuencoded or as base64: no byte of a file leaves by mail,
// encoded or not. All else stays as it is.
func withoutFiles(text string) string {
	var out []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		n := max(uuencoded(lines[i:]), base64ed(lines[i:]))
		if n > 0 {
			out = append(out, inPlace)
			i += n
			continue
		}
		out = append(out, longRun.ReplaceAllString(lines[i], inPlace))
		i++
	}
	return strings.Join(out, "\n")
}

// uuBegin is the first line of a uuencoded file (POSIX uuencode).
var uuBegin = regexp.MustCompile(`^[>\s]*begin [0-7]{3,4} \S`)

// uuencoded counts the lines of a uuencoded file at the beginning of lines.
func uuencoded(lines []string) int {
	if !uuBegin.MatchString(lines[0]) {
		return 0
	}
	n := 1
	for n < len(lines) && isUULine(lines[n]) {
		n++
	}
	if n == 1 {
		return 0 // prose
	}
	if n < len(lines) && strings.Trim(lines[n], "> \t") == "end" {
		n++
	}
	return n
}

// isUULine reports whether a line is as long as its first character says and
// has only characters that uuencode uses. It may be quoted, and may have lost
// the spaces at its end.
func isUULine(line string) bool {
	line = strings.TrimPrefix(line, "> ")
	if line == "" || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '`' }) {
		return false
	}
	want := (int(line[0]-' ')&63 + 2) / 3 * 4
	return len(line)-1 <= want+1 && len(line)-1 >= want-4
}

// The lines of base64 (RFC 4648) as encoders write them and people do not: long
// ones, and a shorter last one.
var (
	base64Line = regexp.MustCompile(`^[>\s]*[A-Za-z0-9+/]{60,}={0,2}\s*$`)
	base64End  = regexp.MustCompile(`^[>\s]*[A-Za-z0-9+/]{2,}={0,2}\s*$`)
	longRun    = regexp.MustCompile(`[A-Za-z0-9+/]{200,}={0,2}`) // as in a data: address (RFC 2397)
)

const (
	smalls   = "abcdefghijklmnopqrstuvwxyz"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// base64ed counts the lines of a base64 file at the beginning of lines.
func base64ed(lines []string) (n int) {
	for n < len(lines) && base64Line.MatchString(lines[n]) && strings.ContainsAny(lines[n], smalls) && strings.ContainsAny(lines[n], capitals) {
		n++
	}
	if n > 0 && n < len(lines) && base64End.MatchString(lines[n]) {
		n++
	}
	return n
}
