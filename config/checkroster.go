package config

import "fmt"

// roster checks who is there when, and who stands in for whom.
func (ch *checker) roster() {
	for i, p := range ch.Persons {
		at := fmt.Sprintf("person[%d]", i)
		ch.term(at, p.From, p.Until)
		if p.Cover != "" && p.Cover == p.ID {
			ch.wrong(at+".cover", "is the same person", "name somebody else, or leave it out")
		}
	}
	for i, s := range ch.Seats {
		at := fmt.Sprintf("seat[%d]", i)
		ch.term(at, s.From, s.Until)
		switch of := s.Role == "lead" || s.Role == "deputy"; {
		case of && s.Organisation == "":
			ch.wrong(at+".organisation", "is empty", fmt.Sprintf("say of which organisation they are the %s", s.Role))
		case !of && s.Organisation != "":
			ch.wrong(at+".organisation", fmt.Sprintf("%q has no %s of its own", s.Organisation, s.Role), "leave it out")
		}
	}
	ch.active()
}

// term wants a last day that is not before the first.
func (ch *checker) term(at string, from, until Date) {
	if from != "" && until != "" && until < from {
		ch.wrong(at+".until", fmt.Sprintf("%q is before from, %q", until, from), "put the later day last")
	}
}

// active wants the organisation that takes what belongs to nobody to be open,
// and nobody to lead an open one who has left before the deputy came.
func (ch *checker) active() {
	terms := map[string]Person{}
	for _, p := range ch.Persons {
		terms[p.ID] = p
	}
	for i, o := range ch.Organisations {
		at := fmt.Sprintf("organisation[%d]", i)
		if !o.Active && o.ID == ch.Service.Organisation {
			ch.wrong(at+".active", "is false, and it takes what belongs to nobody", "write active = true, or name another as service.organisation")
		}
		a, b := terms[o.Lead], terms[o.Deputy]
		if o.Active && (apart(a, b) || apart(b, a)) {
			ch.wrong(at, fmt.Sprintf("has neither lead nor cover between %q and %q", o.Lead, o.Deputy),
				"let one be in post until the other begins, or write active = false: its concerns go to service.organisation then")
		}
	}
}

// apart reports whether a has left before b begins.
func apart(a, b Person) bool { return a.Until != "" && b.From != "" && a.Until < b.From }
