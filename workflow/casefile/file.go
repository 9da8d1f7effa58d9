package casefile

// File is what casework found out and decided about a case, beside its state and
// its clocks. The zero File is that of a case on which no such thing was said;
// all of it is comparable, so that two cases are. Codes are those of DOMAIN.md 6.
type File struct {
	Forms    IDs         // of what happened: as they were last said
	Channels IDs         // where it happened
	Platform string      // name of the app or site, in people's words
	Age      string      // band of the person affected; "" is not asked yet
	Needs    string      // care and support needs: YES, NO, NOT-SURE
	Danger   string      // in danger now: the same
	Flags    IDs         // a flag goes only with a reason
	Owed     Obligations // in parallel with the state
	Parties  Parties
	Triaged  bool   // a triage decision was recorded
	Halves   IDs    // acts that need two people, of which one has spoken: "ACT=person" or "ACT=person=hand"
	Asked    IDs    // agencies that were asked and have not answered
	Outcome  IDs    // proposed with the close, and kept
	Told     string // what the person affected was told of the outcome, or why not
	Learning string // what would have prevented it
}

// begun reports whether casework has begun: then its guards bind.
func (f File) begun() bool { return f.Owed != "" }

// lacks lists what a triage decision needs and the file does not have.
func (f File) lacks() (words []string) {
	for _, x := range []struct{ have, word string }{{string(f.Forms), string(Form)}, {f.Age, string(Age)}, {f.Danger, string(Danger)}} {
		if x.have == "" {
			words = append(words, x.word)
		}
	}
	return words
}
