package demo

// Person is somebody with a mailbox. All of them are made up.
type Person struct {
	ID      string // as in the desk's configuration; for the reporter "learner"
	Name    string
	Address string
	Seat    string // what they are, in words
	Full    bool   // letters to this person may carry the reporter's own words
}

// The safeguarding mailbox that the desk watches, and its owner's id.
const (
	DeskAddress = "safeguarding@council.example"
	deskID      = "desk"
)

// People are the six of the story, in the order in which they are told.
func People() []Person {
	return []Person{
		{ID: "learner", Name: "Robin Ellis", Address: "robin.ellis@mail.example", Seat: "Learner at Northgate Training"},
		{ID: "lead", Name: "Amira Khan", Address: "amira.khan@northgate.example", Seat: "Safeguarding lead, Northgate Training"},
		{ID: "deputy", Name: "Joe Brennan", Address: "joe.brennan@northgate.example", Seat: "Deputy lead, Northgate Training"},
		{ID: "service-lead", Name: "Priya Nair", Address: "priya.nair@council.example", Seat: "Safeguarding lead, council service", Full: true},
		{ID: "la-lead", Name: "Helen Marsh", Address: "helen.marsh@council.example", Seat: "Local authority safeguarding lead", Full: true},
		{ID: "manager", Name: "David Osei", Address: "david.osei@council.example", Seat: "Manager, hears of every breach"},
	}
}
