package message

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/richardlehane/mscfb"
)

// maxMsgFolder is how many bytes of a .msg's directory are read: 2,048 entries.
// The library keeps the path of each, so that more could cost far more memory
// than the file has bytes.
const maxMsgFolder = 256 << 10

var errMsgFolder = errors.New("its directory is too large")

// msgFile gives the library the bytes of a .msg and stops it in a directory that
// is too large. The only large reads are of directories and of streams.
type msgFile struct {
	*bytes.Reader
	left   int
	opened bool
}

// ReadAt implements io.ReaderAt.
func (f *msgFile) ReadAt(p []byte, off int64) (int, error) {
	if !f.opened && len(p) > 4 {
		if f.left -= len(p); f.left < 0 {
			return 0, errMsgFolder
		}
	}
	return f.Reader.ReadAt(p, off)
}

// msgStore is one storage of a .msg: a message, an attachment or an object.
type msgStore struct {
	name    string
	props   *mscfb.File            // properties of fixed size, nil in what is no message or attachment
	fixed   []byte                 // its bytes, once they were read
	values  map[uint32]*mscfb.File // properties of any size, by tag ([MS-OXMSG] section 2.1.3)
	streams []*mscfb.File          // all of them
	kids    []*msgStore
	budget  *int64 // bytes that may still be read of the whole file
}

// readMsg reads the directory of raw, a compound file ([MS-CFB]). What nests
// deeper than depth storages is left out and reported with what was read.
func readMsg(raw []byte, depth int) (*msgStore, error) {
	f := &msgFile{Reader: bytes.NewReader(raw), left: maxMsgFolder}
	doc, err := mscfb.New(f)
	if err != nil {
		return nil, err
	}
	f.opened = true
	budget := int64(len(raw))
	root := &msgStore{budget: &budget}
	stores := map[string]*msgStore{"": root}
	for _, e := range doc.File[1:] {
		above := stores[strings.Join(e.Path[:min(len(e.Path), depth+1)], "/")]
		if len(e.Path) > depth || above == nil {
			err = errors.New("storages are nested too deep or out of order")
			continue
		}
		above.take(e, stores)
	}
	return root, err
}

// take adds one entry of the directory.
func (s *msgStore) take(e *mscfb.File, stores map[string]*msgStore) {
	if e.FileInfo().IsDir() {
		kid := &msgStore{name: e.Name, budget: s.budget}
		s.kids = append(s.kids, kid)
		stores[strings.Join(append(slices.Clone(e.Path), e.Name), "/")] = kid
		return
	}
	s.streams = append(s.streams, e)
	if strings.HasPrefix(e.Name, "__properties_version1.0") {
		s.props = e
	}
	if tag, ok := strings.CutPrefix(e.Name, "__substg1.0_"); ok {
		if n, err := strconv.ParseUint(tag, 16, 32); err == nil {
			if s.values == nil {
				s.values = map[uint32]*mscfb.File{}
			}
			s.values[uint32(n)] = e
		}
	}
}

// attachments returns the storages of attachments in order of their numbers.
func (s *msgStore) attachments() (found []*msgStore) {
	for _, k := range s.kids {
		if strings.HasPrefix(k.name, "__attach_version1.0_#") {
			found = append(found, k)
		}
	}
	slices.SortStableFunc(found, func(a, b *msgStore) int { return cmp.Compare(a.name, b.name) })
	return found
}

// errMsgSize reports streams that together claim more bytes than the file has.
var errMsgSize = errors.New("its streams overlap")

// read returns the bytes of one stream.
func (s *msgStore) read(e *mscfb.File) (b []byte, err error) {
	if e != nil && e.Size > 0 && e.Size <= *s.budget {
		b = make([]byte, 0, e.Size)
	}
	err = s.each(e, func(piece []byte) { b = append(b, piece...) })
	return b, err
}

// each gives the bytes of one stream piece by piece: the library's work on one
// piece is quadratic.
func (s *msgStore) each(e *mscfb.File, take func([]byte)) error {
	if e == nil || e.Size == 0 {
		return nil
	}
	if *s.budget -= e.Size; *s.budget < 0 {
		return errMsgSize
	}
	piece := make([]byte, min(e.Size, 64<<10))
	for left := e.Size; left > 0; {
		n, err := e.Read(piece[:min(left, int64(len(piece)))])
		take(piece[:n])
		left -= int64(n)
		if err != nil && !(err == io.EOF && left == 0) {
			return err
		}
	}
	return nil
}

// The types of properties ([MS-OXCDATA] section 2.11.1).
const (
	mapiInt     = 0x0003
	mapiObject  = 0x000D
	mapiString8 = 0x001E
	mapiUnicode = 0x001F
	mapiBinary  = 0x0102
)

// text returns a property as text, "" if there is none. Damage is told.
func (s *msgStore) text(id uint32, codepage uint32, err *error) string {
	kind := uint16(mapiUnicode)
	e := s.values[id<<16|mapiUnicode]
	if e == nil {
		kind, e = mapiString8, s.values[id<<16|mapiString8]
	}
	b, bad := s.read(e)
	*err = errors.Join(*err, bad)
	if kind == mapiString8 && codepage != 0 {
		b, _, _ = bytes.Cut(b, []byte{0})
		t, _ := toUTF8(codepageName(codepage), b)
		return t
	}
	return valid(mapiProp{kind: kind, data: b}.text())
}

// number returns a property of fixed size; head is how many bytes stand before
// the first ([MS-OXMSG] section 2.4.1).
func (s *msgStore) number(tag uint32, head int) (uint32, bool) {
	if s.fixed == nil {
		s.fixed, _ = s.read(s.props) // damaged: what could be read counts
	}
	for b := s.fixed[min(head, len(s.fixed)):]; len(b) >= 16; b = b[16:] {
		if binary.LittleEndian.Uint32(b) == tag {
			return binary.LittleEndian.Uint32(b[8:]), true
		}
	}
	return 0, false
}

// codepageName is the charset of a Windows codepage, "" if it is not known.
func codepageName(n uint32) string {
	switch {
	case n == 65001:
		return "utf-8"
	case n >= 28591 && n <= 28606:
		return "iso-8859-" + strconv.Itoa(int(n)-28590)
	case n == 20866:
		return "koi8-r"
	case n == 50220, n == 50221, n == 50222:
		return "iso-2022-jp"
	case n < 20000:
		return "windows-" + strconv.Itoa(int(n))
	}
	return ""
}
