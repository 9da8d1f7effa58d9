package notify

import (
	"slices"
	"strconv"
	"strings"

	"dutydesk/templates"
)

// view is what the words of a letter may mention; nothing of it is the
// reporter's.
type view struct {
	Severity, Due, Late, Org, By, Reason, Nearest      string
	Danger, Waiting, Closing, Changed, Inline, Unknown bool
	Unnamed, Settled                                   bool // list-answer: no case is named; digest: somebody has every case in it
	What, Means, Fix, Since                            string
	Stage, Answer, Asked                               string // what is due, in words; what to answer when it is done
	Screen, Target, Hears                              bool   // the check out of hours is due, or what nobody is late for; who gets it only hears of it
	Tallies                                            []Tally
	Count                                              string
	Daily                                              *Daily
	Roll                                               *Roll
	Why, Day, Hour                                     string // daily: why this person; policy-review: of the review; daily: when it comes
	Over                                               bool   // policy-review: the day has passed
	Whole                                              bool   // nothing is missing in any of them
	Unsure                                             bool   // off-case: it was not clear whom they meant
}

func (f Facts) view(say *phrases) view {
	return view{
		Severity: strings.ToLower(severities[f.Severity].phrase), Danger: f.Severity == "S1",
		Due: f.since(f.Due), Late: f.late(), Org: f.Org, By: f.By, Reason: f.reason(say), Nearest: f.meant(), Unknown: f.Nearest != "", Unnamed: len(f.Deeds) == 0, Settled: f.settled(),
		Inline: f.Inline, Waiting: f.State == stateOpen, Closing: f.State == stateCloseProposed, Changed: f.moved(),
		What: f.what(say), Means: say.of("means", f.Trouble.kind(), f), Fix: say.of("fix", f.Trouble.kind(), f), Since: f.since(f.Trouble.Since),
		Stage: f.due(say), Answer: f.reply(say), Asked: ended(f.Asked), Screen: f.What == screen, Target: f.What == closure, Hears: f.hears(),
		Tallies: f.Tallies, Whole: f.whole(), Count: count(len(f.Items), "concern"),
		Unsure: f.Kind == OffCase && len(f.Deeds) > 0,
		Daily:  f.Daily, Roll: f.Roll, Why: f.because(say), Day: f.date(f.Due), Hour: f.comes(), Over: !f.Due.IsZero() && f.Now.After(f.Due.AddDate(0, 0, 1)),
	}
}

// due says what is due, also a stage that has no words of its own.
func (f Facts) due(say *phrases) string {
	if said := say.of("due", f.What, f); said != "" {
		return said
	}
	return strings.ReplaceAll(f.What, "-", " ")
}

// late says how late the act is that is owed, "" if it is not.
func (f Facts) late() string {
	d := f.Late
	if d == 0 && !f.Due.IsZero() {
		d = f.Now.Sub(f.Due)
	}
	if d <= 0 {
		return ""
	}
	return span(d)
}

// severities are the words and the stripe of each.
var severities = map[string]struct{ phrase, row, stripe string }{
	"S1": {"emergency", "Emergency (S1)", "red"},
	"S2": {"high severity", "High (S2)", "orange"},
	"S3": {"standard severity", "Standard (S3)", "blue"},
	"S4": {"low severity", "Low (S4)", "grey"},
}

// stages are the words for each state; another state is shown as it is named.
var stages = map[string]string{
	stateOpen:          "Waiting to be acknowledged",
	stateAcknowledged:  "Acknowledged",
	stateCloseProposed: "Waiting for a second person to agree to close it",
	stateClosed:        "Closed",
}

// page puts the letter together for the layouts.
func (f Facts) page(set *templates.Letters) (templates.Page, error) {
	say := &phrases{set: set}
	first, rest, err := set.Words(string(f.Kind), f.view(say))
	if err != nil {
		return templates.Page{}, err
	}
	p := templates.Page{
		Language: Language, Title: f.subject(), Preview: f.subject() + ". " + first,
		First: first, Rest: rest, Stripe: f.stripe(), Rows: f.rows(say), Sections: f.sections(say), Items: f.items(say),
		Actions: f.actions(), Reply: f.answered(), Sender: f.Service,
	}
	if !f.hears() {
		p.Words = either(append(f.can(), "HELP"))
	}
	if why := f.lateness(say); why != "" {
		p.Rest = append(p.Rest, why)
	}
	if p.Reply {
		p.Marker = Marker
	}
	f.tell(&p)
	return p, say.err
}

func (f Facts) stripe() string {
	if f.Kind == Trouble || f.Kind == Hold || f.Kind == Digest || f.Kind == Missing || f.Kind == Reconciled && !f.whole() || f.Kind == DailyList && f.Daily.Overdue > 0 || f.Kind == RosterCheck && !f.Roll.Empty() || f.Kind == PolicyReview {
		return "orange"
	}
	if f.State == stateClosed || f.Kind == Recovered || f.Kind == Reconciled || f.round() {
		return "grey"
	}
	return severities[f.Severity].stripe
}

// tells holds for letters that say what the reporter sent.
func (f Facts) tells() bool {
	return slices.Contains([]Kind{Opened, Nudge, Breach, Undelivered, Hold, Reminder, StageNudge, StageBreach, Returned, Informed}, f.Kind)
}

// tell adds what the reporter sent: everything in a full letter, and only how
// much there is in a minimal one.
func (f Facts) tell(p *templates.Page) {
	if !f.tells() {
		return
	}
	if len(f.Exhibits) > 0 {
		var total int64
		for _, x := range f.Exhibits {
			total += x.Size
		}
		p.Files = count(len(f.Exhibits), "file") + ", " + size(total)
	}
	if !f.full() {
		return
	}
	p.Heard = said(f.Words)
	p.Links = slices.ContainsFunc(p.Heard, linked)
	for _, x := range f.Exhibits {
		p.Exhibits = append(p.Exhibits, templates.Exhibit{Name: orUnnamed(x.Name), Type: x.Type, Size: size(x.Size), Digest: x.SHA256[:min(12, len(x.SHA256))]})
	}
}

func linked(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "://") || strings.Contains(s, "www.")
}

func orUnnamed(name string) string {
	if name == "" {
		return "(no name)"
	}
	return name
}

// came is when the report came; minimal letters leave out how.
func (f Facts) came(say *phrases) string {
	received := f.since(f.Received)
	if door := say.of("door", f.Door, f); received != "" && f.full() && door != "" {
		received += ", by " + door
	}
	return received
}

// limit is by when the next act is owed, and how late it is.
func (f Facts) limit() string {
	due := f.since(f.Due)
	if f.round() {
		return "" // a day, which the first line says
	}
	if late := f.late(); late != "" && due != "" {
		due += " (" + late + " late)"
	}
	return due
}

// rows are the facts of the case.
func (f Facts) rows(say *phrases) []templates.Row {
	stage, known := stages[f.State]
	if !known {
		stage = strings.ReplaceAll(f.State, "-", " ")
	}
	climbed := ""
	if (f.Kind == Breach || f.Kind == StageBreach) && f.Rung > 0 {
		climbed = "step " + strconv.Itoa(f.Rung)
	}
	evidence := ""
	if f.tells() {
		evidence = say.of("grade", f.Grade, f)
	}
	var rows []templates.Row
	for _, r := range []templates.Row{
		{Name: "Reference", Value: f.Ref},
		{Name: "Severity", Value: severities[f.Severity].row},
		{Name: "Stage", Value: stage},
		{Name: "Due", Value: f.limit()},
		{Name: "Rule", Value: f.Rule},
		{Name: "Escalation", Value: climbed},
		{Name: "Received", Value: f.came(say)},
		{Name: "Came as", Value: evidence},
		{Name: "For", Value: f.Org},
		{Name: "Why you", Value: say.of("role", f.Role, f)},
	} {
		if r.Value != "" {
			rows = append(rows, r)
		}
	}
	return rows
}

// sections are the lists of a letter.
func (f Facts) sections(say *phrases) []templates.Section {
	var all []templates.Section
	switch f.Kind {
	case DailyList:
		all = f.Daily.sections(f, say)
	case RosterCheck:
		all = f.Roll.sections(f, say)
	case ListAnswer:
		all = f.did(say)
	case Status:
		all = append(f.did(say), f.stands(say)...)
	case Transcript:
		all = append(f.did(say), templates.Section{Heading: "What is due next", Items: f.next(say)})
	case Help:
		if f.Nearest == "" { // who asked for the words may have said others too
			all = f.did(say)
		}
		all = append(all, f.glossary(say))
	}
	return slices.DeleteFunc(all, func(s templates.Section) bool { return len(s.Items) == 0 })
}
