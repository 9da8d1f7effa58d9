package message

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// tree is what a test puts into a compound file: storages hold more, streams
// hold bytes.
type tree struct {
	name string
	data []byte // of a stream
	kids []tree // of a storage; nil for a stream
}

// stream is a property of any size.
func stream(tag uint32, data []byte) tree {
	return tree{name: fmt.Sprintf("__substg1.0_%08X", tag), data: data}
}

// wide is a text property.
func wide(id uint32, s string) tree {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return stream(id<<16|mapiUnicode, b)
}

// outlook is a message with the given properties; head is the size of what
// stands before its properties of fixed size.
func outlook(head int, kids ...tree) []tree {
	return append(kids, tree{name: "__properties_version1.0", data: make([]byte, head)})
}

// attached is attachment number n.
func attached(n int, kids ...tree) tree {
	return tree{name: fmt.Sprintf("__attach_version1.0_#%08X", n), kids: outlook(8, kids...)}
}

const (
	sector    = 512
	endOfMsg  = 0xFFFFFFFE
	nothing   = 0xFFFFFFFF
	miniUntil = 4096
)

// compound writes a compound file of version 3 ([MS-CFB]).
type compound struct {
	dir, body, mini []byte
	fat, miniFAT    []uint32
}

// asMsg writes root as an Outlook .msg.
func asMsg(root []tree) []byte {
	var c compound
	c.entry(tree{name: "Root Entry", kids: root}, 5)
	miniStart := c.chain(c.mini, &c.fat)
	binary.LittleEndian.PutUint32(c.dir[116:], miniStart)
	binary.LittleEndian.PutUint32(c.dir[120:], uint32(len(c.mini)))
	var raw []byte
	for _, s := range c.miniFAT {
		raw = binary.LittleEndian.AppendUint32(raw, s)
	}
	for len(raw)%sector != 0 {
		raw = binary.LittleEndian.AppendUint32(raw, nothing)
	}
	miniFAT, dir := c.chain(raw, &c.fat), c.chain(c.dir, &c.fat)
	return c.file(dir, miniFAT, len(raw)/sector)
}

// file puts header, body, FAT and the list of its sectors together. The first
// 109 of them stand in the header.
func (c *compound) file(dir, miniFAT uint32, miniSectors int) []byte {
	at, n, more := len(c.fat), 1, 0
	for n*sector/4 < at+n+more {
		n++
		more = (max(0, n-109) + 126) / 127
	}
	for range n {
		c.fat = append(c.fat, 0xFFFFFFFD)
	}
	for range more {
		c.fat = append(c.fat, 0xFFFFFFFC)
	}
	for len(c.fat) < n*sector/4 {
		c.fat = append(c.fat, nothing)
	}
	le := binary.LittleEndian
	out := append(c.header(dir, miniFAT, miniSectors, at, n, more), c.body...)
	for _, next := range c.fat {
		out = le.AppendUint32(out, next)
	}
	for i := range more {
		for j := range 127 {
			k := 109 + 127*i + j
			if k < n {
				out = le.AppendUint32(out, uint32(at+k))
			} else {
				out = le.AppendUint32(out, nothing)
			}
		}
		out = le.AppendUint32(out, uint32(at+n+i+1))
	}
	return out
}

// header writes the first sector; n sectors of FAT begin at at, and more that
// list them follow.
func (c *compound) header(dir, miniFAT uint32, miniSectors, at, n, more int) []byte {
	h := make([]byte, sector)
	le := binary.LittleEndian
	le.PutUint64(h, 0xE11AB1A1E011CFD0)
	le.PutUint16(h[24:], 0x3E)
	le.PutUint16(h[26:], 3)
	le.PutUint16(h[28:], 0xFFFE)
	le.PutUint16(h[30:], 9)
	le.PutUint16(h[32:], 6)
	le.PutUint32(h[44:], uint32(n))
	le.PutUint32(h[48:], dir)
	le.PutUint32(h[56:], miniUntil)
	le.PutUint32(h[60:], miniFAT)
	le.PutUint32(h[64:], uint32(miniSectors))
	le.PutUint32(h[68:], endOfMsg)
	if more > 0 {
		le.PutUint32(h[68:], uint32(at+n))
		le.PutUint32(h[72:], uint32(more))
	}
	for i := range 109 {
		le.PutUint32(h[76+4*i:], nothing)
		if i < n {
			le.PutUint32(h[76+4*i:], uint32(at+i))
		}
	}
	return h
}

// chain appends data to the body in whole sectors and returns the first.
func (c *compound) chain(data []byte, fat *[]uint32) uint32 {
	if len(data) == 0 {
		return endOfMsg
	}
	first := uint32(len(*fat))
	for len(data) > 0 {
		piece := make([]byte, sector)
		data = data[copy(piece, data):]
		c.body = append(c.body, piece...)
		*fat = append(*fat, uint32(len(*fat))+1)
	}
	(*fat)[len(*fat)-1] = endOfMsg
	return first
}

// small appends data to the small streams and returns the first small sector.
func (c *compound) small(data []byte) uint32 {
	first := uint32(len(c.miniFAT))
	for len(data) > 0 {
		piece := make([]byte, 64)
		data = data[copy(piece, data):]
		c.mini = append(c.mini, piece...)
		c.miniFAT = append(c.miniFAT, uint32(len(c.miniFAT))+1)
	}
	c.miniFAT[len(c.miniFAT)-1] = endOfMsg
	return first
}

// entry writes the directory entry of t and of all below it; siblings are a
// chain to the right.
func (c *compound) entry(t tree, kind byte) (id uint32) {
	id = uint32(len(c.dir) / 128)
	c.dir = append(c.dir, make([]byte, 128)...)
	e := make([]byte, 128)
	le := binary.LittleEndian
	for i, u := range utf16.Encode([]rune(t.name)) {
		le.PutUint16(e[2*i:], u)
	}
	le.PutUint16(e[64:], uint16(2*len(t.name)+2))
	e[66], e[67] = kind, 1
	start := uint32(endOfMsg)
	switch {
	case kind == 2 && len(t.data) >= miniUntil:
		start = c.chain(t.data, &c.fat)
	case kind == 2 && len(t.data) > 0:
		start = c.small(t.data)
	}
	child, right := uint32(nothing), uint32(nothing)
	for i := len(t.kids) - 1; i >= 0; i-- {
		k := t.kids[i]
		kid := byte(2)
		if k.kids != nil {
			kid = 1
		}
		child = c.entry(k, kid)
		le.PutUint32(c.dir[child*128+72:], right)
		right = child
	}
	le.PutUint32(e[68:], nothing)
	le.PutUint32(e[72:], nothing)
	le.PutUint32(e[76:], child)
	le.PutUint32(e[116:], start)
	le.PutUint32(e[120:], uint32(len(t.data)))
	copy(c.dir[id*128:], e)
	return id
}

// mailWith is a mail with one file, in base64.
func mailWith(name, media string, data []byte) []byte {
	return []byte("From: amy@college.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the file\r\n--b\r\nContent-Type: " + media +
		"; name=\"" + name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(data) + "\r\n--b--\r\n")
}
