package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with the configuration, where it stands
// and how to mend it. Values of secrets are never in it.
type Problem struct {
	File         string // the file, or "$NAME" for a value from the environment
	Line, Column int    // from 1, columns in characters; 0 where there is no place
	Key          string // such as "mailbox.tls", or "" for the whole file
	What         string
	Fix          string
}

// Error is "file:line:column: key: what; fix".
func (p Problem) Error() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	if p.Key != "" {
		s += ": " + p.Key
	}
	s += ": " + p.What
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// Problems is everything that is wrong, in the order of the file.
type Problems []Problem

// Error lists all problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted puts them in the order of the file and names keys as people know them.
func (ps Problems) sorted() Problems {
	for i := range ps {
		ps[i].Key = shown(ps[i].Key)
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return ps
}

// meant is "did you mean …?" with the known word nearest to word, or "".
func meant(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return ""
}

// nearest is the known word that word is most likely a slip of, or "".
func nearest(word string, known []string) (near string) {
	best := 1 + len(word)/4
	for _, k := range known {
		d := distance(strings.ToLower(word), strings.ToLower(k))
		if short := min(len(word), len(k)); short >= 3 && strings.EqualFold(word[:short], k[:short]) {
			d = min(d, 1)
		}
		if d < best || d == best && near == "" {
			best, near = d, k
		}
	}
	return near
}

// distance is how many letters must be put, dropped, changed or swapped with a
// neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
