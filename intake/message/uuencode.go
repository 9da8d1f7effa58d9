package message

import (
	"bytes"
	"io"
)

// lineFeed splits what is written to it into lines without their line ends and
// calls line for each. Of a line over maxUULine only the beginning is kept.
type lineFeed struct {
	line func([]byte)
	held []byte
}

// maxUULine is far over what a uuencoded line can be (62 bytes) or an honest
// "begin" line with a file name.
const maxUULine = 1024

// write takes the next bytes.
func (f *lineFeed) write(p []byte) {
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			f.hold(p)
			return
		}
		if len(f.held) == 0 {
			f.line(trimEOL(p[:i]))
		} else {
			f.hold(p[:i])
			f.line(trimEOL(f.held))
			f.held = f.held[:0]
		}
		p = p[i+1:]
	}
}

// hold keeps the beginning of an unfinished line.
func (f *lineFeed) hold(p []byte) {
	f.held = append(f.held, p[:min(len(p), maxUULine-min(maxUULine, len(f.held)))]...)
}

// end hands over the last line, which had no line end.
func (f *lineFeed) end() {
	if len(f.held) > 0 {
		f.line(trimEOL(f.held))
		f.held = f.held[:0]
	}
}

// uuScanner finds uuencoded blocks (POSIX uuencode) in lines of text. It calls
// begin for a block, data for its bytes and done at its end; complete is false
// when the end line was missing.
type uuScanner struct {
	begin func(name string)
	data  func([]byte)
	done  func(complete bool)

	name   string
	asked  bool // a begin line was seen and no data line yet
	inside bool
	bad    bool
}

// line takes the next line.
func (u *uuScanner) line(line []byte) {
	switch {
	case u.inside || u.asked:
		u.blockLine(line)
	default:
		u.name, u.asked = uuBegin(line)
	}
}

// blockLine takes a line behind a begin line.
func (u *uuScanner) blockLine(line []byte) {
	if u.inside && string(bytes.TrimSpace(line)) == "end" {
		u.finish(!u.bad)
		return
	}
	raw, ok := uuLine(line)
	switch {
	case !ok && u.asked: // it was prose after all
		u.name, u.asked = uuBegin(line)
	case !ok && len(bytes.TrimSpace(line)) > 0:
		u.bad = true
	case ok && u.asked:
		u.asked, u.inside, u.bad = false, true, false
		u.begin(u.name)
		u.data(raw)
	case ok:
		u.data(raw)
	}
}

// finish ends the block.
func (u *uuScanner) finish(complete bool) {
	if u.inside {
		u.inside = false
		u.done(complete)
	}
}

// uuBegin reads "begin 644 name".
func uuBegin(line []byte) (name string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("begin "))
	if !ok {
		return "", false
	}
	mode, file, ok := bytes.Cut(bytes.TrimLeft(rest, " "), []byte(" "))
	if !ok || len(mode) < 3 || len(mode) > 4 || len(bytes.TrimSpace(file)) == 0 {
		return "", false
	}
	for _, c := range mode {
		if c < '0' || c > '7' {
			return "", false
		}
	}
	return string(bytes.TrimSpace(file)), true
}

// uuLine decodes one line. Missing blanks at the end are added: mail programs
// drop them. ok is false when the line cannot be uuencoded.
func uuLine(line []byte) (raw []byte, ok bool) {
	if len(line) == 0 || line[0] < ' ' || line[0] > '`' {
		return nil, false
	}
	n := int(line[0]-' ') & 63
	need := (n + 2) / 3 * 4
	text := line[1:]
	if len(text) > need+2 {
		return nil, false
	}
	raw = make([]byte, 0, need/4*3)
	for i := 0; i < need; i += 4 {
		var v [4]byte
		for j := range v {
			if i+j < len(text) {
				if text[i+j] < ' ' || text[i+j] > '`' {
					return nil, false
				}
				v[j] = (text[i+j] - ' ') & 63
			}
		}
		raw = append(raw, v[0]<<2|v[1]>>4, v[1]<<4|v[2]>>2, v[2]<<6|v[3])
	}
	return raw[:n], len(text) >= need*3/4
}

// uuDecoder decodes a part whose transfer encoding is uuencode. Lines before
// "begin" are dropped, as all programs do.
type uuDecoder struct {
	src io.Reader
	*buffers
	feed lineFeed
	scan uuScanner
	odd  string
}

// newUUDecoder reads src through bufs.
func newUUDecoder(src io.Reader, bufs *buffers) *uuDecoder {
	u := &uuDecoder{src: src, buffers: bufs}
	u.scan = uuScanner{
		begin: func(string) {},
		data:  func(b []byte) { u.out = append(u.out, b...) },
		done:  func(bool) {},
	}
	u.feed.line = u.scan.line
	return u
}

func (u *uuDecoder) flaw() string { return u.odd }

// next implements decoder.
func (u *uuDecoder) next() ([]byte, error) {
	raw, err := u.read(u.src)
	u.feed.write(raw)
	if err != nil {
		u.feed.end()
		if u.scan.inside || u.scan.bad {
			u.odd = "no end line"
		}
	}
	return u.out, err
}
