package casefile

import (
	"fmt"
	"slices"
	"strings"

	"dutydesk/workflow/sla"
)

// half is one half of an act that takes two people. The first is written down and
// moves nothing; whole is true with the second, who holds one of the roles. One
// hand that types for two people is one person.
func (d *doing) half(act string, roles ...sla.Role) (whole bool, err error) {
	first, hand := d.file.first(act)
	switch {
	case first == "" || !d.MayAct(d.rules.Roster, first):
		d.file = d.file.spoken(act, d.cmd)
		d.stays = true
		d.tell("proposes something that takes two people: a second person must say the same of it")
		return false, nil
	case first == d.cmd.By || hand != "" && hand == d.cmd.Hand:
		return false, ErrSamePerson
	case !d.mayConfirm(d.rules.Roster, first, d.cmd.By, roles...):
		return false, fmt.Errorf("the second person must be %s: %w", strings.ReplaceAll(fmt.Sprint(roles), " ", " or "), ErrNotAllowed)
	}
	d.file = d.file.whole(act)
	return true, nil
}

// first is who spoke the first half of an act, and whose hand wrote it down if
// that was another's.
func (f File) first(act string) (person, hand string) {
	for _, h := range f.Halves.List() {
		if said, ok := strings.CutPrefix(h, act+"="); ok {
			person, hand, _ = strings.Cut(said, "=")
		}
	}
	return person, hand
}

// spoken is the file with the first half of an act, in place of an earlier one.
func (f File) spoken(act string, cmd Command) File {
	f = f.whole(act)
	said := act + "=" + cmd.By
	if cmd.Hand != "" {
		said += "=" + cmd.Hand
	}
	f.Halves = f.Halves.With(said)
	return f
}

// whole is the file without halves of an act.
func (f File) whole(act string) File {
	f.Halves = IDs(strings.Join(slices.DeleteFunc(f.Halves.List(), func(h string) bool { return strings.HasPrefix(h, act+"=") }), " "))
	return f
}

// mayConfirm reports whether second may agree to what first proposed, where that
// is for the holders of roles. Where nobody else holds one of them who may act
// on the case it is for the senior accountable officer or the executive, and
// where there are none of those either for any second person.
func (c Case) mayConfirm(r Roster, first, second string, roles ...sla.Role) bool {
	for _, held := range [][]sla.Role{roles, {sla.SeniorOfficer, sla.Executive}} {
		others := false
		for _, role := range held {
			if r.fills(second, c.Org, role) {
				return true
			}
			others = others || slices.ContainsFunc(r.seated(c.Org, role), func(id string) bool { return id != first && c.MayAct(r, id) })
		}
		if others {
			return false
		}
	}
	return true
}

// typed reports whether a hand wrote down the first half of an act.
func (f File) typed(act, hand string) bool {
	_, by := f.first(act)
	return by == hand
}
