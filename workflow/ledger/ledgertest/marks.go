package ledgertest

// marks: the first word holds until it is taken back on purpose.
func marks(b *book) {
	marked := func(want string) {
		b.Helper()
		if got, err := b.Marked(b.Context(), "key"); got != want || err != nil {
			b.Errorf("marked %q, %v; want %q", got, err, want)
		}
	}
	marked("")
	for _, value := range []string{"one", "two"} {
		if stands, err := b.Mark(b.Context(), "key", value); stands != "one" || err != nil {
			b.Errorf("mark %s: %q stands, %v", value, stands, err)
		}
	}
	marked("one")
	b.must(b.Remark(b.Context(), "key", "three"))
	marked("three")
}
