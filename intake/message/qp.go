package message

import (
	"bytes"
	"io"
)

// qpDecoder decodes quoted-printable (RFC 2045 section 6.7). Blanks before a
// line end are dropped as the RFC says; an escape that is none stays as it is.
type qpDecoder struct {
	src io.Reader
	*buffers
	held []byte // an incomplete line
	odd  string
}

func (q *qpDecoder) flaw() string { return q.odd }

// next implements decoder. It decodes the whole lines of a chunk; a line longer
// than the chunk is decoded in pieces that split no escape.
func (q *qpDecoder) next() ([]byte, error) {
	work, err := q.read(q.src)
	if len(q.held) > 0 {
		work = append(q.held, work...)
	}
	for {
		i := bytes.IndexByte(work, '\n')
		if i < 0 {
			break
		}
		q.line(work[:i], true)
		work = work[i+1:]
	}
	if err != nil {
		q.line(work, false)
		return q.out, err
	}
	if len(work) > chunk {
		n := splitAt(work)
		q.escapes(work[:n])
		work = work[n:]
	}
	q.held = append(q.held[:0], work...)
	return q.out, nil
}

// splitAt returns where a long line may be cut: near its end, before an escape
// and not after a blank that may turn out to end the line.
func splitAt(line []byte) int {
	n := len(line) - 1024
	if i := bytes.LastIndexByte(line[n-3:n], '='); i >= 0 {
		n += i - 3
	}
	return n
}

// line decodes one line without its LF; ended says that it had one.
func (q *qpDecoder) line(line []byte, ended bool) {
	if len(line) == 0 && !ended {
		return
	}
	t := bytes.TrimRight(line, " \t\r")
	if len(t) > 0 && t[len(t)-1] == '=' { // soft line break
		q.escapes(t[:len(t)-1])
		return
	}
	if !ended {
		q.escapes(line)
		return
	}
	q.escapes(t)
	if len(line) > 0 && line[len(line)-1] == '\r' {
		q.out = append(q.out, '\r')
	}
	q.out = append(q.out, '\n')
}

// escapes decodes =XX.
func (q *qpDecoder) escapes(s []byte) {
	for {
		i := bytes.IndexByte(s, '=')
		if i < 0 {
			q.out = append(q.out, s...)
			return
		}
		q.out = append(q.out, s[:i]...)
		s = s[i:]
		if len(s) >= 3 {
			if v, ok := hexByte(s[1], s[2]); ok {
				q.out = append(q.out, v)
				s = s[3:]
				continue
			}
		}
		q.odd = "an escape that is none"
		q.out = append(q.out, '=')
		s = s[1:]
	}
}
