package reply_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dutydesk/intake/message"
	"dutydesk/workflow/reply"
)

// wanted is what the corpus says of one reply (see its README).
type wanted struct {
	File, Source string
	Reply        *struct{ Text, Tier, Policy string }
}

// figures are how many of some replies were read well.
type figures struct{ all, exact, near, whole int }

// corpus returns the folder of the shared corpus. It is test input that is no
// part of the project, so a desk without it skips; the build server may not.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DUTYDESK_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "expected.jsonl")); err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no mail corpus in %s; set DUTYDESK_CORPUS", dir)
	}
	t.Skipf("no mail corpus in %s; set DUTYDESK_CORPUS to read 107 real replies", dir)
	return ""
}

// replies are the mails of the corpus that have an expectation.
func replies(t *testing.T, dir string) (all []wanted) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var w wanted
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			t.Fatal(err)
		}
		if w.Reply != nil && w.Reply.Tier != "none" {
			all = append(all, w)
		}
	}
	return all
}

// Of the replies whose upstream tests say what was written, at least these
// shares are read exactly, nearly, and without the loss of a word.
func TestCorpusReplies(t *testing.T) {
	dir := corpus(t)
	by := map[string]*figures{}
	for _, w := range replies(t, dir) {
		got := reading(t, filepath.Join(dir, w.File), w.Reply.Policy)
		for _, of := range []string{w.Reply.Tier, w.Reply.Tier + " " + w.Source} {
			if by[of] == nil {
				by[of] = &figures{}
			}
		}
		exact, near, whole := compare(got, w.Reply.Text)
		by[w.Reply.Tier].add(exact, near, whole)
		by[w.Reply.Tier+" "+w.Source].add(exact, near, whole)
		if !exact && testing.Verbose() {
			t.Logf("%s %s: near %v, no loss %v\n%s\n--- want\n%s\n", w.Reply.Tier, w.File, near, whole, ends(got), ends(w.Reply.Text))
		}
	}
	for _, of := range slices.Sorted(maps.Keys(by)) {
		f := by[of]
		t.Logf("%-28s %3d replies: exact %5.1f %%, near %5.1f %%, no loss %5.1f %%", of, f.all, f.share(f.exact), f.share(f.near), f.share(f.whole))
	}
	if f := by["source"]; f == nil || f.share(f.exact) < 90 || f.share(f.near) < 95 || f.share(f.whole) < 99 {
		t.Error("source: want exact 90 %, near 95 % and no loss 99 % at least")
	}
}

// reading is what somebody wrote in a mail. Some upstream tests count the
// signature.
func reading(t *testing.T, file, policy string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := message.Read(t.Context(), bytes.NewReader(raw), int64(len(raw)))
	r := reply.Read(m.Text)
	if strings.HasPrefix(policy, "signature kept") {
		return r.Text + "\n" + r.Signature
	}
	return r.Text
}

func (f *figures) add(exact, near, whole bool) {
	f.all++
	for n, yes := range map[*int]bool{&f.exact: exact, &f.near: near, &f.whole: whole} {
		if yes {
			*n++
		}
	}
}

func (f *figures) share(n int) float64 { return 100 * float64(n) / float64(f.all) }

// compare holds what was read against what is wanted, white space folded: near
// is a word F1 of 0.9, whole is that no wanted word is missing.
func compare(got, want string) (exact, near, whole bool) {
	g, w := strings.Fields(got), strings.Fields(want)
	left := map[string]int{}
	for _, word := range g {
		left[word]++
	}
	common := 0
	for _, word := range w {
		if left[word]--; left[word] >= 0 {
			common++
		}
	}
	return slices.Equal(g, w), 2*float64(common) >= 0.9*float64(len(g)+len(w)), common == len(w)
}

// ends are the beginning and the end of a text.
func ends(text string) string {
	if len(text) > 700 {
		return text[:300] + " [...] " + text[len(text)-400:]
	}
	return text
}
