package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// doing is one act of casework as it is worked out.
type doing struct {
	Case
	heeded
	cmd   Command
	rules Rules
	at    time.Time
}

// work works out what an act of casework changes. The errors are those of Obey.
func (c Case) work(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	d := &doing{c, h, cmd, rules, at}
	d.act(at)
	if !c.State.Over() && cmd.Verb != Veto || cmd.Verb == Reopen {
		d.file = c.begin(d.file, rules, at)
	}
	if err := works[cmd.Verb](d); err != nil {
		return h, err
	}
	return c.kept(d.heeded, rules), nil
}

// works is what each verb of casework does.
var works = map[Verb]func(*doing) error{
	Form: (*doing).form, Channel: (*doing).channel, Age: (*doing).age, Needs: (*doing).needs, Danger: (*doing).danger,
	Flag: (*doing).flags, Unflag: (*doing).unflag, Party: (*doing).party,
	Triage: (*doing).triage, Plan: (*doing).plan, Heard: (*doing).heard, Monitor: (*doing).monitor,
	Owe: (*doing).oweMore, NotNeeded: (*doing).notNeeded, Block: (*doing).block,
	Veto: (*doing).veto, Reopen: (*doing).reopen, NotSafeguarding: (*doing).notSafeguarding, Retain: (*doing).reasoned, Dispose: (*doing).dispose,
}

// tell tells the others, in words that hold nothing of the report.
func (d *doing) tell(what string) {
	d.notices = append(d.notices, d.others(Changed, d.cmd.By, what, d.rules, d.at)...)
}

// reason is what was said, or ErrNoReason.
func (d *doing) reason() (string, error) {
	why := reasonIn(d.cmd.Text)
	if why == "" {
		return "", ErrNoReason
	}
	return why, nil
}

func (d *doing) reasoned() error {
	_, err := d.reason()
	return err
}

func (d *doing) form() (err error) {
	d.file.Forms, _, err = codesIn("form", d.cmd.Text, forms)
	return err
}

// channel reads "MSG SOC: Snapchat".
func (d *doing) channel() (err error) {
	codes, platform, _ := strings.Cut(d.cmd.Text, ":")
	if d.file.Channels, _, err = codesIn("channel", codes, channels); err == nil && platform != "" {
		d.file.Platform = inLine(platform)
	}
	return err
}

// answer reads one code that may be written as several words.
func (d *doing) answer(what string, codes []string) (string, error) {
	said, _, _ := strings.Cut(strings.ToLower(d.cmd.Text), "because")
	return codeOf(what, strings.TrimSpace(said), codes)
}

// age of whom it affects: until it is known they are taken to be under 18.
func (d *doing) age() (err error) {
	if d.file.Age, err = d.answer("age band", ages); err == nil && slices.Contains([]string{"U13", "13-15", "16-17", "UNKNOWN"}, d.file.Age) {
		d.raise("U18")
	}
	return err
}

func (d *doing) needs() (err error) {
	if d.file.Needs, err = d.answer("answer", answers); err == nil && d.file.Needs == "YES" {
		d.raise("AAR")
	}
	return err
}

// danger is the answer to "is anybody in danger now": not to know it is as good
// as yes.
func (d *doing) danger() (err error) {
	if d.file.Danger, err = d.answer("answer", answers); err == nil && d.file.Danger != "NO" {
		d.raise("DANGER")
	}
	return err
}

func (d *doing) flags() error {
	codes, _, err := codesIn("flag", d.cmd.Text, flagCodes())
	if err == nil {
		d.raise(codes.List()...)
	}
	return err
}

// raise sets flags with all that they bring; an emergency is S1 from now on.
func (d *doing) raise(flags ...string) {
	for _, flag := range flags {
		if slices.Contains(emergencies, flag) && d.severity != sla.S1 {
			d.heeded = d.graded(d.heeded, sla.S1, d.cmd, d.rules, d.at)
			d.Severity = sla.S1
		}
		d.file = d.flag(d.file, flag, d.rules, d.at)
	}
}

// unflag takes flags away, for a reason. What they alone brought and is still
// owed is not required, by that reason. That of a possible indecent image takes
// two people, of whom the second is the lead of the local authority (5.3).
func (d *doing) unflag() error {
	codes, why, err := codesIn("flag", d.cmd.Text, flagCodes())
	if err != nil {
		return err
	}
	if why == "" {
		return ErrNoReason
	}
	for _, flag := range codes.List() {
		if !d.file.Flags.Has(flag) {
			return fmt.Errorf("%s is not set: %w", flag, ErrNotAllowed)
		}
		if flag == "IIOC" {
			whole, err := d.half("UNFLAG/"+flag, sla.LALead)
			if err != nil || !whole {
				return err
			}
		}
		d.lower(flag, why)
	}
	return nil
}

func (d *doing) lower(flag, why string) {
	d.file.Flags = d.file.Flags.Without(flag)
	for _, o := range brought(flag) {
		still := slices.ContainsFunc(d.file.Flags.List(), func(f string) bool {
			return slices.ContainsFunc(brought(f), func(x owing) bool { return x.code == o.code })
		})
		if !still && d.file.Owed.Owes(o.code) {
			d.file.Owed = d.file.Owed.settle(o.code, NotRequired, d.cmd.By, "flag "+flag+" removed: "+why, d.at)
		}
	}
}

// party adds somebody to a side. Whoever is said to be responsible is owed
// support as well: they may be at risk.
func (d *doing) party() (err error) {
	before := len(d.file.Parties.List())
	d.file.Parties, err = d.file.Parties.with(d.cmd.Text)
	if all := d.file.Parties.List(); err == nil && len(all) > before && all[before].Role == "SUBJECT" {
		d.file = d.owe(d.file, owing{code: "SUPPORT_SUBJECT"}, "a person said to be responsible", d.rules, d.at)
	}
	return err
}

// triage records the decision: every fact that it needs is there, and it has a
// reason.
func (d *doing) triage() error {
	if lacks := d.file.lacks(); len(lacks) > 0 {
		return fmt.Errorf("first say %s: %w", strings.Join(lacks, ", "), ErrUnclear)
	}
	if _, err := d.reason(); err != nil {
		return err
	}
	d.file.Triaged = true
	d.file.Owed = d.file.Owed.settle("TRIAGE", Fulfilled, d.cmd.By, "", d.at)
	d.story = d.story.and(d.at, policy.Did, string(sla.Triage))
	d.tell("recorded the triage decision")
	return nil
}

// plan is who does what by when. A grave case that was referred waits for the
// agency.
func (d *doing) plan() error {
	if strings.TrimSpace(d.cmd.Text) == "" {
		return fmt.Errorf("who does what by when is missing: %w", ErrUnclear)
	}
	if d.State == ReferredOut && d.awaits() {
		return fmt.Errorf("no answer of %s is recorded: %w", strings.Join(d.file.Asked.List(), ", "), ErrNotAllowed)
	}
	d.story = d.story.and(d.at, policy.Did, string(sla.Protect))
	d.tell("recorded a plan")
	return nil
}

// awaits reports whether a grave case waits for an agency.
func (d *doing) awaits() bool { return d.file.Asked != "" && d.severity <= sla.S2 }

// monitor is that a safety plan is in place and when it is looked at next.
func (d *doing) monitor() error {
	if !d.file.Owed.settled("SAFETY_PLAN") {
		return fmt.Errorf("no safety plan is recorded, say DONE SAFETY_PLAN with where it is: %w", ErrNotAllowed)
	}
	until, ok := dayIn(d.cmd.Text, d.local())
	if !ok || !until.After(d.at) {
		return fmt.Errorf("the day of the next review is missing: %w", ErrUnclear)
	}
	d.tell("keeps watch over it; the next review is on " + until.Add(-time.Second).Format("Monday 2 January"))
	return nil
}

// local is the moment where people are.
func (d *doing) local() time.Time {
	if b := d.bookOf(d.rules); b != nil {
		return d.at.In(b.Policy.Zone)
	}
	return d.at
}

// veto keeps a case open that somebody proposed to close.
func (d *doing) veto() error {
	if _, err := d.reason(); err != nil {
		return err
	}
	d.tell("keeps it open")
	return nil
}

// reopen begins again: its clocks run from now on, and what every case owes is
// owed again.
func (d *doing) reopen() error {
	if _, err := d.reason(); err != nil {
		return err
	}
	for _, code := range always {
		if code != "ACK" && code != "TRIAGE" {
			d.file = d.owe(d.file, owing{code: code}, "reopened", d.rules, d.at)
		}
	}
	d.file.Outcome, d.file.Told, d.file.Learning, d.file.Halves = "", "", "", ""
	d.story = d.story.and(d.at, policy.Reopened, "")
	d.tell("opened it again")
	return nil
}

// notSafeguarding ends what is none, by two people, once no referral is owed any
// more. What else was owed is not required, by the same reason.
func (d *doing) notSafeguarding() error {
	why, err := d.reason()
	if err != nil {
		return err
	}
	for _, o := range d.file.Owed.Open() {
		if slices.Contains(agencies, o.Code) {
			return fmt.Errorf("%s is still owed: %w", o.Code, ErrNotAllowed)
		}
	}
	whole, err := d.half(string(NotSafeguarding), sla.LALead, sla.Deputy)
	if err != nil || !whole {
		return err
	}
	for _, o := range d.file.Owed.Open() {
		d.file.Owed = d.file.Owed.settle(o.Code, NotRequired, d.cmd.By, "not safeguarding: "+why, d.at)
	}
	if d.State == Submitted { // who decides so has taken it: opened again, it does not wait to be taken
		d.story = d.story.and(d.at, policy.Did, string(sla.Acknowledge))
	}
	d.story = d.story.and(d.at, policy.Closed, "")
	d.tell("agreed that it is no safeguarding matter; it is over")
	return nil
}

// dispose records that two people decided to dispose of the record. The desk
// itself removes nothing.
func (d *doing) dispose() error {
	if _, err := d.reason(); err != nil {
		return err
	}
	_, err := d.half(string(Dispose), sla.LALead, sla.SeniorOfficer)
	return err
}
