package notify

// Tally is how one mailbox stands: the counts of a daily reconciliation, or of
// what went missing. All are counts of messages.
type Tally struct {
	Mailbox string // its name in the configuration
	Asked   bool   // the server was asked; without that Server, Kept and Strange say nothing

	Server  int // in the watched folder
	Kept    int // in the folder for kept messages
	Ledger  int // that ever arrived from it
	Waiting int // of these, not disposed of in time
	Strange int // on the server, and not in the ledger

	NotLooked int // on the server, too many to be read: whether they are in the ledger is not known

	Vanished int // gone before they were taken in
	Removed  int // kept by the desk, and removed from the mailbox by somebody else
}

// Whole reports that nothing is missing.
func (t Tally) Whole() bool {
	return t.Asked && t.Waiting+t.Strange+t.Vanished == 0
}

// whole reports the same of all.
func (f Facts) whole() bool {
	for _, t := range f.Tallies {
		if !t.Whole() {
			return false
		}
	}
	return true
}

// Unseen is how many messages were not looked at in all mailboxes.
func (v view) Unseen() (n int) {
	for _, t := range v.Tallies {
		n += t.NotLooked
	}
	return n
}
