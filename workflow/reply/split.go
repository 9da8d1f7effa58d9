package reply

import (
	"slices"
	"strings"
	"unicode"
)

// Kind says whose a piece of a mail's text is.
type Kind string

// The kinds of a piece.
const (
	Said    Kind = "said"    // the sender wrote it for this mail
	Closing Kind = "closing" // the sender's farewell, with their name and post
	Signed  Kind = "signed"  // what the sender's program or device signs with
	Quoted  Kind = "quoted"  // it was written before this mail, or says who wrote it
	Under   Kind = "under"   // it stands under a device's signature without a mark: quoted, most likely
	Added   Kind = "added"   // a server put it above the mail
)

// Piece is some lines of a text.
type Piece struct {
	Kind Kind
	Text string // with its line ends
}

// Split divides the text of a mail. The pieces in their order are the whole
// text, byte for byte: nothing is lost by it, whatever is shown. It takes time
// in proportion to the text.
func Split(text string) []Piece { return sorted(text).pieces(0) }

// Only is what pieces of some kinds say, without the blank lines around each.
func Only(pieces []Piece, kinds ...Kind) string {
	var texts []string
	for _, p := range pieces {
		if text := blankless(p.Text); slices.Contains(kinds, p.Kind) && text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n\n")
}

// blankless is a text with one kind of line end, without the blank lines around
// it.
func blankless(text string) string {
	text = unified(text)
	first := strings.IndexFunc(text, seen)
	if first < 0 {
		return ""
	}
	return strings.TrimRightFunc(text[strings.LastIndexByte(text[:first], '\n')+1:], unseen)
}

// seen reports whether a character leaves ink.
func seen(r rune) bool { return !unseen(r) }

func unseen(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(oddities, r) }

// oddities are characters that look like a space, or like nothing.
const oddities = "\u00a0\u202f\u2007\u3000\u200b\u200e\u200f\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// odd makes spaces and nothing of them.
var odd = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2007", " ", "\u3000", " ", "\u200b", "", "\u200e", "", "\u200f", "", "\ufeff", "",
	"\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// unified is a text with "\n" at the end of its lines.
func unified(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// line is one line of a text.
type line struct {
	raw    string // with its end
	bare   string // without odd characters, marks of bold type, marks of quotation and the space around it
	marked bool   // it had a mark of quotation
}

// linesOf takes a text apart. The last line is there if it is not empty.
func linesOf(text string) (all []line) {
	all = make([]line, 0, strings.Count(text, "\n")+strings.Count(text, "\r")+1)
	for len(text) > 0 {
		end := strings.IndexAny(text, "\r\n")
		size := end + 1
		switch {
		case end < 0:
			end, size = len(text), len(text)
		case strings.HasPrefix(text[end:], "\r\n"):
			size = end + 2
		}
		bare, marked := strings.TrimSpace(text[:end]), false
		if !ascii(bare) {
			bare = strings.TrimSpace(odd.Replace(bare))
		}
		for strings.HasPrefix(bare, ">") {
			bare, marked = strings.TrimLeft(bare, "> \t"), true
		}
		all = append(all, line{text[:size], strings.TrimSpace(strings.ReplaceAll(bare, "*", "")), marked})
		text = text[size:]
	}
	return all
}

// ascii reports whether text is plain.
func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// blank reports whether nothing stands on a line.
func (l line) blank() bool { return l.bare == "" && !l.marked }

// sorting is how far the lines of a text have been told apart.
type sorting struct {
	lines []line // above our own line
	below []line
	kinds []Kind // of all
	rest  Kind   // what a line is that shows nothing of itself
	said  bool   // there is something said already
	ours  bool   // what is quoted is our letter
}

// sorted says of each line of a text whose it is.
func sorted(text string) *sorting {
	lines := linesOf(text)
	end := ownLine(lines)
	s := &sorting{lines: lines[:end], below: lines[end:], kinds: make([]Kind, len(lines)), rest: Said}
	s.take(end, len(s.below), Quoted)
	for i := s.added(); i < end; {
		i = s.next(i)
	}
	s.ruled()
	s.closings()
	return s
}

// pieces are the lines from one on, together where they are of one kind.
func (s *sorting) pieces(from int) (all []Piece) {
	begin := from
	for i := from; i < len(s.kinds); i++ {
		if i+1 == len(s.kinds) || s.kinds[i+1] != s.kinds[i] {
			all, begin = append(all, Piece{s.kinds[i], s.text(begin, i+1)}), i+1
		}
	}
	return all
}

// text is what stands on some lines.
func (s *sorting) text(begin, end int) string {
	var b strings.Builder
	for i := begin; i < end; i++ {
		if i < len(s.lines) {
			b.WriteString(s.lines[i].raw)
		} else {
			b.WriteString(s.below[i-len(s.lines)].raw)
		}
	}
	return b.String()
}

// opening is where the first words of the sender stand: above all that they
// quote or, if nothing is, below all of it. Only there may a word be a command.
func (s *sorting) opening() (begin, end int) {
	for begin < len(s.lines) && (s.lines[begin].blank() || s.kinds[begin] == Added) {
		begin++
	}
	if begin < len(s.lines) && s.kinds[begin] == Quoted {
		begin = s.foot(begin)
	}
	for end = begin; end < len(s.lines) && s.kinds[end] == Said; {
		end++
	}
	return begin, end
}

// foot is where the sender's words begin below what they quote, past the end if
// they do not. What they quote must be our letter for sure, with a mark on every
// line: a program that marks nothing leaves the marks of whoever wrote to us. A
// blank line sets the words off, or they are taken for the end of a folded line.
func (s *sorting) foot(i int) int {
	if !s.ours {
		return len(s.lines)
	}
	for i < len(s.lines) && s.kinds[i] == Quoted {
		i++
	}
	for _, l := range s.lines[i:] {
		if l.marked {
			return len(s.lines)
		}
	}
	return i
}

// ownLine is where our letter begins for sure: the line that it asks to write
// above, unless a mark of quotation says where it ends.
func ownLine(lines []line) int {
	for i, l := range lines {
		if !l.marked && isMarker(l.bare) {
			return i
		}
	}
	return len(lines)
}

// added takes what servers put above a mail and returns what line comes next.
func (s *sorting) added() int {
	next := 0
	for i, l := range s.lines {
		switch {
		case l.blank():
			continue
		case l.marked || len(l.bare) > longest || !banner.MatchString(l.bare):
			return next
		}
		for ; next <= i; next++ {
			s.kinds[next] = Added
		}
	}
	return next
}

// next tells what begins at line i, and returns where it ends.
func (s *sorting) next(i int) int {
	l := s.lines[i]
	switch {
	case l.marked:
		return s.quote(i)
	case l.blank():
		return s.take(i, 1, s.before(i))
	case l.bare == "--":
		s.rest = Signed
		return s.take(i, 1, Signed)
	}
	lines, whole := opensQuote(s.lines[i:])
	switch {
	case lines > 0 && !whole && s.markedAfter(i+lines):
		return s.take(i, lines, Quoted)
	case lines > 0:
		return s.take(i, len(s.lines)-i, Quoted)
	case s.rest == Said && s.device(i):
		return s.take(i, 1, Signed)
	}
	s.said = s.said || s.rest == Said
	return s.take(i, 1, s.rest)
}

// take says what some lines are, and returns what line comes next.
func (s *sorting) take(i, lines int, k Kind) int {
	for end := i + lines; i < end; i++ {
		s.kinds[i] = k
	}
	return i
}

// before is what the line before i is, or what a first line would be.
func (s *sorting) before(i int) Kind {
	if i == 0 || s.kinds[i-1] == Added {
		return s.rest
	}
	return s.kinds[i-1]
}

// quote takes lines with a mark of quotation. After our own letter the lines
// that follow at once are the ends of folded ones.
func (s *sorting) quote(i int) int {
	for ; i < len(s.lines) && s.lines[i].marked; i++ {
		s.ours = s.ours || isMarker(s.lines[i].bare)
		s.kinds[i] = Quoted
	}
	if s.rest == Under {
		s.rest = Said
	}
	for ; s.ours && i < len(s.lines) && !s.lines[i].blank(); i++ {
		s.kinds[i] = Quoted
	}
	return i
}

// markedAfter reports whether the next words have a mark of quotation.
func (s *sorting) markedAfter(i int) bool {
	for ; i < len(s.lines); i++ {
		if !s.lines[i].blank() {
			return s.lines[i].marked
		}
	}
	return false
}

// device reports whether a device signed at line i. What stands alone in the
// middle of a mail ends what was said: under it is the letter that was answered,
// without a mark.
func (s *sorting) device(i int) bool {
	if !isDevice(s.lines[i].bare) {
		return false
	}
	after := i+1 == len(s.lines) || s.lines[i+1].blank() || s.lines[i+1].marked
	if !after {
		lines, _ := opensQuote(s.lines[i+1:])
		return lines > 0
	}
	if s.said && (i == 0 || s.lines[i-1].blank()) {
		s.rest = Under
	}
	return true
}

// ruled gives the rules above a quotation to it.
func (s *sorting) ruled() {
	for i := len(s.lines) - 1; i > 0; i-- {
		if l := s.lines[i-1]; s.kinds[i] == Quoted && s.kinds[i-1] != Quoted && (l.bare == "" || ruler.MatchString(l.bare)) {
			s.kinds[i-1] = Quoted
		}
	}
}
