package message

import (
	"regexp"
	"strings"
)

// judge decides who wrote the mail. A class other than Person needs words of
// the mail that say so: taking a person for a machine would leave them
// unanswered, which is the worst mistake this package can make.
func (g *reading) judge() {
	if len(g.parts) == 0 {
		return
	}
	h := g.parts[0].head
	e := evidence{h: h, r: &g.report, root: g.parts[0].media, rootParams: g.parts[0].params, m: g.m}
	for _, rule := range rules {
		if why := rule.says(&e); why != "" {
			g.m.Machine = Machine{rule.class, cut(why, 120)}
			break
		}
	}
	g.m.replied = firstWord(strings.ToLower(h.get("Auto-Submitted"))) == "auto-replied"
	g.m.reported = e.deliveryReport() != "" && len(g.report.bounce) > 0
	if g.m.Machine.Class == BounceDSN {
		g.m.Bounce = e.bounces(g.report.bounce, g.report.original)
	}
}

// evidence is what the rules look at.
type evidence struct {
	h          header
	r          *report
	root       string // media type of the root
	rootParams params
	m          *Message
}

// rules are asked in order; the first that gives a reason decides.
var rules = []struct {
	class Class
	says  func(*evidence) string
}{
	{Receipt, (*evidence).receipt},
	{Feedback, (*evidence).feedback},
	{BounceDSN, (*evidence).deliveryReport},
	{BounceDSN, (*evidence).mailerDaemon},
	{AutoReply, (*evidence).absence},
	{AutoReply, (*evidence).automatic},
	{List, (*evidence).list},
	{Calendar, (*evidence).calendar},
}

// reportType returns the report-type of a multipart/report, lower case.
func (e *evidence) reportType() string {
	if e.root != "multipart/report" {
		return ""
	}
	return strings.ToLower(e.rootParams.token("report-type"))
}

// receipt knows disposition notifications (RFC 8098).
func (e *evidence) receipt() string {
	if e.r.discarded {
		return ""
	}
	if e.reportType() == "disposition-notification" || e.root == "multipart/report" && e.r.kind == "disposition-notification" {
		return "multipart/report; disposition-notification"
	}
	return ""
}

// feedback knows abuse reports (RFC 5965, and those of Amazon and Hotmail).
func (e *evidence) feedback() string {
	if e.amazon("Complaint") {
		return "X-Amz-Sns-Message-Id: complaint"
	}
	if len(e.m.From) == 1 && e.m.From[0].Addr == "staff@hotmail.com" && strings.HasPrefix(e.m.Subject, "complaint about message from ") {
		return "From: staff@hotmail.com, a complaint"
	}
	if e.reportType() == "feedback-report" || e.r.kind == "feedback-report" {
		return "message/feedback-report"
	}
	return ""
}

// deliveryReport knows delivery status notifications (RFC 3464). A person who
// sends one on has it inside an embedded mail, which does not count.
func (e *evidence) deliveryReport() string {
	switch {
	case e.r.discarded:
		return "automatic-action; deleted"
	case e.reportType() == "delivery-status" || e.root == "message/delivery-status":
		return "multipart/report; delivery-status"
	case e.amazon("Bounce"), e.amazon("Delivery"):
		return "X-Amz-Sns-Message-Id: bounce or delivery"
	case e.root == "multipart/report" && (e.r.kind == "delivery-status" || e.r.headers):
		return "multipart/report with a delivery report"
	case e.r.kind == "delivery-status" && (e.nullSender() || e.fromDaemon()):
		return "message/delivery-status"
	}
	return ""
}

// nullSender reports an empty envelope sender (RFC 5321 section 4.5.5), which
// only machines use. The topmost field counts: our own server wrote it, and a
// person's mail may have passed through a machine further down.
func (e *evidence) nullSender() bool {
	v := strings.TrimSpace(e.h.get("Return-Path"))
	return v == "<>" || strings.EqualFold(v, "<MAILER-DAEMON>")
}

// amazon reports a notification of Amazon's mail service of the given kind.
func (e *evidence) amazon(kind string) bool {
	if !e.h.has("X-Amz-Sns-Message-Id") {
		return false
	}
	said := amazonKind.FindStringSubmatch(cut(e.m.Text, 4000))
	return said != nil && said[1] == kind
}

// amazonKind finds the kind in the JSON of a notification, or in JSON inside it.
var amazonKind = regexp.MustCompile(`notificationType\\*"\s*:\s*\\*"(\w+)`)

// fromDaemon reports that the author's address is that of a mail server.
func (e *evidence) fromDaemon() bool {
	for _, a := range e.m.From {
		local, _, _ := strings.Cut(a.Addr, "@")
		if local == "mailer-daemon" || local == "mailerdaemon" || local == "mail-daemon" {
			return true
		}
	}
	return strings.Contains(strings.ToLower(e.h.get("From")), "mailer-daemon")
}

// fromProgram reports that the author's address is one that mail programs use
// and no person has; the text decides.
func (e *evidence) fromProgram() bool {
	for _, a := range e.m.From {
		if local, _, _ := strings.Cut(a.Addr, "@"); local == "post_master" || local == "mdaemon" {
			return true
		}
	}
	return false
}

// fromPostmaster reports that the author may be a mail server: a person may
// sit behind the address, so more is asked.
func (e *evidence) fromPostmaster() bool {
	for _, a := range e.m.From {
		local, _, _ := strings.Cut(a.Addr, "@")
		name := strings.ToLower(a.Name)
		switch {
		case strings.HasPrefix(local, "postmaster"), strings.HasPrefix(name, "postmaster"), strings.HasPrefix(name, "mail delivery s"):
			return true
		}
	}
	return false
}

// list knows mailing lists and bulk mail (RFC 2919, RFC 2369).
func (e *evidence) list() string {
	for _, name := range []string{"List-Id", "List-Post", "List-Unsubscribe", "List-Help", "List-Subscribe", "Mailing-List", "X-Mailing-List", "X-MLServer"} {
		if v := e.h.get(name); v != "" {
			return name
		}
	}
	switch v := firstWord(strings.ToLower(e.h.get("Precedence"))); v {
	case "list", "bulk", "junk":
		return "Precedence: " + v
	}
	return ""
}

// calendar knows invitations and answers to them (RFC 5546, RFC 6047).
func (e *evidence) calendar() string {
	if e.r.calendar || e.root == "text/calendar" {
		return "text/calendar"
	}
	return ""
}
