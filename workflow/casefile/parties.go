package casefile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Someone is a person, or an alias nobody can put a name to, on one side of a
// case. Two of them are never made one by the desk.
type Someone struct {
	N      int    // counts from 1 in the order in which they were named
	Role   string // of DOMAIN.md 6.2: AFFECTED, SUBJECT, ACCESSORY, …
	Type   string // LRN, STF, …; UNK where nobody said
	Name   string // as it was said; "unknown" is a name
	Traces IDs    // addresses, numbers, handles and links, made alike
}

// Parties are all of a case, one a line. It is a string so that two cases can be
// compared. Lines are added to and never go.
type Parties string

// List are the parties one by one.
func (s Parties) List() (all []Someone) {
	for line := range strings.Lines(string(s)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) == 4 {
			all = append(all, Someone{N: len(all) + 1, Role: f[0], Type: f[1], Name: f[2], Traces: IDs(f[3])})
		}
	}
	return all
}

func parties(all []Someone) Parties {
	var b strings.Builder
	for _, p := range all {
		b.WriteString(strings.Join([]string{p.Role, p.Type, inLine(p.Name), string(p.Traces)}, "\t") + "\n")
	}
	return Parties(b.String())
}

// Traces are all by which parties could be found in another case.
func (s Parties) Traces() (all IDs) {
	for _, p := range s.List() {
		all = all.With(p.Traces.List()...)
	}
	return all
}

// partyRoles are DOMAIN.md 6.2 with what people call them; the neutral words come
// first.
var partyRoles = []struct {
	code  string
	names []string
}{
	{"AFFECTED", []string{"affected", "victim"}},
	{"SUBJECT", []string{"subject", "responsible"}},
	{"ACCESSORY", []string{"accessory", "forwarder"}},
	{"WITNESS", []string{"witness"}},
	{"REPORTER", []string{"reporter"}},
	{"FAMILY", []string{"family", "carer", "parent"}},
	{"ADVOCATE", []string{"advocate"}},
	{"PROFESSIONAL", []string{"professional"}},
}

var partyTypes = map[string]string{
	"learner": "LRN", "staff": "STF", "tutor": "TUT", "volunteer": "VOL", "contractor": "CON", "agency": "CON", "parent": "PAR", "carer": "PAR",
	"child": "CHD", "employer": "EMP", "placement": "EMP", "public": "PUB", "unknown": "UNK", "alias": "UNK",
}

func roleCodes() (codes []string) {
	for _, r := range partyRoles {
		codes = append(codes, r.code)
	}
	return codes
}

func roleIn(word string) (string, error) {
	for _, r := range partyRoles {
		if slices.Contains(r.names, strings.ToLower(word)) {
			return r.code, nil
		}
	}
	return codeOf("role of a party", word, roleCodes())
}

// with reads "responsible: Sam Hill, learner, @samh, 07700 900123", or "2: alias
// @sammy" for more about the second, and adds it. The name comes first; it may be
// "unknown" or an alias.
func (s Parties) with(text string) (Parties, error) {
	word, rest := firstWord(text)
	details := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ';' || r == '\n' })
	all := s.List()
	if n, err := strconv.Atoi(word); err == nil {
		if n < 1 || n > len(all) {
			return s, fmt.Errorf("there is no party %d: %w", n, ErrUnclear)
		}
		all[n-1].add(details)
		return parties(all), nil
	}
	role, err := roleIn(word)
	if err != nil {
		return s, err
	}
	p := Someone{Role: role, Type: "UNK"}
	if p.add(details); p.Name == "" && p.Traces == "" {
		return s, fmt.Errorf("who it is, an alias or \"unknown\" is missing: %w", ErrUnclear)
	}
	return parties(append(all, p)), nil
}

// add takes in what was said of a party: a word for a type is one, what looks
// like a trace is one, and the first that is neither is the name.
func (p *Someone) add(details []string) {
	for _, d := range details {
		d = strings.Trim(inLine(d), " .:")
		kind, known := partyTypes[strings.ToLower(d)]
		trace, ok := traceIn(d)
		switch {
		case d == "":
		case ok:
			p.Traces = p.Traces.With(trace)
		case known && (p.Name != "" || kind != "UNK"):
			p.Type = kind
		case p.Name == "":
			p.Name = d
		default:
			p.Name += " / " + d // said later: what was said first is kept
		}
	}
}

var (
	numberForm = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{6,}$`)
	traceForm  = regexp.MustCompile(`^(?:https?://\S+|www\.\S+|@\S+|[^\s@]+@[^\s@]+\.[^\s@]+)$`)
)

// traceIn makes a handle, an address, a link or a number alike however it was
// written; ok is false for what is none of these.
func traceIn(text string) (trace string, ok bool) {
	last := text[strings.LastIndexByte(text, ' ')+1:]
	switch {
	case numberForm.MatchString(text):
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text)
		if rest, uk := strings.CutPrefix(digits, "44"); uk {
			digits = "0" + rest
		}
		return digits, true
	case traceForm.MatchString(last) && (last == text || strings.HasPrefix(strings.ToLower(text), "alias ")):
		return strings.TrimSuffix(strings.ToLower(last), "/"), true
	}
	return "", false
}

// meet keeps those of the roster from the case who were named as a party: a
// conflict of interest, as it is for those whom the report names. Who works with
// the case is none.
func (out *Outcome) meet(cmd Command, rules Rules, at time.Time) {
	if cmd.Verb != Party {
		return
	}
	word, _ := firstWord(cmd.Text)
	if role, err := roleIn(word); err == nil && role == "PROFESSIONAL" {
		return
	}
	m := Mentions{Texts: []string{cmd.Text}}
	for _, t := range out.Case.File.Parties.Traces().List() {
		if strings.Contains(strings.TrimPrefix(t, "@"), "@") {
			m.Addresses = append(m.Addresses, t)
		}
	}
	var fresh []string
	for _, id := range rules.Roster.Named(m).List() {
		if !out.Case.Excluded.Has(id) {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) > 0 {
		out.join(out.Case.Exclude(fresh, "desk", "named as a party", rules, at), cmd.By)
	}
}
