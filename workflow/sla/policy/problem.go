package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong or doubtful in a policy: where it stands,
// and how to mend it.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 where there is no place
	Key          string // such as "stage[2].s1"
	What         string
	Fix          string
}

// Error is "file:line:column: key: what; fix".
func (p Problem) Error() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	return strings.TrimPrefix(s+": "+p.Key+": "+p.What+"; "+p.Fix, ": ")
}

// Problems are several, in the order of the file.
type Problems []Problem

// Error lists all problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted puts them in the order of the file.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return ps
}

// add notes a problem with a key.
func (ps *Problems) add(key, what, fix string) {
	*ps = append(*ps, Problem{Key: key, What: what, Fix: fix})
}

// located says where in the file problems are.
func (f *File) located(ps Problems) Problems {
	for i := range ps {
		ps[i].File = f.name
		if f.at != nil {
			ps[i].Line, ps[i].Column = f.at(ps[i].Key)
		}
	}
	return ps
}
