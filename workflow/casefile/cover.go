package casefile

import (
	"maps"
	"slices"
)

// Uncovered lists the organisations that take concerns and for which nobody
// would stand in if lead and deputy were both away, by id.
func (r Roster) Uncovered() (orgs []string) {
	for _, id := range slices.Sorted(maps.Keys(r.Orgs)) {
		o := r.Orgs[id]
		others := slices.DeleteFunc(append(r.covers(o.Lead), r.covers(o.Deputy)...), func(c string) bool {
			return c == o.Lead || c == o.Deputy || !r.InPost(c)
		})
		if !o.Closed && len(others) == 0 {
			orgs = append(orgs, id)
		}
	}
	return orgs
}
