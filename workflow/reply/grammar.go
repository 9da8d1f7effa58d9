package reply

import (
	"regexp"
	"strings"

	"dutydesk/workflow/casefile"
)

// The words of the grammar that the case has no names for.
const (
	Help           casefile.Verb = "HELP" // asks for the words; moves nothing
	Status         casefile.Verb = "STATUS"
	Take           casefile.Verb = "TAKE"
	Pass           casefile.Verb = "PASS"
	Form           casefile.Verb = "FORM"
	Flag           casefile.Verb = "FLAG"
	NotNeeded      casefile.Verb = "NOT-NEEDED"
	UpdateReporter casefile.Verb = "UPDATE"
	Restrict       casefile.Verb = "RESTRICT"
	Confirm        casefile.Verb = "CONFIRM"
	Veto           casefile.Verb = "VETO"
	Reopen         casefile.Verb = "REOPEN"
)

// rule is how one verb is written.
type rule struct {
	verb     casefile.Verb
	spelt    string         // its words, small
	forgiven bool           // a misspelt word is taken for it, where it stands alone
	loud     bool           // what follows it in capitals may be in capitals too
	strict   bool           // what follows must be what it takes: people begin sentences with it
	asks     bool           // but if it is in capitals, and they are not, it is a command that wants the rest
	takes    *regexp.Regexp // what it takes; the names of its groups are those of [Command.set]
	surely   *regexp.Regexp // takes, where nothing else says that the line is a command
	wants    string         // the groups that must be there
}

// A code of the policy or the form, as EXC, DPO_BREACH or DFE_24H, codes, the
// number that another agency gave, and the stages that people call by a name.
const (
	code      = `[\p{L}][\p{L}\d_-]{1,23}`
	sureCode  = `(?-i:[A-Z][A-Z\d_-]+|[\p{L}\d]+[_-][\p{L}\d_-]+)`
	comma     = `(?:\s*[,;+&/]\s*|\s+and\s+)`
	between   = `(?:\s*[,;+&/]\s*|\s+and\s+|\s+)`
	reference = `(?:[\s,:#]+(?:ref(?:erence)?\.?[\s:]*)?(?P<reference>\S*\d\S*))?`
	stages    = `out of hours screen|screened|screen|triaged?|told (?:the )?la|la told|la acknowledged|protective action|protection|protected|made safe|safe` +
		`|referral in writing|written referral|referred in writing|referral|referred|reporter update|updated reporter|update|reporter told|reviewed|review`
)

// grammar are the words that a reply may begin with. Whoever adds one decides
// whether a typing error in it may be forgiven: never where something grave
// could follow.
var grammar = []rule{
	{verb: casefile.Acknowledge, spelt: "ack|acknowledge", forgiven: true, loud: true, surely: cases},
	{verb: casefile.Note, spelt: "note", forgiven: true, loud: true},
	{verb: Help, spelt: "help", forgiven: true, loud: true},
	{verb: casefile.Close, spelt: "close"},
	{verb: Take, spelt: "take", forgiven: true, strict: true, surely: takes(`it|over|this|this case|the case`)},
	{verb: Pass, spelt: "pass", forgiven: true, strict: true, takes: takes(`(?:it |this )?to (?:my |the |our )?(?P<to>.+)`), surely: takes(`(?:it |this )?to (?:my |the |our )?(?P<to>\S+(?: \S+)?)`)},
	{verb: Status, spelt: "status", forgiven: true, strict: true, surely: cases},
	{verb: casefile.Grade, spelt: "grade", wants: "severity",
		surely: takes(`(?:it |this )?(?:to |as )?(?:(?P<severity>s[1-4])\b(?P<text>.*)|(?P<level>emergency|high|standard|low))`)},
	{verb: Form, spelt: "form", strict: true, wants: "codes", takes: takes(`(?P<codes>` + code + `(?:` + comma + code + `){0,11})`), surely: takes(`(?P<codes>` + sureCode + `(?:` + between + sureCode + `){0,11})`)},
	{verb: Flag, spelt: "flag", forgiven: true, strict: true, asks: true, wants: "codes", takes: takes(`(?P<codes>` + code + `(?:` + comma + code + `){0,11})`), surely: takes(`(?P<codes>` + sureCode + `(?:` + between + sureCode + `){0,11})`)},
	{verb: casefile.Refer, spelt: "refer", forgiven: true, strict: true, asks: true, wants: "to", takes: takes(`(?:to )?(?:the )?(?P<to>[\p{L}&' -]{2,60}?)` + reference),
		surely: takes(`(?:to )?(?:the )?(?P<to>(?:` + casefile.Agencies + `)\b[\p{L}&', -]{0,40}?)` + reference)},
	{verb: casefile.Done, spelt: "done", strict: true, asks: true, wants: "code", takes: takes(`(?:the )?(?P<code>` + stages + `|` + code + `)` + reference + `(?:[\s,.:;-]+(?P<text>.*))?`),
		surely: takes(`(?:the )?(?P<code>` + stages + `|` + sureCode + `)` + reference + `(?:(?:\s*[,.:;-]|\s+because\b)\s*(?P<text>.*))?`)},
	{verb: NotNeeded, spelt: "not-needed", strict: true, asks: true, wants: "code because", takes: takes(`(?P<code>` + code + `)`), surely: takes(`(?P<code>` + sureCode + `)`)},
	{verb: UpdateReporter, spelt: "update", strict: true, wants: "to text", surely: takes(`(?:the )?(?P<to>reporter)\s*[:,.-]*\s*(?P<text>.*)`)},
	{verb: casefile.Rest, spelt: "hold", wants: "until because", surely: takes(`until (?P<until>.+)`)},
	{verb: casefile.Resume, spelt: "resume", forgiven: true, surely: cases},
	{verb: Restrict, spelt: "restrict", wants: "item", surely: takes(`(?P<item>(?:(?:the )?(?:item|exhibit|file|attachment|part) )?[A-Z]{0,3}-?\d{1,4})`)},
	{verb: casefile.Exclude, spelt: "conflict", loud: true, surely: takes(`of interest\b.*`)},
	{verb: casefile.Readmit, spelt: "unconflict", loud: true},
	{verb: Confirm, spelt: "confirm", strict: true, asks: true, wants: "code", takes: takes(`(?P<code>[a-z]+(?:[ -][a-z]+){3})`)},
	{verb: Veto, spelt: "veto"},
	{verb: Reopen, spelt: "reopen", wants: "because"},
}

// cases are the names of cases and nothing else.
var cases = takes(`(?:(?:and\s+)?[A-Z]{1,8}-[0-9A-Z]{3,16}(?:[\s,;.]+|$))+`)

// takes is a pattern for all that follows a word.
func takes(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)^(?:` + pattern + `)$`) }

// known is the rule of a word. If the word is misspelt, written is how, and the
// rule the one that it was surely meant for; nil if there is none.
func known(word string) (r *rule, written string) {
	low := strings.ToLower(word)
	for i := range grammar {
		for spelt := range strings.SplitSeq(grammar[i].spelt, "|") {
			if low == spelt || spelt == "not-needed" && strings.NewReplacer(" ", "-", "_", "-").Replace(low) == spelt {
				return &grammar[i], ""
			}
		}
	}
	return forgive(low), word
}
