// Package law knows which laws of England and Wales may have to do with what
// happened on a day: hints for a lead who decides whether to tell the police.
//
// It knows a dated list and the codes of forms and flags. It must never know a
// case or a person, and never says that anything is an offence: police and the
// CPS decide that. It is not legal advice.
package law

import (
	"bytes"
	_ "embed" // holds the list
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"dutydesk/workflow/sla"
)

//go:embed law.json
var published []byte

// ErrCode reports a form or a flag that is not in the list.
var ErrCode = errors.New("no such code")

// List is the law as somebody last reviewed it.
type List struct {
	Version    string            `json:"version"` // of the list; a case keeps the one it was shown
	Place      string            `json:"place"`   // where it is the law
	NextReview sla.Day           `json:"next_review"`
	Forms      map[string]string `json:"forms"` // every code of what can happen, and the one of the policy's eight that it is a kind of
	Flags      []string          `json:"flags"`
	Acts       []Act             `json:"acts"`
	Entries    []Entry           `json:"entries"`
}

// Act is one of the acts that the policy of 2020-21 names.
type Act struct {
	Act     string   `json:"act"`
	Entries []string `json:"entries"` // codes
	Since   string   `json:"since"`   // what became of it since the policy
}

// Entry is one law.
type Entry struct {
	Code     string   `json:"code"`
	Kind     string   `json:"kind"` // offence, aggravation, civil or employment
	Law      string   `json:"law"`
	What     string   `json:"what"` // in plain words
	Forms    []string `json:"forms"`
	Flags    []string `json:"flags"`
	From     string   `json:"valid_from"` // first day in force, 2024-01-31; "" while nobody has confirmed one: then it is never a hint
	To       string   `json:"valid_to"`   // first day on which it is not the law any more; "" for never
	Replaced []string `json:"replaced_by"`
	Basis    string   `json:"basis"` // read: on a public page; known: common knowledge of the field; verify: must be confirmed
	Source   string   `json:"source"`
	Reviewed sla.Day  `json:"reviewed"`
	Note     string   `json:"note"`
}

// Hint is an entry with the word that must stand beside it.
type Hint struct {
	Entry
	Label   string `json:"label"`   // always that it is possible, and who decides
	Version string `json:"version"` // of the list
}

// Published is the list that comes with the program.
func Published() (*List, error) {
	d := json.NewDecoder(bytes.NewReader(published))
	d.DisallowUnknownFields()
	l := &List{}
	if err := d.Decode(l); err != nil {
		return nil, fmt.Errorf("list of laws: %w", err)
	}
	for _, e := range l.Entries {
		if err := e.check(l); err != nil {
			return nil, fmt.Errorf("list of laws: %s: %w", e.Code, err)
		}
	}
	return l, nil
}

// check reports a date that is none, and a code that the list does not have.
func (e Entry) check(l *List) error {
	for _, day := range []string{e.From, e.To} {
		if _, err := sla.ParseDay(day); day != "" && err != nil {
			return err
		}
	}
	return l.known(e.Forms, e.Flags)
}

func (l *List) known(forms, flags []string) error {
	for _, f := range forms {
		if _, ok := l.Forms[f]; !ok {
			return fmt.Errorf("form %.20q: %w", f, ErrCode)
		}
	}
	for _, f := range flags {
		if !slices.Contains(l.Flags, f) {
			return fmt.Errorf("flag %.20q: %w", f, ErrCode)
		}
	}
	return nil
}

// Holds reports whether the entry was the law on a day.
func (e Entry) Holds(on sla.Day) bool {
	day := on.String()
	return e.From != "" && e.From <= day && (e.To == "" || day < e.To)
}

// Hints are the laws that were in force on the day on which something happened
// and may have to do with it. Of a form of the policy's eight all its kinds are
// meant, of a kind also what is said of the whole. The error is ErrCode.
func (l *List) Hints(on sla.Day, forms, flags []string) (hs []Hint, err error) {
	if err := l.known(forms, flags); err != nil {
		return nil, err
	}
	for _, e := range l.Entries {
		touches := slices.ContainsFunc(flags, func(f string) bool { return slices.Contains(e.Flags, f) }) ||
			slices.ContainsFunc(forms, func(f string) bool {
				return slices.ContainsFunc(e.Forms, func(g string) bool { return l.related(f, g) })
			})
		if touches && e.Holds(on) {
			hs = append(hs, Hint{Entry: e, Label: label(e), Version: l.Version})
		}
	}
	return hs, nil
}

// related reports whether one form is the other or a kind of it.
func (l *List) related(a, b string) bool { return a == b || l.Forms[a] == b || l.Forms[b] == a }

// label says that nothing is decided, and by whom it is.
func label(e Entry) string {
	words := "possible; police and CPS decide"
	switch e.Kind {
	case "civil":
		words = "possible; a court decides, ask legal services"
	case "employment":
		words = "possible duty of the employer; ask HR"
	}
	if e.Basis == "verify" {
		words += "; not confirmed to be in force"
	}
	return words
}

// Overdue reports whether somebody was to review the list before today.
func (l *List) Overdue(today sla.Day) bool { return today > l.NextReview }

// Unconfirmed are the codes of the entries that must be confirmed before anybody
// relies on them.
func (l *List) Unconfirmed() (codes []string) {
	for _, e := range l.Entries {
		if e.Basis == "verify" {
			codes = append(codes, e.Code)
		}
	}
	return codes
}
