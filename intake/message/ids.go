package message

import "strings"

// maxID is the longest message id that is used: the longest line RFC 5322
// section 2.1.1 allows. A longer one is a Defect and no id: cutting it would let
// two mails share an id (F44).
const maxID = 998

// ids scans s for message ids in angle brackets and lets everything between
// them go (RFC 5322 section 3.6.4 is seldom kept). Blanks inside an id come from
// folding and are dropped. At most limit ids are returned.
func ids(s string, limit int, at int64, d *defects) (found []string) {
	for {
		_, rest, ok := strings.Cut(s, "<")
		if !ok {
			return found
		}
		id, after, ok := strings.Cut(rest, ">")
		if i := strings.LastIndexByte(id, '<'); i >= 0 {
			id = id[i+1:]
		}
		if !ok {
			return found
		}
		s = after
		if len(found) == limit {
			d.add(DefectIDs, "", at)
			return found
		}
		if id = cleanID(id, at, d); id != "" {
			found = append(found, id)
		}
	}
}

// cleanID returns "<id>" or "".
func cleanID(id string, at int64, d *defects) string {
	words := strings.Fields(valid(id))
	id = strings.Join(words, "")
	if len(words) > 1 {
		d.once(DefectID, "blanks inside", at)
	}
	switch {
	case id == "":
		return ""
	case len(id)+2 > maxID:
		d.once(DefectIDLong, "", at)
		return ""
	case !strings.Contains(id, "@"):
		d.once(DefectID, id, at)
	}
	return "<" + id + ">"
}

// messageID reads the Message-ID fields. The first usable one counts; a second
// field is a Defect.
func messageID(fs []field, d *defects) string {
	for _, f := range fs {
		if found := ids(f.value, 1, f.at, d); len(found) > 0 {
			return found[0]
		}
		if id := bareID(f.value); id != "" {
			d.add(DefectID, id, f.at)
			return "<" + id + ">"
		}
		if len(f.value) > maxID {
			d.once(DefectIDLong, "", f.at)
		}
	}
	d.once(DefectNoID, "", 0)
	return ""
}

// bareID reads an id without angle brackets: one word.
func bareID(s string) string {
	s = strings.Trim(valid(s), "<> \t")
	if s == "" || len(s)+2 > maxID || strings.ContainsAny(s, " \t<>") {
		return ""
	}
	return s
}
