package evidence_test

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"

	"dutydesk/intake/evidence"
)

// A draft can be read in any order, as often as need be, until it is spent.
func TestDraftIsReadAgain(t *testing.T) {
	s, err := evidence.Open(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := bytes.Repeat([]byte("0123456789"), 100_000)
	d, err := s.Draft(t.Context(), bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := io.ReadAll(io.NewSectionReader(d, 0, d.Size())); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	if n, err := d.ReadAt(make([]byte, 10), d.Size()-5); n != 5 || err != io.EOF {
		t.Errorf("at the end %d, %v", n, err)
	}
	d.Discard()
	if n, err := d.ReadAt(make([]byte, 10), 0); n != 0 || err == nil || err == io.EOF {
		t.Errorf("spent: %d, %v", n, err)
	}
}
