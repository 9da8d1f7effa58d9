package message

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tagFields are the attributes of a tag that say how and whether it is shown.
type tagFields struct {
	href, class, id string
	labels          []string // alternative texts and values, shown in place of an element
	veil            veil
}

// fields reads the attributes of the current tag.
func (w *htmlWriter) fields(z *html.Tokenizer, more bool) (f tagFields) {
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch k := string(key); k {
		case "href":
			if f.href == "" {
				f.href = string(val)
			}
		case "class":
			if f.class == "" { // of two, the first counts
				f.class = string(val)
			}
		case "id":
			f.id = string(val)
		case "alt", "value", "placeholder":
			if len(bytes.TrimSpace(val)) > 0 {
				f.labels = append(f.labels, "["+string(val)+"]")
			}
		default:
			f.veil = max(f.veil, attributeVeil(k, string(val)))
		}
	}
	return f
}

// attributeVeil judges an attribute.
func attributeVeil(key, value string) veil {
	switch value = strings.ToLower(strings.TrimSpace(value)); key {
	case "style":
		return styleVeil(value)
	case "hidden":
		return hiding
	case "type":
		if value == "hidden" {
			return hiding
		}
	case "bgcolor":
		return colourVeil(value, isPaper)
	case "color", "text":
		return colourVeil(value, isDark)
	case "background", "slot", "popover", "inert":
		return shifting
	}
	return plainSight
}

// veiled notes how an element that begins here is seen. What a reader surely
// sees ends before the first that may not be: the rest is shown, and nothing in
// it is ever a command.
func (w *htmlWriter) veiled(tag atom.Atom, v veil) {
	if v > plainSight && (w.seen < 0 || v == shifting) {
		w.seen = w.out.Len()
	}
	if v == shifting {
		w.seen = 0
	}
	w.unhide(tag)
	switch {
	case w.hider != 0 && tag == w.hider && !void[tag]:
		w.inside++
	case w.hider == 0 && v == hiding && !void[tag]:
		w.brk(1)
		w.hider, w.inside = tag, 0
		if tag == 0 {
			w.hider = atom.Span // an element without a name of its own
		}
	}
}

// unhide ends what an unclosed element hides where the next of its kind begins.
func (w *htmlWriter) unhide(tag atom.Atom) {
	if w.hider == 0 || w.inside > 0 {
		return
	}
	if w.hider == atom.P && blockBreaks[tag] > 0 || tag == w.hider && (tag == atom.Li || tag == atom.Td || tag == atom.Th || tag == atom.Tr || tag == atom.Option) {
		w.show()
	}
}

// show ends what an element hides. The next cell of a table is on a line of its
// own.
func (w *htmlWriter) show() {
	w.hider, w.cells = 0, 0
	w.brk(1)
}

// void are elements without an end.
var void = map[atom.Atom]bool{
	atom.Br: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Area: true, atom.Base: true, atom.Col: true, atom.Embed: true,
	atom.Link: true, atom.Meta: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// labels writes what stands for an element without text.
func (w *htmlWriter) labels(labels []string, hidden bool) {
	was := w.hider
	if hidden {
		w.brk(1)
		w.hider = atom.Input
	}
	for _, l := range labels {
		w.space = true
		w.text([]byte(l))
	}
	if w.hider = was; hidden {
		w.brk(1)
	}
}
