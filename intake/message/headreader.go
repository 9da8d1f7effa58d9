package message

import (
	"bytes"
	"fmt"
)

// headReader takes the lines of one header block and decides where it ends.
// Lines that do not belong are left out, each a Defect; the block is kept with
// "\n" line ends.
type headReader struct {
	block []byte
	at    int64  // where the block begins
	limit int    // bytes of block; the rest is left out
	junk  []byte // a line that is no field, until it is clear whether the text began with it
	junkA int64
	lines int
	full  bool
	crlf  bool // the line before ended with CRLF
}

// take reads one line (or a piece of one, start false). over is true when the
// block has ended: bodyAt is where the body begins, and early holds the lines
// already taken that belong to it.
func (h *headReader) take(line []byte, at int64, start bool, d *defects) (over bool, bodyAt int64, early []byte) {
	if !start {
		h.keep(line, at, d)
		return false, 0, nil
	}
	first := h.lines == 0
	h.lines++
	crlf := bytes.HasSuffix(line, []byte("\r\n"))
	if kindOf(line, first) == lineBlank && !first && crlf != h.crlf && line[len(line)-1] == '\n' {
		d.add(DefectMixedBlank, "", at)
	}
	h.crlf = crlf
	switch kind := kindOf(line, first); {
	case kind == lineBlank:
		h.dropJunk(d)
		return true, at + int64(len(line)), nil
	case kind == lineMbox:
		d.add(DefectMbox, "", at)
	case kind == lineJunk:
		return h.takeJunk(line, at, d)
	default:
		h.dropJunk(d)
		h.takeField(kind, line, at, d)
	}
	return false, 0, nil
}

// takeField keeps a field or continuation line. A continuation of nothing is
// left out, as most programs do.
func (h *headReader) takeField(kind lineKind, line []byte, at int64, d *defects) {
	if kind == lineFold && len(h.block) == 0 {
		d.add(DefectLeadingFold, string(bytes.TrimSpace(line)), at)
		return
	}
	h.keep(line, at, d)
}

// takeJunk decides about a line that is no field: two in a row mean that the
// text has begun without a blank line (unless no field was read yet).
func (h *headReader) takeJunk(line []byte, at int64, d *defects) (over bool, bodyAt int64, early []byte) {
	if h.junk != nil && len(h.block) > 0 {
		d.add(DefectNoBlank, "", h.junkA)
		return true, h.junkA, append(h.junk, line...)
	}
	h.dropJunk(d)
	h.junk, h.junkA = append([]byte{}, line...), at
	return false, 0, nil
}

// dropJunk leaves out the line that was held back.
func (h *headReader) dropJunk(d *defects) {
	if h.junk != nil {
		d.add(DefectNoColon, string(trimEOL(h.junk)), h.junkA)
		h.junk = nil
	}
}

// keep adds line to the block as long as there is room.
func (h *headReader) keep(line []byte, at int64, d *defects) {
	text := trimEOL(line)
	if bytes.HasSuffix(line, []byte("\r\r\n")) {
		d.once(DefectCRCRLF, "", at)
	}
	if len(h.block)+len(text)+1 > h.limit {
		if !h.full {
			d.add(DefectHeader, fmt.Sprintf("over %d bytes", h.limit), at)
		}
		h.full = true
		return
	}
	if len(h.block) == 0 {
		h.at = at
	}
	h.block = append(h.block, text...)
	if last := line[len(line)-1]; last == '\n' || last == '\r' {
		h.block = append(h.block, '\n')
	}
}
