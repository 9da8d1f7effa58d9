package message_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/intake/message"
)

// score counts hits of one promise and remembers where it was missed.
type score struct {
	hit, all int
	missed   map[string]int // by source
}

// tally counts scores by name.
type tally struct {
	t      *testing.T
	scores map[string]*score
}

// count notes one expectation.
func (y *tally) count(name string, e *expected, ok bool, detail ...any) {
	s := y.scores[name]
	if s == nil {
		s = &score{missed: map[string]int{}}
		y.scores[name] = s
	}
	s.all++
	if ok {
		s.hit++
		return
	}
	s.missed[e.Source]++
	if testing.Verbose() {
		y.t.Logf("%s: %s: %s", name, e.File, fmt.Sprintln(detail...))
	}
}

// floors are the shares that must be reached, in per cent.
var floors = map[string]float64{
	"raw kept":            100,
	"attachments strong":  100,
	"names":               99.6,
	"message-id":          100,
	"in-reply-to":         99.9,
	"references":          99.9,
	"uuencode":            100,
	"tnef":                100,
	"class (source)":      99,
	"no person a machine": 100,
	"no machine a person": 100,
	"no silent loss":      100,
	"class (header)":      97,
	"dsn recipient":       100,
	"dsn status":          100,
	"from":                99.9,
	"subject":             99.9,
	"date":                99.9,
	"body":                95.5,
}

// Every mail of the corpus, against what four families of parsers agree on.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	y := &tally{t: t, scores: map[string]*score{}}
	all := expectations(t, dir)
	if len(all) != 1603 {
		t.Errorf("%d mails, want 1,603", len(all))
	}
	for _, e := range all {
		raw, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		m := message.Read(t.Context(), bytes.NewReader(raw), int64(len(raw)))
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s took %v", e.File, took)
		}
		y.mail(&e, &m)
	}
	y.report()
}

// report prints every score with its misses by source and checks the floors.
func (y *tally) report() {
	for _, name := range slices.Sorted(maps.Keys(y.scores)) {
		s := y.scores[name]
		share := 100 * float64(s.hit) / float64(s.all)
		var where []string
		for _, src := range slices.Sorted(maps.Keys(s.missed)) {
			where = append(where, fmt.Sprintf("%s %d", src, s.missed[src]))
		}
		y.t.Logf("%-20s %5d of %5d  %6.2f %%  missed: %s", name, s.hit, s.all, share, strings.Join(where, ", "))
		if share < floors[name] {
			y.t.Errorf("%s: %.2f %%, promised %.2f %%", name, share, floors[name])
		}
	}
}

// mail scores one mail.
func (y *tally) mail(e *expected, m *message.Message) {
	y.count("raw kept", e, m.SHA256 == e.SHA256, m.SHA256)
	for _, d := range m.Defects {
		if d.Code == message.DefectPanic || d.Code == message.DefectTime {
			y.t.Errorf("%s: %v", e.File, d)
		}
	}
	y.fields(e, m)
	y.files(e, m)
	if e.Auto != nil {
		y.machine(e, m)
	}
}

// agreed reports whether the parsers agree on the field.
func (e *expected) agreed(field string) bool { return !slices.Contains(e.Disputed, field) }

// fields scores the header fields and the text.
func (y *tally) fields(e *expected, m *message.Message) {
	if e.agreed("message_id") {
		y.count("message-id", e, unreadable(e) || strings.Trim(m.MessageID, "<>") == strings.Trim(squeezed(e.MessageID), "<>"), m.MessageID, "want", e.MessageID)
	}
	if e.agreed("in_reply_to") {
		got := ""
		if len(m.InReplyTo) > 0 {
			got = m.InReplyTo[0]
		}
		y.count("in-reply-to", e, got == e.InReplyTo, got, "want", e.InReplyTo)
	}
	if e.agreed("references") {
		y.count("references", e, slices.Equal(m.References, e.References), m.References, "want", e.References)
	}
	if e.agreed("subject") {
		y.count("subject", e, unreadable(e) || folded(m.Subject) == folded(e.Subject), fmt.Sprintf("%q want %q", m.Subject, e.Subject))
	}
	if e.agreed("from") {
		got := ""
		if len(m.From) > 0 {
			got = m.From[0].Addr
		}
		want := e.From
		if !strings.Contains(want, "@") {
			want = "" // a word is no address
		}
		y.count("from", e, unreadable(e) || got == want, fmt.Sprintf("%q want %q", got, e.From))
	}
	if e.agreed("date") && e.Date != nil {
		y.count("date", e, m.Date.Unix() == *e.Date, m.Date, "want", time.Unix(*e.Date, 0).UTC())
	}
	if e.agreed("body") && e.BodySum != "" && !m.HTMLOnly {
		sum := sha256.Sum256([]byte(folded(m.Text)))
		y.count("body", e, hex.EncodeToString(sum[:]) == e.BodySum, len(folded(m.Text)))
	}
}

// unreadable reports a mail whose lines end with a lone CR, in which the other
// parsers see no header at all.
func unreadable(e *expected) bool {
	return strings.HasPrefix(filepath.Base(e.File), "cr-only-") && e.From == ""
}

// squeezed drops all white space.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// sameName compares file names but for backslashes: the others take those of
// "C:\TEMP\a.png" for escapes, we keep them.
func sameName(a, b string) bool {
	return strings.ReplaceAll(folded(a), `\`, "") == strings.ReplaceAll(folded(b), `\`, "")
}

// folded makes every run of white space one blank.
func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// files scores attachments of every kind.
func (y *tally) files(e *expected, m *message.Message) {
	left := slices.Clone(m.Attachments)
	if e.Status == "agreed" {
		for _, want := range e.Attachments {
			a, ok := takeFile(&left, want)
			y.count("attachments "+e.Strength, e, ok, want.Filename, want.SHA256)
			if ok && want.NameAgreed {
				y.count("names", e, sameName(a.Name, want.Filename), fmt.Sprintf("%q want %q", a.Name, want.Filename))
			}
			if !ok {
				y.count("no silent loss", e, len(m.Defects) > 0, want.Filename)
			}
		}
	}
	for _, want := range e.UU {
		if want.Agreed {
			_, ok := takeFile(&left, want)
			y.count("uuencode", e, ok, want.Filename)
		}
	}
	for _, t := range e.TNEF {
		for _, want := range t.Files {
			if t.Status == "agreed" {
				_, ok := takeFile(&left, want)
				y.count("tnef", e, ok, want.Filename)
			}
		}
	}
}

// takeFile finds want among left, by exact bytes or with line ends evened, the
// one with the right name first.
func takeFile(left *[]message.Attachment, want wantedFile) (message.Attachment, bool) {
	for _, named := range []bool{true, false} {
		for i, a := range *left {
			if (a.SHA256 == want.SHA256 || a.SHA256 == want.Norm || evened[a.SHA256] == want.Norm) && want.Norm+want.SHA256 != "" && (!named || a.Name == want.Filename) {
				*left = slices.Delete(*left, i, i+1)
				return a, true
			}
		}
	}
	return message.Attachment{}, false
}

// evened maps the digest of bytes to that of the same with line ends evened.
var evened = map[string]string{}

// trulyMachine are mails that the corpus's own weak header rule calls normal and
// that are not: a disposition notification (RFC 8098, appendix).
var trulyMachine = map[string]bool{"mimetreep_mdn-f3da621e.eml": true}

// saysSo reports a mail whose own header or delivery report says that a machine
// wrote it. Elsewhere the upstream project knows it from the words alone, also
// where a person sent a bounce on.
func (w *wantedMachine) saysSo() bool { return w.Source == "header-rule" || len(w.DSN) > 0 }

// machine scores who wrote the mail.
func (y *tally) machine(e *expected, m *message.Message) {
	got := string(m.Machine.Class)
	if got == "person" {
		got = "normal"
	}
	ok := slices.Contains(e.Auto.Accept, got)
	name := "class (header)"
	if strings.HasPrefix(e.Auto.Source, "source-label") {
		name = "class (source)"
	}
	y.count(name, e, ok, got, m.Machine.Why, "want", e.Auto.Accept, m.Subject)
	if e.Auto.Class == "normal" && !trulyMachine[filepath.Base(e.File)] {
		y.count("no person a machine", e, got == "normal", got, m.Machine.Why, m.Subject)
	}
	if machine := e.Auto.Class == "bounce" || e.Auto.Class == "auto-reply"; machine && e.Auto.saysSo() {
		y.count("no machine a person", e, got != "normal", m.Subject)
	}
	for _, want := range e.Auto.DSN {
		if !want.Confirmed {
			continue
		}
		addr := strings.Trim(strings.ToLower(want.Recipient), "<>")
		i := slices.IndexFunc(m.Bounce, func(b message.Bounce) bool { return b.Recipient == addr })
		y.count("dsn recipient", e, i >= 0, want.Recipient, m.Bounce)
		if i >= 0 && want.Status != "" {
			y.count("dsn status", e, m.Bounce[i].Status == want.Status && m.Bounce[i].Action == want.Action, want, m.Bounce[i])
		}
	}
}

// attackDefects are the codes any of which tells a person of the attack.
var attackDefects = map[string][]string{
	"identity-ambiguous":        {message.DefectDuplicate, message.DefectManyFrom, message.DefectConfusable, message.DefectSpaceColon, message.DefectNameIsAddr},
	"thread-ambiguous":          {message.DefectDuplicate, message.DefectThread, message.DefectID, message.DefectManyTokens},
	"filename-attack":           {message.DefectNameTrick, message.DefectNameTwice},
	"evidence-hiding":           {message.DefectReopened, message.DefectSameBound, message.DefectEpilogue, message.DefectPreamble},
	"identity-display-mismatch": {message.DefectNameIsAddr, message.DefectNonASCII, message.DefectReplyTo},
	"header-ambiguous":          {message.DefectLeadingFold, message.DefectMixedBlank},
	"forged-trust-header":       {message.DefectTrustHeader},
	"identity-missing":          {message.DefectNoFrom},
	"nul":                       {message.DefectNUL},
	"smuggling":                 {message.DefectLoneDot},
}

// Every attack of the spoof set is noted, and no identity in it is taken as
// proven, whichever profile is asked.
func TestSpoofs(t *testing.T) {
	dir := corpus(t)
	noted, all := 0, 0
	for _, e := range expectations(t, dir) {
		if e.Category != "spoof" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		m := readRaw(t, raw)
		for _, trust := range []message.Trust{{Profile: message.Generic, AuthservID: "mx.council.example"}, {Profile: message.Microsoft}, {Profile: message.Google}} {
			if addr, _ := m.Authenticated(trust); addr != "" || m.SignedBy() != "" {
				t.Errorf("%s: %s proven for %v", e.File, addr, trust)
			}
		}
		for _, kind := range e.Attack {
			all++
			if slices.ContainsFunc(m.Defects, func(d message.Defect) bool { return slices.Contains(attackDefects[kind], d.Code) }) || slices.ContainsFunc(m.Attachments, func(a message.Attachment) bool {
				return slices.ContainsFunc(a.Defects, func(d message.Defect) bool { return slices.Contains(attackDefects[kind], d.Code) })
			}) {
				noted++
			} else {
				t.Errorf("%s: %s not noted: %v", e.File, kind, m.Defects)
			}
		}
	}
	t.Logf("attacks noted: %d of %d", noted, all)
}
