package ledgertest

import (
	"slices"
	"time"

	"dutydesk/workflow/ledger"
)

// reads: every look at a case is kept, in order, and those of one case are
// found among others.
func reads(b *book) {
	first := ledger.Read{Case: "SG-1", At: noon, Reader: "root", What: "case show"}
	second := ledger.Read{Case: "SG-1", At: noon.Add(time.Minute), Reader: "root", What: "case chronology", Person: "lead", Why: "the panel meets"}
	other := ledger.Read{Case: "SG-2", At: noon, Reader: "root", What: "case show"}
	for _, r := range []ledger.Read{second, other, first, first} {
		b.must(b.NoteRead(b.Context(), r))
	}
	got, err := b.Reads(b.Context(), "SG-1")
	b.must(err)
	if want := []ledger.Read{first, first, second}; !slices.Equal(got, want) {
		b.Errorf("%v, want %v", got, want)
	}
	if all, err := b.Reads(b.Context(), ""); err != nil || len(all) != 4 {
		b.Errorf("%d of 4, %v", len(all), err)
	}
}
