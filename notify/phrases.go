package notify

import (
	"slices"
	"strings"

	"dutydesk/templates"
)

// phrases writes the shorter things of one letter, and keeps the first failure.
type phrases struct {
	set *templates.Letters
	err error
}

// of writes the phrase for a code in its place, "" if the code is empty or has
// no words.
func (p *phrases) of(place, code string, facts any) string {
	if code == "" {
		return ""
	}
	return p.write(place+" "+code, facts)
}

func (p *phrases) write(name string, facts any) string {
	said, err := p.set.Phrase(name, facts)
	if p.err == nil {
		p.err = err
	}
	return said
}

// first writes the phrase for a code in its place, or that of the place itself
// if the code has no words of its own.
func (p *phrases) first(place, code string, facts any) string {
	if said := p.of(place, code, facts); said != "" {
		return said
	}
	return p.write(place, facts)
}

// kind is the first word of a part's name.
func (d Down) kind() string {
	kind, _, _ := strings.Cut(d.Part, " ")
	return kind
}

// what says which part is down, also one that has no words of its own.
func (f Facts) what(say *phrases) string {
	if f.Trouble.Part == "" {
		return ""
	}
	if said := say.of("down", f.Trouble.kind(), f.Trouble); said != "" {
		return said
	}
	return say.write("down", f.Trouble)
}

// understood lists what a reply was taken to say.
func (f Facts) understood(say *phrases) []string {
	items := f.Understood
	for _, d := range f.Deeds {
		said := say.write("word "+d.Word+"-"+d.Did, d)
		if said == "" {
			said = say.write("word "+d.Word, d)
		}
		if said == "" {
			said = d.Word
		}
		if len(d.Refs) > 0 {
			said += ": " + strings.Join(d.Refs, ", ")
		}
		items = append(items, said)
	}
	return items
}

// changed lists what came of it.
func (f Facts) changed(say *phrases) []string {
	items := f.Changed
	for _, d := range f.Deeds {
		facts := struct{ Stage, Can, Refs, Reasons string }{say.of("stage", d.State, d), strings.Join(d.Can, ", "), strings.Join(d.Refs, ", "), strings.Join(d.Reasons, ", or ")}
		place := "did"
		if f.Kind == ListAnswer {
			place = "did-list"
		}
		if said := say.of(place, d.Did, facts); said != "" {
			items = append(items, said)
		}
	}
	return items
}

// next lists what the case waits for.
func (f Facts) next(say *phrases) []string {
	items := f.Next
	facts := struct{ Stage, Due, Late, Back string }{f.due(say), f.since(f.Due), f.late(), f.since(f.Back)}
	if said := say.of("next", f.State, facts); said != "" && len(f.Deeds) > 0 {
		items = append(items, said)
	}
	return items
}

// idle are the ends of a word that did nothing.
var idle = []string{"taken-before", "no-reason", "spent", "same-person", "needs-la-lead", "refused", "not-listed", "too-many", "list-only", "unclear", "not-done", "not-grave",
	"needs-reason", "calm-same", "unknown-person", "readmit-same", "not-barred", "not-theirs", "no-pause", "not-waited", "not-pausable", "not-held"}

// moved reports whether a reply did anything.
func (f Facts) moved() bool {
	return len(f.Changed) > 0 || slices.ContainsFunc(f.Deeds, func(d Deed) bool { return !slices.Contains(idle, d.Did) })
}

// reason says why; that a message was not trusted has a code, and had words in
// letters that were decided on by an older program.
func (f Facts) reason(say *phrases) string {
	if f.Kind == Untrusted {
		if said := say.of("untrusted", f.Reason, f); said != "" {
			return said
		}
	}
	return f.Reason
}
