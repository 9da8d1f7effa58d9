package webform

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
)

const (
	mostPerFile   = 25 << 20  // bytes
	mostPerDraft  = 100 << 20 // bytes
	mostPerReport = 20        // files
	mostParts     = 10        // of one form that holds a file
	mostSent      = 300 << 20 // bytes that are read off, so that an answer can be seen
	patience      = 30 * time.Second
	mostPatience  = 15 * time.Minute
)

var (
	errBig   = errors.New("file is too big")
	errFull  = errors.New("files are too big together")
	errParts = errors.New("form has too many parts")
	errNone  = errors.New("form has no file")
	errEmpty = errors.New("file is empty")
	errMany  = errors.New("report has too many files")
	errQuota = errors.New("files of all drafts are too big together")
)

// upload takes a file, or takes one away. Whatever goes wrong with a file, the
// words of the draft stay.
func (f *Form) upload(w http.ResponseWriter, r *http.Request) {
	d := f.drafts.get(r)
	if d == nil {
		f.ended(w)
		return
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		f.takeAway(w, r, d)
		return
	}
	room, open := f.room(d)
	if !open {
		f.lead(w, r, numberOf("upload"))
		return
	}
	r.Body = http.MaxBytesReader(w, &slow{ReadCloser: r.Body, c: http.NewResponseController(w), end: time.Now().Add(mostPatience)}, mostSent)
	x, token, err := f.fetch(r, room)
	io.Copy(io.Discard, r.Body) // or the browser shows a broken connection in place of the answer
	if !d.ours(r, token) {
		if x.draft != nil {
			f.spill(x)
		}
		f.odd(w, http.StatusForbidden, "odd.cross")
		return
	}
	f.added(w, r, d, x, err)
}

// slow gives a phone on a bad line time as long as something comes.
type slow struct {
	io.ReadCloser
	c   *http.ResponseController
	end time.Time
}

func (s *slow) Read(p []byte) (int, error) {
	next := time.Now().Add(patience)
	if next.After(s.end) {
		next = s.end
	}
	s.c.SetReadDeadline(next) // a server that knows none has another
	return s.ReadCloser.Read(p)
}

// room is how many bytes may be added to a draft; open says whether files may
// be added to it.
func (f *Form) room(d *draft) (left int64, open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	left = f.PerAll
	for _, x := range d.files {
		left -= x.draft.Size()
	}
	return left, !d.gone && d.receipt == nil && takesFiles(f, d.answers)
}

// fetch reads the parts of a form up to its file, which goes to the seal as a
// stream.
func (f *Form) fetch(r *http.Request, room int64) (x file, token string, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return x, "", err
	}
	for range mostParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return x, token, errNone
		}
		if err != nil {
			return x, token, err
		}
		switch part.FormName() {
		case "t":
			b, _ := io.ReadAll(io.LimitReader(part, 100)) // a cut token is a wrong one
			token = string(b)
		case "file":
			x, err = f.seal(r.Context(), part, room)
			return x, token, err
		}
	}
	return x, token, errParts
}

// seal drafts a file of at most room bytes.
func (f *Form) seal(ctx context.Context, part *multipart.Part, room int64) (x file, err error) {
	x = file{id: rand.Text(), name: fileName(part.FileName())}
	if part.FileName() == "" {
		return x, errNone
	}
	limit, over := f.PerFile, errBig
	if room < limit {
		limit, over = room, errFull
	}
	x.draft, err = f.Desk.Draft(ctx, &capped{r: part, left: limit, over: over})
	switch {
	case err != nil:
		return x, err
	case x.draft.Size() == 0:
		x.draft.Discard()
		return file{name: x.name}, errEmpty
	case !f.drafts.bytes(x.draft.Size()):
		x.draft.Discard()
		return file{name: x.name}, errQuota
	}
	return x, nil
}

// capped fails with over when more than left bytes come.
type capped struct {
	r    io.Reader
	left int64
	over error
}

func (c *capped) Read(p []byte) (n int, err error) {
	n, err = c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, c.over
	}
	return n, err
}

// fileName is the last part of a name, as far as it can be shown.
func fileName(sent string) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(sent, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '_'
	}, name)
	if runes := []rune(name); len(runes) > 150 {
		name = string(runes[:100]) + "..." + string(runes[len(runes)-40:])
	}
	if name == "." || name == "/" {
		return "file"
	}
	return name
}

// spill drops a file that no draft takes.
func (f *Form) spill(x file) {
	f.drafts.bytes(-x.draft.Size())
	x.draft.Discard()
}

// added puts the file to the draft, or says what became of it.
func (f *Form) added(w http.ResponseWriter, r *http.Request, d *draft, x file, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil && len(d.files) >= mostPerReport {
		f.spill(x)
		err = errMany
	}
	switch {
	case err == nil && (d.gone || d.receipt != nil || !takesFiles(f, d.answers)):
		f.spill(x)
		f.lead(w, r, numberOf("upload"))
	case err == nil:
		d.files = append(d.files, x)
		f.lead(w, r, numberOf("upload"))
	default:
		f.notAdded(w, d, x.name, err)
	}
}

// notAdded tells which file is missing, and why.
func (f *Form) notAdded(w http.ResponseWriter, d *draft, name string, err error) {
	why := "file-lost"
	for _, k := range []struct {
		is   error
		part string
	}{{errNone, "file-none"}, {errEmpty, "file-empty"}, {errBig, "file-big"}, {errFull, "file-full"}, {errMany, "file-many"}} {
		if errors.Is(err, k.is) {
			why = k.part
		}
	}
	if why != "file-none" && len(d.lost) < mostPerReport {
		d.lost = append(d.lost, name)
	}
	n := numberOf("upload")
	v := f.draftView(d, n)
	v.Next, v.Errors = place(f.after(n, d.answers)), []mistake{{"file", f.pages.Maybe("error." + why)}}
	f.answer(w, http.StatusUnprocessableEntity, "upload", v)
}

// takeAway takes a file out of the draft again.
func (f *Form) takeAway(w http.ResponseWriter, r *http.Request, d *draft) {
	sent, ok := f.sent(w, r)
	if !ok {
		return
	}
	if !d.ours(r, sent.Get("t")) {
		f.odd(w, http.StatusForbidden, "odd.cross")
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, x := range d.files {
		if x.id == sent.Get("remove") {
			f.spill(x)
			d.files = append(d.files[:i:i], d.files[i+1:]...)
			break
		}
	}
	f.lead(w, r, numberOf("upload"))
}
