package templates

// Page is a letter's contents in the order both layouts show them. Empty parts
// are left out.
type Page struct {
	Language string // RFC 5646
	Title    string // the subject; neutral
	Preview  string // what a locked phone shows; neutral
	First    string // severity and what to do by when
	Marker   string // replies are read down to this line
	Stripe   string // "red", "orange", "blue" or "grey": never the only sign of severity
	Rest     []string
	Rows     []Row
	Sections []Section
	Heard    []string // the reporter's own words, line by line; full letters only
	Links    bool     // Heard holds web addresses
	Files    string   // "2 files, 3.4 MB"
	Exhibits []Exhibit
	Items    []Item // a digest's
	Actions  []Action
	Reply    bool   // whether a reply is read
	Words    string // with which one may begin: "ACK, NOTE or HELP"
	Sender   string // the desk's name
}

// Row is one fact.
type Row struct{ Name, Value string }

// Section is a headed list.
type Section struct {
	Heading string
	Items   []string
}

// Exhibit is one kept file; the file itself is never sent.
type Exhibit struct{ Name, Type, Size, Digest string }

// Item is one concern in a digest.
type Item struct {
	Ref     string
	What    string // "New"
	Facts   string // severity, organisation, when it came
	Ask     string // "please acknowledge by 5pm"; "" if somebody has it
	Address string // with the capability of this concern alone
	Link    string // a ready message, "" if the address would make it too long
	Label   string // what the ready message does
}

// Action is a ready-made reply behind a mailto: link (RFC 6068).
type Action struct {
	Label   string
	Word    string // what the reply's first line says
	Link    string
	Primary bool
}
