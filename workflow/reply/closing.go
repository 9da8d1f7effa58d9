package reply

import "regexp"

// farewell is a line that says nothing but goodbye.
var farewell = regexp.MustCompile(`(?i)^((with )?((kind|kindest|best|warm|warmest|many) )*regards|yours (sincerely|faithfully|truly)|cofion( gorau| cynnes)?|yn gywir|` +
	`(mit )?(freundlichen|freundliche|viele|beste|liebe|herzliche) grü(ß|ss)(en|e)?|mfg|(bien )?cordialement|bien à (vous|toi)|pozdrawiam( serdecznie)?|z poważaniem|` +
	`met vriendelijke groet(en)?|mvh|med vänliga? hälsning(ar)?|venlig hilsen|saludos( cordiales)?|cordiali saluti|atenciosamente)[,.!]?$`)

// name is a person's name on a line of its own, and detail a line that may stand
// under it: a post, a place, a number.
var (
	name   = regexp.MustCompile(`^\p{Lu}[\p{L}'’.-]*(\s\p{Lu}[\p{L}'’.-]*){0,4},?$`)
	detail = regexp.MustCompile(`^[^?]{2,60}$`)
	after  = regexp.MustCompile(`(?i)^p\.?\s?s\b`)
)

// block is how many lines may stand under a farewell.
const block = 6

// closings turns a farewell with a name, and with more than a name under it,
// into a closing where something is said before it and nothing after it.
func (s *sorting) closings() {
	for i := len(s.lines) - 1; i >= 0; i-- {
		for i >= 0 && s.kinds[i] == Said && (i+1 == len(s.lines) || s.kinds[i+1] != Said) {
			begin := s.closing(i)
			if begin < 0 {
				break
			}
			s.take(begin, i+1-begin, Closing)
			i = begin - 1
		}
	}
}

// closing is where the closing begins that ends with line last, -1 if there is
// none.
func (s *sorting) closing(last int) int {
	end := s.above(last + 1)
	first := end
	for first > 0 && end-first < block && s.kinds[first-1] == Said && signs(s.lines[first-1].bare) && !farewell.MatchString(s.lines[first-1].bare) {
		first--
	}
	begin := s.above(first) - 1
	said := s.above(begin) - 1
	if end-first < 2 || begin < 0 || said < 0 || s.kinds[begin] != Said || s.kinds[said] != Said ||
		!farewell.MatchString(s.lines[begin].bare) || !name.MatchString(s.lines[first].bare) {
		return -1
	}
	return begin
}

// above is line i, or the first of the blank lines above it.
func (s *sorting) above(i int) int {
	for i > 0 && s.lines[i-1].blank() {
		i--
	}
	return i
}

// signs reports whether a line may be one of a signature.
func signs(bare string) bool { return detail.MatchString(bare) && !after.MatchString(bare) }
