package message

import (
	"path"
	"strings"
)

// maxName is how much of a file name is kept.
const maxName = 8 << 10

// cutName bounds a file name.
func cutName(name string, d *defects) string {
	if len(name) > maxName {
		d.add(DefectName, "", 0)
	}
	return cut(name, maxName)
}

// noteName notes a name made to mislead people or programs (V11, V12). The name
// itself stays as it is: it is data, and nothing of ours ever uses it as a path.
func noteName(p *part, name string, d *defects) {
	if strings.ContainsFunc(name, isTrick) || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, "..") {
		d.add(DefectNameTrick, name, p.header)
	}
	if len(name) > 255 {
		d.once(DefectNameTrick, "longer than a file name can be", p.header)
	}
	extended, ok := p.dispParams.extended("filename")
	simple := decodeWords(p.dispParams.get("filename"), nil)
	if ok && simple != "" && !strings.EqualFold(path.Ext(extended), path.Ext(simple)) {
		d.once(DefectNameTwice, extended+" / "+simple, p.header)
	}
}

// isTrick reports characters that change how a name looks or where it ends:
// controls, direction marks and characters without width.
func isTrick(r rune) bool {
	switch {
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xfeff:
		return true
	}
	return false
}
