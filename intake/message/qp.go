package message

import (
	"bytes"
	"io"
)

// qpDecoder decodes quoted-printable (RFC 2045 section 6.7). Blanks before a
// line end are dropped as the RFC says; an escape that is none stays as it is.
type qpDecoder struct {
	src  io.Reader
	raw  []byte
	held []byte // an incomplete line
	out  []byte
	odd  string
	done bool
}

func (q *qpDecoder) flaw() string { return q.odd }

// Read implements io.Reader.
func (q *qpDecoder) Read(p []byte) (int, error) {
	for len(q.out) == 0 {
		if q.done {
			return 0, io.EOF
		}
		q.refill()
	}
	n := copy(p, q.out)
	q.out = q.out[n:]
	return n, nil
}

// refill reads the next chunk and decodes its whole lines. A line longer than
// the chunk is decoded in pieces that split no escape.
func (q *qpDecoder) refill() {
	n, err := q.src.Read(q.raw)
	q.out = q.out[:0]
	work := q.raw[:n]
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
		q.done = true
		q.line(work, false)
		return
	}
	if len(work) > chunk {
		cutAt := len(work) - 1024
		if i := bytes.LastIndexByte(work[cutAt-3:cutAt], '='); i >= 0 {
			cutAt = cutAt - 3 + i
		}
		q.escapes(work[:cutAt])
		work = work[cutAt:]
	}
	q.held = append(q.held[:0], work...)
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
