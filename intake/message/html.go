package message

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HiddenMark begins every line that the sender's markup hides from whoever
// reads the mail in a mail program.
const HiddenMark = "[hidden] "

// shownText is the text of an HTML part.
type shownText struct {
	text   string
	seen   int  // how many bytes of text a reader surely sees, from its beginning
	hidden bool // lines of text begin with HiddenMark
	whole  bool // there was no more than the limit
}

// htmlText turns HTML into text that keeps every word, shows where links lead,
// keeps the cells of a table on one line and marks quotations with "> ". Words
// that the markup hides stand in lines of their own with a mark; nothing is
// fetched. It works without a tree, so depth costs nothing, and writes at most
// limit bytes.
func htmlText(src []byte, limit int) shownText {
	z := html.NewTokenizer(bytes.NewReader(src))
	w := htmlWriter{limit: limit, sheet: readSheet(src), seen: -1}
	for !w.over() {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				w.text(z.Raw())
			}
			return w.result(true)
		case html.TextToken:
			w.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		}
	}
	return w.result(false)
}

// maxQuote is how deep quotations are marked.
const maxQuote = 8

// htmlWriter lays out text as it comes.
type htmlWriter struct {
	out   bytes.Buffer
	limit int

	breaks int  // line ends owed before the next word
	space  bool // a blank is owed before the next word
	cells  int  // cells of the current table row so far
	pre    int
	skip   int // inside style, script or title
	quote  int // depth of quotation now
	quoted int // and where the last word was written
	href   string
	linkAt int // where the text of the link begins

	sheet  sheet
	seen   int       // where the first words stand that a reader may not see, or -1
	hider  atom.Atom // the element that hides what is written now, 0 for none
	inside int       // how many elements of its name are open inside it
	hidden bool      // hidden words were written
}

// over reports whether the limit is reached.
func (w *htmlWriter) over() bool { return w.out.Len() >= w.limit }

// result returns what was written, within the limit.
func (w *htmlWriter) result(whole bool) shownText {
	w.endLink()
	t := shownText{text: strings.TrimRight(cut(w.out.String(), w.limit), " \n"), hidden: w.hidden, whole: whole}
	t.seen = len(t.text)
	if w.seen >= 0 {
		t.seen = min(t.seen, w.seen)
	}
	return t
}

// text writes text with its blanks folded, or as it is inside pre.
func (w *htmlWriter) text(t []byte) {
	if w.skip > 0 {
		return
	}
	if w.pre > 0 {
		w.preText(t)
		return
	}
	for len(t) > 0 {
		n := bytes.IndexAny(t, " \t\r\n\f\u00a0")
		if n == 0 {
			w.space = true
			_, size := firstRune(t)
			t = t[size:]
			continue
		}
		if n < 0 {
			n = len(t)
		}
		w.word(t[:n])
		t = t[n:]
	}
}

// firstRune returns the length of the blank that t begins with.
func firstRune(t []byte) (b byte, size int) {
	if t[0] == 0xc2 {
		return t[0], 2
	}
	return t[0], 1
}

// preText writes text whose line ends count.
func (w *htmlWriter) preText(t []byte) {
	for i, line := range bytes.Split(t, []byte("\n")) {
		if i > 0 {
			w.breaks++
		}
		if line = bytes.TrimRight(line, "\r"); len(line) > 0 {
			w.word(line)
		}
	}
}

// word writes what is owed and then t.
func (w *htmlWriter) word(t []byte) {
	switch {
	case w.out.Len() == 0:
		w.margin()
	case w.breaks > 0:
		w.newLine()
	case w.space:
		w.out.WriteByte(' ')
	}
	w.breaks, w.space, w.quoted = 0, false, w.quote
	w.hidden = w.hidden || w.hider != 0
	w.out.Write(t)
}

// newLine writes the line ends owed, at most one blank line, and the marks of
// the quotation.
func (w *htmlWriter) newLine() {
	if w.breaks > 1 {
		w.out.WriteByte('\n')
		w.out.WriteString(strings.Repeat(">", min(w.quote, w.quoted, maxQuote)))
	}
	w.out.WriteByte('\n')
	w.margin()
}

// margin writes what stands before the words of a line.
func (w *htmlWriter) margin() {
	w.out.WriteString(strings.Repeat("> ", min(w.quote, maxQuote)))
	if w.hider != 0 {
		w.out.WriteString(HiddenMark)
	}
}

// brk owes at least n line ends, if any.
func (w *htmlWriter) brk(n int) {
	if n == 0 {
		return
	}
	w.breaks = max(w.breaks, n)
	w.space = false
}

// start takes an opening tag.
func (w *htmlWriter) start(z *html.Tokenizer) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	f := w.fields(z, more)
	w.veiled(tag, max(f.veil, tagVeils[tag], w.sheet.of(string(name), f.class, f.id)))
	switch tag {
	case atom.Br:
		w.breaks++
	case atom.Style, atom.Script, atom.Title:
		w.skip++
	case atom.Pre, atom.Textarea:
		w.brk(1)
		w.pre++
	case atom.Li:
		w.brk(1)
		w.word([]byte("- "))
	case atom.Tr:
		w.brk(1)
		w.cells = 0
	case atom.Td, atom.Th:
		w.cell()
	case atom.Hr:
		w.brk(1)
		w.word([]byte("----"))
		w.brk(1)
	case atom.Blockquote:
		w.brk(1)
		w.quote++
	case atom.A:
		w.endLink()
		w.href, w.linkAt = f.href, w.out.Len()
	case atom.Img, atom.Area, atom.Input:
		w.labels(f.labels, max(f.veil, w.sheet.of(string(name), f.class, f.id)) == hiding)
	default:
		w.brk(blockBreaks[tag])
	}
}

// cell separates the cells of a row.
func (w *htmlWriter) cell() {
	if w.cells > 0 {
		w.breaks = 0
		w.space = true
		w.word([]byte("|"))
		w.space = true
	}
	w.cells++
}

// end takes a closing tag.
func (w *htmlWriter) end(tag atom.Atom) {
	if w.hider != 0 && (tag == w.hider || tag == 0 && w.hider == atom.Span) {
		if w.inside--; w.inside < 0 {
			w.show()
		}
	}
	switch tag {
	case atom.Style, atom.Script, atom.Title:
		w.skip = max(0, w.skip-1)
	case atom.Pre, atom.Textarea:
		w.pre = max(0, w.pre-1)
		w.brk(1)
	case atom.Blockquote:
		w.brk(1)
		w.quote = max(0, w.quote-1)
	case atom.A:
		w.endLink()
	case atom.Tr:
		w.brk(1)
		w.cells = 0
	default:
		w.brk(blockBreaks[tag])
	}
}

// endLink shows where the link leads, unless its text says so.
func (w *htmlWriter) endLink() {
	href := strings.TrimSpace(w.href)
	w.href = ""
	if href == "" || strings.HasPrefix(href, "#") || len(href) > 2000 {
		return
	}
	shown := strings.TrimSpace(string(w.out.Bytes()[min(w.linkAt, w.out.Len()):]))
	if plainLink(shown) == plainLink(href) {
		return
	}
	w.space = true
	w.word([]byte("<" + href + ">"))
}

// plainLink drops what people leave out when they write a link as text.
func plainLink(s string) string {
	s = strings.TrimPrefix(strings.ToLower(s), "mailto:")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	return strings.TrimSuffix(s, "/")
}

// blockBreaks is how many line ends an element makes before and behind it.
var blockBreaks = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2,
	atom.Div: 1, atom.Ul: 1, atom.Ol: 1, atom.Li: 1, atom.Table: 1, atom.Dl: 1, atom.Dt: 1, atom.Dd: 1,
	atom.Section: 1, atom.Article: 1, atom.Header: 1, atom.Footer: 1, atom.Address: 1, atom.Form: 1,
	atom.Center: 1, atom.Fieldset: 1, atom.Body: 1, atom.Caption: 1, atom.Option: 1, atom.Button: 1,
}
