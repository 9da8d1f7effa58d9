package message

import (
	"regexp"
	"strings"
)

// mailerDaemon knows delivery reports that follow no standard: a mail server as
// the author, and a subject or text that says so.
func (e *evidence) mailerDaemon() string {
	switch {
	case e.h.get("X-Failed-Recipients") != "":
		return "X-Failed-Recipients"
	case e.fromDaemon():
		return "From: a mail delivery program"
	case e.bounceSubject() && (e.nullSender() || e.fromPostmaster()):
		return "Subject of a delivery report from a mail server"
	case (e.nullSender() || e.fromProgram() || e.bounceSubject()) && e.bounceText(): // the slow question last
		return "text of a delivery report"
	}
	return ""
}

// bounceText reports whether the text reads like a delivery report. People
// write such words too, so it never counts alone.
func (e *evidence) bounceText() bool { return bounceTexts.MatchString(cut(e.m.Text, 8<<10)) }

// bounceSubjects is how the subjects of delivery reports read.
var bounceSubjects = regexp.MustCompile(`(?i)^\W*(?:undeliver|undelivered|delivery (?:status )?notification|delivery (?:failure|report|has failed|status)|` +
	`mail delivery (?:failed|failure|system|problem|error|status|warning)|mail system error|message delivery failure|failure (?:notice|delivery)|` +
	`return(?:ed|ing) mail|returned message|mail could not be delivered|unable to deliver|message (?:undeliverable|not delivered|could not be delivered)|` +
	`nondeliverable|non[- ]deliver|warning: (?:could not send|message)|user unknown|failed mail|mail failure|error sending|unzustellbar|non remis|mensaje no entregado)`)

// bounceSubject reports whether the subject is that of a delivery report.
func (e *evidence) bounceSubject() bool { return bounceSubjects.MatchString(e.m.Subject) }

// bounceTexts is how the texts of delivery reports read.
var bounceTexts = regexp.MustCompile(`(?i)could not be delivered|couldn't be delivered|not be delivered to|undeliverable|delivery (?:to the following|attempt)|` +
	`user unknown|unknown user|no such user|not a valid user|mailbox (?:is )?(?:full|unavailable)|permanent (?:fatal )?error|was not delivered|did not reach|returned to sender|` +
	`smtp error|remote host said|5\d\d[ -]5\.\d\.\d`)

// bounces returns what the report says of each recipient, filled up with what
// servers write outside RFC 3464.
func (e *evidence) bounces(found []Bounce, original string) []Bounce {
	if original == "" {
		original = idIn([]byte(e.m.Text))
	}
	if len(found) == 0 {
		found = e.spokenBounces(original)
	}
	for i := range found {
		found[i].OriginalMessageID = original
	}
	if len(found) == 0 && original != "" {
		found = []Bounce{{Action: "failed", OriginalMessageID: original}}
	}
	return found
}

// spokenBounces reads recipients from X-Failed-Recipients (Exim) or from the
// text, where qmail and many others write "<user@host>:".
func (e *evidence) spokenBounces(original string) (found []Bounce) {
	seen := map[string]bool{"": true, strings.ToLower(strings.Trim(original, "<>")): true}
	add := func(addr, text string) {
		addr = strings.ToLower(strings.TrimSpace(addr))
		if seen[addr] || len(found) == 100 {
			return
		}
		seen[addr] = true
		found = append(found, Bounce{Recipient: addr, Action: "failed", Status: spokenStatus.FindString(text)})
	}
	for _, f := range e.h.all("X-Failed-Recipients") {
		for _, a := range strings.Split(f.value, ",") {
			add(a, "")
		}
	}
	if len(found) > 0 {
		return found
	}
	text := cut(e.m.Text, 16<<10)
	for _, m := range spokenRecipient.FindAllStringSubmatchIndex(text, 100) {
		add(text[m[2]:m[3]], text[m[1]:min(len(text), m[1]+300)])
	}
	return found
}

// spokenRecipient is a line that names a recipient as a heading; spokenStatus a
// code of RFC 3463.
var (
	spokenRecipient = regexp.MustCompile(`(?m)^[ \t]*<([^<>\s@]+@[^<>\s@]+)>[: ]*(?:\r?$|\.\.\.)`)
	spokenStatus    = regexp.MustCompile(`\b[45]\.\d{1,3}\.\d{1,3}\b`)
)
