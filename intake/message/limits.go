package message

import "time"

// Limits bound the work one mail may cause. Whatever goes over is a Defect and
// never a refusal. The zero value of a field means its default.
type Limits struct {
	Depth     int           // multiparts and embedded mails inside each other; default 50
	Parts     int           // parts of all kinds; default 1,000
	Header    int           // bytes of one header block; default 1 MB
	Headers   int           // bytes of all header blocks of inner parts together; default 4 MB
	Fields    int           // fields of one header block; default 10,000
	Addresses int           // addresses of the mail; default 1,000
	IDs       int           // ids in References; default 1,000
	Text      int           // bytes of Text; default 1 MB
	Words     int           // bytes of words outside Text that are kept for a search; default 8 MB
	Unpack    int           // bytes of all containers that must be held to be opened; default 16 MB
	Defects   int           // default 200
	Time      time.Duration // wall time; default 10 s
}

// standard are the defaults of DESIGN.md section 4.
var standard = Limits{
	Depth: 50, Parts: 1000, Header: 1 << 20, Headers: 4 << 20, Fields: 10000,
	Addresses: 1000, IDs: 1000, Text: 1 << 20, Words: 8 << 20, Unpack: 16 << 20, Defects: 200, Time: 10 * time.Second,
}

// withDefaults fills what is zero.
func (l Limits) withDefaults() Limits {
	for _, f := range [...]struct{ have, want *int }{
		{&l.Depth, &standard.Depth}, {&l.Parts, &standard.Parts}, {&l.Header, &standard.Header},
		{&l.Headers, &standard.Headers}, {&l.Fields, &standard.Fields}, {&l.Addresses, &standard.Addresses},
		{&l.IDs, &standard.IDs}, {&l.Text, &standard.Text}, {&l.Words, &standard.Words}, {&l.Unpack, &standard.Unpack}, {&l.Defects, &standard.Defects},
	} {
		if *f.have == 0 {
			*f.have = *f.want
		}
	}
	if l.Time == 0 {
		l.Time = standard.Time
	}
	return l
}
