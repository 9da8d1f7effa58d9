package reply

// Reading is what a mail says, told apart.
type Reading struct {
	Text      string // what the sender wrote for this mail
	Signature string // their farewell with their name and post, and their device's
	Quoted    string // what was written before
}

// Read reads the text of a mail.
func Read(text string) Reading {
	all := Split(text)
	return Reading{Text: Only(all, Said), Signature: Only(all, Closing, Signed), Quoted: Only(all, Quoted)}
}
