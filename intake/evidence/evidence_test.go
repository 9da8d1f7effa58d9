package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func openTest(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newTest(t testing.TB) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	return openTest(t, dir), dir
}

func seal(t testing.TB, s *Store, text string) Sealed {
	t.Helper()
	sealed, err := s.Seal(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// files lists every file under dir, drafts as well.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func onlyExhibits(t testing.TB, dir string, want int) {
	t.Helper()
	found := files(t, dir)
	for _, name := range found {
		if !strings.HasPrefix(name, "exhibits/") {
			t.Errorf("%s was left behind", name)
		}
	}
	if len(found) != want {
		t.Errorf("%d files, want %d", len(found), want)
	}
}

func TestSealKeepsTheBytesUnderTheirName(t *testing.T) {
	s, dir := newTest(t)
	sizes := []int{0, 1, 4096, chunk - 1, chunk, chunk + 1, 3*chunk + 7}
	for _, size := range sizes {
		body := bytes.Repeat([]byte("é\x00\r\n"), size/4+1)[:size]
		sealed, err := s.Seal(t.Context(), iotest.HalfReader(bytes.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%x", sha256.Sum256(body)); string(sealed.Digest) != want || sealed.Size != int64(size) {
			t.Errorf("size %d: sealed as %v", size, sealed)
		}
		if got := read(t, s, sealed.Digest); !bytes.Equal(got, body) {
			t.Errorf("size %d: other bytes came back", size)
		}
		if err := s.Verify(t.Context(), sealed.Digest); err != nil {
			t.Error(err)
		}
	}
	onlyExhibits(t, dir, len(sizes))
}

func read(t testing.TB, s *Store, d Digest) []byte {
	t.Helper()
	e, err := s.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	got, err := io.ReadAll(io.NewSectionReader(e, 0, e.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestExhibitsAreReadOnly(t *testing.T) {
	s, _ := newTest(t)
	info, err := os.Stat(s.path(seal(t, s, "kept").Digest))
	if err != nil || info.Mode() != 0o400 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestSealingAgainKeepsOneCopy(t *testing.T) {
	s, dir := newTest(t)
	first := seal(t, s, "the same")
	before, _ := os.Stat(s.path(first.Digest))
	again := seal(t, s, "the same")
	after, _ := os.Stat(s.path(first.Digest))
	if first != again || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("%v then %v", first, again)
	}
	onlyExhibits(t, dir, 1)
}

// The same bytes from fifty deliveries at once, through two stores that share
// the folder: one copy, and everybody is told it is safe.
func TestSealingAtOnceKeepsOneCopy(t *testing.T) {
	s, dir := newTest(t)
	other := openTest(t, dir)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			store := []*Store{s, other}[i%2]
			if _, err := store.Seal(t.Context(), strings.NewReader("one concern")); err != nil {
				t.Error(err)
			}
			if _, err := store.Seal(t.Context(), strings.NewReader(fmt.Sprint("own", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	onlyExhibits(t, dir, 51)
	for d, err := range s.Digests(t.Context()) {
		if err = errors.Join(err, other.Verify(t.Context(), d)); err != nil {
			t.Error(err)
		}
	}
}

// A stream that is cut must not be kept as if it were whole, in whatever words
// the reader says so.
func TestF45CutStreamLeavesNothing(t *testing.T) {
	s, dir := newTest(t)
	for _, cut := range []error{
		errors.New("reset"), io.ErrUnexpectedEOF, fmt.Errorf("fetch: %w", io.EOF), context.Canceled,
	} {
		for _, size := range []int{0, 10, chunk, 2*chunk + 1} {
			r := io.MultiReader(strings.NewReader(strings.Repeat("x", size)), iotest.ErrReader(cut))
			if sealed, err := s.Seal(t.Context(), r); !errors.Is(err, cut) || sealed != (Sealed{}) {
				t.Errorf("%v after %d: %v, %v", cut, size, sealed, err)
			}
		}
	}
	onlyExhibits(t, dir, 0)
}

type endless struct{ cancel context.CancelFunc }

func (e endless) Read([]byte) (int, error) { e.cancel(); return 0, nil }

func TestCancelledDraftLeavesNothing(t *testing.T) {
	s, dir := newTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := s.Draft(ctx, endless{cancel}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	d, err := s.Draft(t.Context(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Keep(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	onlyExhibits(t, dir, 0)
}

func TestDraftIsSpentOnce(t *testing.T) {
	s, dir := newTest(t)
	d, err := s.Draft(t.Context(), strings.NewReader("draft"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), d.Digest()); d.Size() != 5 || !errors.Is(err, ErrMissing) {
		t.Errorf("a draft is kept already: %v", err)
	}
	if _, err := d.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Discard()
	if _, err := d.Keep(t.Context()); !errors.Is(err, ErrSpent) {
		t.Error(err)
	}
	onlyExhibits(t, dir, 1)
	gone, _ := s.Draft(t.Context(), strings.NewReader("gone"))
	gone.Discard()
	if _, err := gone.Keep(t.Context()); !errors.Is(err, ErrSpent) {
		t.Error(err)
	}
	onlyExhibits(t, dir, 1)
}

func TestListsInOrderAndNamesStrays(t *testing.T) {
	s, dir := newTest(t)
	var want []Digest
	for i := range 20 {
		want = append(want, seal(t, s, fmt.Sprint(i)).Digest)
	}
	slices.Sort(want)
	os.WriteFile(filepath.Join(dir, "exhibits", "notes.txt"), nil, 0o600)
	var got []Digest
	for d, err := range s.Digests(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for name, err := range s.Strays(t.Context()) {
		if name != "notes.txt" || err != nil {
			t.Errorf("stray %q, %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for d, err := range s.Digests(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s, %v", d, err)
		}
	}
}

func TestNamesThatAreNoDigest(t *testing.T) {
	s, _ := newTest(t)
	good := seal(t, s, "x").Digest
	for _, name := range []string{"", "..", "../../etc/passwd", strings.ToUpper(string(good)), string(good[1:]), string(good) + "0"} {
		if _, err := ParseDigest(name); !errors.Is(err, ErrNotDigest) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := s.Open(t.Context(), Digest(name)); !errors.Is(err, ErrMissing) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if d, err := ParseDigest(string(good)); d != good || err != nil {
		t.Error(d, err)
	}
}
