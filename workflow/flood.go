package workflow

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// gather decides whether a letter goes out by itself or as a line of its
// person's digest, which it opens when none is open. What it returns is to be
// written. A line keeps the letter's own name and capability: it is answered as
// the letter would have been, and gives no power over another case.
func (o *Office) gather(tx *ledger.Tx, x ledger.Letter, now time.Time) ([]ledger.Letter, error) {
	flood := o.Rules.Flood
	if !flood.Alerts(x.Kind) {
		return []ledger.Letter{x}, nil
	}
	recent, err := tx.Alert(x, now, now.Add(-flood.Within), flood.After)
	if err != nil || !flood.Gathers(x.Kind, recent) {
		return []ledger.Letter{x}, err
	}
	digest := o.digest(x, now)
	for {
		if x.Digest, err = tx.Gather(x.Person); err != nil || x.Digest != "" {
			return []ledger.Letter{x}, err
		}
		x.Digest = digest.ID
		if opened, err := tx.OpenDigest(digest); opened || err != nil {
			return []ledger.Letter{digest, x}, err
		}
	}
}

// digest is the letter that x is the first line of. It is owed when it closes,
// and the post has as long for it as it would have had for x.
func (o *Office) digest(x ledger.Letter, now time.Time) ledger.Letter {
	closes := o.Rules.Flood.Closes(now, o.Rules.Policy)
	d := o.blank(casefile.Digest, x.Person, Detail{Outage: outageOf(x)}, closes)
	d.Role, d.Urgent, d.GiveUp = x.Role, true, closes.Add(x.GiveUp.Sub(now))
	return d
}

// unread records that a digest did not reach its person: for each of its lines
// the next rung is told, as if it had been a letter.
func (o *Office) unread(tx *ledger.Tx, digest ledger.Letter, why string, now time.Time) error {
	first, err := tx.Overtaken(digest.ID)
	if err != nil || !first {
		return err
	}
	lines, err := tx.Lines(digest.ID)
	for i := 0; i < len(lines) && err == nil; i++ {
		err = o.undelivered(tx, lines[i], why, now)
	}
	return err
}

// UnreadDigest takes a bounce or an absence notice that came back for a digest.
// It concerns many cases, so that it joins none.
func (o *Office) UnreadDigest(ctx context.Context, a Arrived, digest ledger.Letter, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(a.Claim, now); err != nil {
			return err
		}
		if err := o.dispose(tx, a, "", ledger.Aside, why); err != nil {
			return err
		}
		if err := o.miss(tx, digest.Person, a, now); err != nil {
			return err
		}
		return o.unread(tx, digest, why, now)
	})
	o.absent.Store(nil)
	if err != nil {
		return fmt.Errorf("digest came back: %w", err)
	}
	return nil
}

// errNoLine reports an answer to a digest that names none of its lines.
var errNoLine = errors.New("no line of the digest is meant")

// taking are lines of an answer to a digest that take cases: ACK and their
// references. Nothing else can be said of several cases at once.
var taking = regexp.MustCompile(`(?im)^[ \t]*ACK[ \t]+((?:[A-Z]{1,8}-[0-9A-Z]{3,16}[ \t,;]*)+)\r?$`)

var reference = regexp.MustCompile(`(?i)[A-Z]{1,8}-[0-9A-Z]{3,16}`)

// obeyList takes the cases that an answer to a digest names, each by the letter
// that stands in the digest for it and with that letter's authority.
func (o *Office) obeyList(tx *ledger.Tx, digest ledger.Letter, s Said, now time.Time) error {
	lines, err := tx.Lines(digest.ID)
	if err != nil {
		return err
	}
	lines = slices.DeleteFunc(lines, func(x ledger.Letter) bool { return !slices.Contains(meant(s.Text), x.Case) })
	if len(lines) == 0 {
		return errNoLine
	}
	for _, x := range lines {
		if err := o.obeyLine(tx, x, s, now); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) obeyLine(tx *ledger.Tx, x ledger.Letter, s Said, now time.Time) error {
	c, err := tx.Case(x.Case)
	if err != nil {
		return err
	}
	if why := o.authority(x, c, s, now); why != "" {
		return o.distrust(tx, c, s, why, now)
	}
	return o.carryOut(tx, c, x, s.Arrived, reply.Reply{Words: []reply.Word{{Verb: casefile.Acknowledge}}}, now)
}

// meant are the references that an answer to a digest takes.
func meant(text string) (refs []casefile.Ref) {
	for _, line := range taking.FindAllStringSubmatch(text, -1) {
		for _, ref := range reference.FindAllString(line[1], -1) {
			refs = append(refs, casefile.Ref(strings.ToUpper(ref)))
		}
	}
	return refs
}
