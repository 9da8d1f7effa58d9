package ledgertest

import (
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// filled is a file with something in every field.
func filled() casefile.File {
	return casefile.File{Forms: "SEX-DPF THR", Channels: "MSG", Platform: "an app", Age: "16-17", Needs: "NO", Danger: "NOT-SURE", Flags: "DANGER U18",
		Owed: "LADO\tPENDING\t1wd\t1764158400000\tS2\tab12\tSTAFFSUBJ\t\t\t\n", Parties: "SUBJECT\tLRN\tunknown \"x\"\t@name 07700900123\n", Triaged: true,
		Halves: "DISPOSE=lead", Asked: "LADO", Outcome: "ADVICE", Told: "yes", Learning: "less of it"}
}

// Who has the same trace is found in other cases, also of the same decision, and
// a case does not find itself.
func traced(b *book) {
	one, two, none := b.opened(), b.opened(), b.opened()
	mark := "@" + b.name("handle")
	one.File.Parties = casefile.Parties("SUBJECT\tUNK\tA\t" + mark + "\n")
	two.File.Parties = casefile.Parties("AFFECTED\tUNK\tB\t07700900999 " + mark + "\n")
	b.store(one, nil)
	find := func(c casefile.Case) (refs casefile.IDs) {
		b.update(func(tx *ledger.Tx) (err error) {
			refs, err = tx.Traced(c)
			return err
		})
		return refs
	}
	if refs := find(one); refs != "" {
		b.Errorf("it found %q alone", refs)
	}
	b.update(func(tx *ledger.Tx) error {
		if err := tx.Store(casefile.Outcome{Case: two}, nil, noon); err != nil {
			return err
		}
		refs, err := tx.Traced(two)
		if refs != casefile.IDs(one.Ref) {
			b.Errorf("the second found %q", refs)
		}
		return err
	})
	if refs := find(one); refs != casefile.IDs(two.Ref) {
		b.Errorf("the first found %q", refs)
	}
	if refs := find(none); refs != "" {
		b.Errorf("another found %q", refs)
	}
	b.store(two, nil) // written again, nothing changes
}
