package message

// Grade says how much of a mail is evidence. The codes are stable and kept in
// the ledger; the words for people are in templates.Grades.
type Grade string

// The grades, best first. What comes by the web form has the grade "form".
const (
	GradeSigned   Grade = "signed"   // the mail itself, its author's organisation vouches for it with an intact signature
	GradeOriginal Grade = "original" // the mail itself
	GradeAttached Grade = "attached" // sent on as an attachment, its headers are there
	GradeInline   Grade = "inline"   // sent on inside a text, its headers are lost
)

// grade judges the mail. What a machine sends back is no mail sent on.
func (m *Message) grade() Grade {
	answer := m.Machine.Class == BounceDSN || m.Machine.Class == Receipt || m.Machine.Class == Feedback
	switch {
	case m.Forwarded == AsAttachment && !answer:
		return GradeAttached
	case m.Forwarded == Inline && !answer:
		return GradeInline
	case m.SignedBy() != "":
		return GradeSigned
	}
	return GradeOriginal
}
