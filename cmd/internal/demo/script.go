package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dutydesk/cmd/internal/app"
)

// ErrScript reports that the desk did not do what the story says it does.
var ErrScript = errors.New("the story did not go as it should")

// Script plays the story from the concern to its acknowledgement at once,
// checks every step, writes a transcript to out, and returns the books as they
// are at the end.
func Script(ctx context.Context, out io.Writer) (books app.Books, err error) {
	d, err := Start(ctx, Options{})
	if err != nil {
		return books, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	s := &script{Demo: d, out: out, seen: map[string]int{}}
	for _, beat := range []func(context.Context) error{s.arrives, s.isKept, s.areTold, s.nobodyAnswers, s.climbs, s.isAnswered, s.isInOrder} {
		if err := beat(ctx); err != nil {
			return books, fmt.Errorf("%w: %w", ErrScript, err)
		}
	}
	return d.Books(ctx)
}

// script is the story while it is played.
type script struct {
	*Demo
	out   io.Writer
	ref   string
	seen  map[string]int // mails printed, by person
	facts int            // that were checked and hold
}

// arrives has the learner write, and waits until the desk made a case of it.
func (s *script) arrives(ctx context.Context) error {
	d := concern()
	s.line("%s writes to %s", s.who(d.From), d.To)
	s.quote("Subject: "+d.Subject, firstLines(d.Text, 3)...)
	if err := s.Council.Write(ctx, d); err != nil {
		return err
	}
	c, err := s.until(ctx, "a case is opened", func(b app.Books) bool { return len(b.Cases) == 1 })
	if err != nil {
		return err
	}
	x := c.Cases[0]
	s.ref = x.Ref
	s.line("The desk opens case %s. A named person must have taken it by %s", x.Ref, s.clock(x.Limit))
	return s.hold("the case belongs to northgate and waits for somebody until an hour after it came",
		x.Organisation == "northgate" && x.State == "SUBMITTED" && x.Limit.Equal(x.Opened.Add(time.Hour)))
}

// isKept compares what the desk sealed with what is in the mailbox.
func (s *script) isKept(ctx context.Context) error {
	b, err := s.until(ctx, "the mail is moved to the folder of kept mails", func(app.Books) bool {
		kept, err := s.Council.Folder(ctx, deskID, Kept)
		return err == nil && len(kept) == 1
	})
	if err != nil {
		return err
	}
	kept, err := s.Council.Folder(ctx, deskID, Kept)
	if err != nil {
		return err
	}
	a := b.Arrivals[0]
	s.line("Every byte is kept before anything else happens")
	s.quote(fmt.Sprintf("the mail       %5d bytes  SHA-256 %s…", a.Size, a.SHA256[:16]))
	for _, x := range a.Exhibits {
		s.quote(fmt.Sprintf("%-14s %5d bytes  SHA-256 %s…", x.Name, x.Size, x.SHA256[:16]))
	}
	return errors.Join(
		s.hold("the kept mail is the mail that came, to the byte", a.SHA256 == digest(kept[0].Raw)),
		s.hold("the attachment is listed with its own digest", len(a.Exhibits) == 1 && a.Exhibits[0].SHA256 == digest([]byte(storyProof))))
}

// areTold waits for the first letters.
func (s *script) areTold(ctx context.Context) error {
	if err := s.letters(ctx, "lead", "deputy"); err != nil {
		return err
	}
	lead, err := s.last(ctx, "lead")
	if err != nil {
		return err
	}
	return errors.Join(
		s.hold("a partner's lead gets the reference, not the learner's words", strings.Contains(lead.Text, s.ref) && !strings.Contains(lead.Text, "captions")),
		s.hold("the letter carries no evidence", !carries(lead)),
		s.hold("its subject says nothing of anybody", lead.Subject == "Safeguarding "+s.ref))
}

// nobodyAnswers lets half of the hour pass.
func (s *script) nobodyAnswers(ctx context.Context) error {
	if err := s.pass(ctx); err != nil {
		return err
	}
	return s.letters(ctx, "lead", "deputy")
}

// climbs lets the whole hour pass: a breach, told to everybody above.
func (s *script) climbs(ctx context.Context) error {
	if err := s.pass(ctx); err != nil {
		return err
	}
	if err := s.letters(ctx, "lead", "deputy", "service-lead", "la-lead", "manager"); err != nil {
		return err
	}
	x, err := s.reader().Case(ctx, s.ref)
	if err != nil {
		return err
	}
	la, err := s.last(ctx, "la-lead")
	return errors.Join(err,
		s.hold("the breach is written down and not before the limit", x.Breached != nil && !x.Breached.Before(x.Limit)),
		s.hold("the council's own lead may read the learner's words", strings.Contains(la.Text, "captions")),
		s.hold("and still gets no evidence by mail", !carries(la)))
}

// isAnswered has the deputy answer from a normal mail program.
func (s *script) isAnswered(ctx context.Context) error {
	m, err := s.last(ctx, "deputy")
	if err != nil {
		return err
	}
	if err := s.Forward(ctx, s.Clock.Now().Add(8*time.Minute)); err != nil {
		return err
	}
	s.line("%s replies to that letter", s.who("deputy"))
	s.quote("ACK")
	if err := s.Council.Write(ctx, Reply("deputy", m, "ACK\n")); err != nil {
		return err
	}
	b, err := s.until(ctx, "the case is acknowledged", func(b app.Books) bool { return b.Cases[0].State == "ACKNOWLEDGED" })
	if err != nil {
		return err
	}
	x := b.Cases[0]
	s.line("Case %s is acknowledged, by %s", x.Ref, s.who(x.AcknowledgedBy))
	return errors.Join(s.letters(ctx, "deputy", "lead", "service-lead", "la-lead"),
		s.hold("it was the deputy", x.AcknowledgedBy == "deputy" && x.Acknowledged != nil),
		s.hold("the breach stays on the record", x.Breached != nil))
}

// isInOrder looks at the books as a whole.
func (s *script) isInOrder(ctx context.Context) error {
	b, err := s.until(ctx, "every letter has gone", func(b app.Books) bool {
		return !slices.ContainsFunc(b.Letters, func(x app.Letter) bool { return x.State != "sent" })
	})
	if err != nil {
		return err
	}
	var posted []Mail
	for _, p := range People() {
		box, err := s.Council.Box(ctx, p.ID)
		if err != nil {
			return err
		}
		posted = append(posted, box...)
	}
	err = errors.Join(
		s.hold("one concern is one case", len(b.Cases) == 1),
		s.hold("what was said is two arrivals, and both belong to it", len(b.Arrivals) == 2 && b.Arrivals[0].Case == s.ref && b.Arrivals[1].Case == s.ref),
		s.hold("every letter was delivered, and none twice", len(posted) == len(b.Letters)),
		s.hold("none of them carries evidence", !slices.ContainsFunc(posted, carries)))
	if err == nil {
		s.chronology(b)
	}
	return err
}

// pass puts the clock forward to the next moment at which the desk must act.
func (s *script) pass(ctx context.Context) error {
	x, err := s.reader().Case(ctx, s.ref)
	if err != nil {
		return err
	}
	if x.Next == nil {
		return s.hold("the case waits for something", false)
	}
	err = s.Forward(ctx, *x.Next)
	s.line("Nobody has answered")
	return err
}

// letters waits for one more letter to each person and prints them: those that
// begin alike together.
func (s *script) letters(ctx context.Context, people ...string) error {
	said := ""
	for _, id := range people {
		m, err := s.letter(ctx, id)
		if err != nil {
			return err
		}
		first := firstLines(m.Text, 1)[0]
		if said != "" && said != first {
			s.quote(said)
		}
		s.at(m.At, "Letter to %s", s.who(id))
		said = first
	}
	s.quote(said)
	return nil
}

// letter waits for the next letter to a person.
func (s *script) letter(ctx context.Context, person string) (Mail, error) {
	var box []Mail
	_, err := s.until(ctx, "a letter to "+person, func(app.Books) bool {
		var err error
		box, err = s.Council.Box(ctx, person)
		return err == nil && len(box) > s.seen[person]
	})
	if err != nil {
		return Mail{}, err
	}
	s.seen[person]++
	return box[s.seen[person]-1], nil
}

func (s *script) last(ctx context.Context, person string) (Mail, error) {
	box, err := s.Council.Box(ctx, person)
	if err != nil || len(box) == 0 {
		return Mail{}, errors.Join(err, s.hold(person+" has mail", false))
	}
	return box[len(box)-1], nil
}

// patience is how long a step may take in real time.
const patience = 8 * time.Second

// until polls the books for what must become true.
func (s *script) until(ctx context.Context, what string, ok func(app.Books) bool) (b app.Books, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if b, err = s.Books(ctx); err == nil && ok(b) {
			return b, nil
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return b, fmt.Errorf("the desk stopped before this was true: %s: %w", what, err)
		case <-ctx.Done():
			return b, fmt.Errorf("never true: %s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// hold is an error unless the fact is true.
func (s *script) hold(fact string, ok bool) error {
	if !ok {
		return fmt.Errorf("not true: %s", fact)
	}
	s.facts++
	return nil
}

// carries reports whether a letter has an attachment, or the learner's file in
// any other form.
func carries(m Mail) bool {
	return len(m.Attachments) > 0 || strings.Contains(string(m.Raw), "do us all a favour")
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
