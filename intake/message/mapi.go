package message

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// mapiProp is one property of a MAPI list; of a property with many values the
// first is kept.
type mapiProp struct {
	kind, id uint16
	data     []byte
}

// text returns the property as text.
func (p mapiProp) text() string {
	if p.kind != 0x1F {
		return cString(p.data)
	}
	units := make([]uint16, 0, len(p.data)/2)
	for i := 0; i+1 < len(p.data); i += 2 {
		u := binary.LittleEndian.Uint16(p.data[i:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// cString returns b up to its first NUL, as UTF-8 or else Windows-1252.
func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return valid(string(b))
}

// mapiProps reads a list of properties ([MS-OXTNEF] section 2.1.3.4). What is
// damaged ends the list.
func mapiProps(raw []byte) (found []mapiProp) {
	r := mapiReader{raw: raw}
	for n := r.u32(); n > 0 && !r.bad; n-- {
		tag := r.u32()
		p := mapiProp{kind: uint16(tag), id: uint16(tag >> 16)}
		if p.id >= 0x8000 {
			r.propName()
		}
		p.data = r.value(p.kind)
		if !r.bad {
			found = append(found, p)
		}
	}
	return found
}

// mapiReader reads little-endian fields; bad is set when there is too little.
type mapiReader struct {
	raw []byte
	bad bool
}

// take returns the next n bytes.
func (r *mapiReader) take(n uint32) []byte {
	if uint64(n) > uint64(len(r.raw)) {
		r.bad, r.raw = true, nil
		return nil
	}
	b := r.raw[:n]
	r.raw = r.raw[n:]
	return b
}

// u32 reads four bytes.
func (r *mapiReader) u32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// padded reads n bytes and the padding to a multiple of four.
func (r *mapiReader) padded(n uint32) []byte {
	b := r.take(n)
	r.take(min(-n&3, uint32(len(r.raw))))
	return b
}

// propName passes over the name of a named property.
func (r *mapiReader) propName() {
	r.take(16)
	if r.u32() == 0 {
		r.u32()
		return
	}
	r.padded(r.u32())
}

// value reads a value of the given type, or all values of a multiple one, and
// returns the first.
func (r *mapiReader) value(kind uint16) (first []byte) {
	size, variable := mapiSize(kind &^ 0x1000)
	count := uint32(1)
	if kind&0x1000 != 0 || variable {
		count = r.u32()
	}
	for i := uint32(0); i < count && !r.bad; i++ {
		n := size
		if variable {
			n = r.u32()
		}
		b := r.padded(n)
		if i == 0 {
			first = b
		}
	}
	return first
}

// mapiSize returns the size of a property type, or that it is variable.
func mapiSize(kind uint16) (size uint32, variable bool) {
	switch kind {
	case 0x05, 0x06, 0x07, 0x14, 0x40:
		return 8, false
	case 0x48:
		return 16, false
	case 0x0D, 0x1E, 0x1F, 0x102:
		return 0, true
	}
	return 4, false
}
