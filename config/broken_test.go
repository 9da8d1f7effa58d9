package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// broken is the good configuration with one thing put for another. "▸" in put
// is where the problem must be said to stand; without it, at 1:1.
type broken struct{ old, put, key, says string }

// TestF61BrokenFiles: each is refused, at the right line and column, for the
// right key, and with words that help.
func TestF61BrokenFiles(t *testing.T) {
	dir, good := goodConfig(t)
	if _, err := Load(writeConfig(t, dir, good), noEnv); err != nil {
		t.Fatal(err)
	}
	tables := [][]broken{brokenSyntax, brokenKeys, brokenKinds, brokenService, brokenStores, brokenMail, brokenWatch, brokenListeners, brokenPeople, brokenRoster}
	count := 0
	for _, table := range tables {
		for _, b := range table {
			count++
			t.Run(b.key+" "+strings.ReplaceAll(b.put, dir, ""), func(t *testing.T) { b.try(t, dir, good) })
		}
	}
	if t.Logf("%d broken files", count); count < 100 {
		t.Errorf("%d broken files, want 100", count)
	}
}

func (b broken) try(t *testing.T, dir, good string) {
	t.Helper()
	old, put := strings.ReplaceAll(b.old, "DIR", dir), strings.ReplaceAll(b.put, "DIR", dir)
	if !strings.Contains(good, old) {
		t.Fatalf("%q is not in the good file", old)
	}
	text := strings.Replace(good, old, put, 1)
	line, column := 1, 1
	if before, _, ok := strings.Cut(text, "▸"); ok {
		line = strings.Count(before, "\n") + 1
		column = utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:]) + 1
	}
	_, err := Load(writeConfig(t, dir, strings.ReplaceAll(text, "▸", "")), noEnv)
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("err = %v", err)
	}
	for _, p := range ps {
		if p.Line == line && p.Column == column && p.Key == b.key && strings.Contains(p.Error(), b.says) {
			return
		}
	}
	t.Errorf("want %d:%d: %s: …%s…, got\n%v", line, column, b.key, b.says, err)
}

var brokenSyntax = []broken{
	{`data = "DIR/data"`, `data = ▸`, "", "value"},
	{`data = "DIR/data"`, `data = "DIR/data▸`, "", "cannot have new lines"},
	{"[log]", "[log▸", "", "]"},
	{"[log]", "[▸sla]", "", "table sla already exists"},
	{`poll = "30s"`, "poll = \"30s\"\n▸poll = \"60s\"", "", "poll"},
	{`level = "info"`, `level▸`, "", "expected '='"},
	{`level = "info"`, `level = inf▸o`, "", "a text stands in quotes"},
	{`managers = [`, `managers = ["manager" ▸"x", `, "", ""},
}

var brokenKeys = []broken{
	{`kept = "Kept"`, `▸keept = "Kept"`, "mailbox.keept", "did you mean kept?"},
	{"password_file = \"DIR/smtp-password\"", "  ▸pasword_file = \"x\"", "smtp.pasword_file", "did you mean password_file?"},
	{`password_file = "DIR/smtp-password"`, `▸password = "hunter2"`, "smtp.password", "name that in password_file"},
	{`password_file = "DIR/imap-password"`, `▸password = "hunter2"`, "mailbox.password", "does not belong in this file"},
	{`password_file = "DIR/redis-password"`, `▸Password = "hunter2"`, "redis.Password", "password_file"},
	{`time_zone = "Europe/London"`, `▸timezone = "Europe/London"`, "service.timezone", "did you mean time_zone?"},
	{`environment = "trial"`, `▸enviroment = "trial"`, "enviroment", "did you mean environment?"},
	{`acknowledge = "1h"`, `▸acknowlege = "1h"`, "sla.acknowlege", "did you mean acknowledge?"},
	{`la_lead = "la-lead"`, `▸la_laed = "la-lead"`, "roles.la_laed", "did you mean la_lead?"},
	{`la_lead = "la-lead"`, `▸LA_lead = "la-lead"`, "roles.LA_lead", "did you mean la_lead?"},
	{"[evidence]", "[▸evidnce]", "evidnce", "did you mean evidence?"},
	{"[[organisation]]", "[[▸organization]]", "organization", "did you mean organisation?"},
	{"[smtp]", "[▸smtp2.relay]", "smtp2", "did you mean smtp?"},
	{"[log]", "[log.▸file]", "log.file", "known here are level, format"},
	{`level = "info"`, `▸colour = "red"`, "log.colour", "known here are level, format"},
	{`level = "info"`, `▸trusted_domains = []`, "log.trusted_domains", "it belongs in [mail]"},
	{`level = "info"`, `▸key_file = "x"`, "log.key_file", "it belongs in [desk]"},
	{`level = "info"`, `▸kept = "x"`, "log.kept", "it belongs in [[mailbox]]"},
	{`level = "info"`, `▸data = "x"`, "log.data", "the lines before the first table"},
	{`level = "info"`, `▸level.no = "x"`, "log.level", "has no keys of its own"},
	{`dir = "DIR/evidence"`, `"é" = 1` + "\n▸folder = \"x\"", "evidence.folder", "it belongs in [[mailbox]]"},
	{"[smtp]", "[[▸smtp]]", "smtp", "there is only one"},
	{"[log]", "[▸data]", "", "data"},
	{`data = "DIR/data"`, "", "data", "is missing; for example"},
	{"[smtp]\naddress = \"smtp.council.example:587\"", "[▸smtp]", "smtp.address", "is missing; for example"},
	{"[service]\nname = \"Skills and Employment safeguarding desk\"", "[▸service]", "service.name", "is missing"},
	{"[[person]]\nid = \"manager\"", "[[▸person]]", "person.id", "is missing"},
}

var brokenKinds = []broken{
	{`environment = "trial"`, `environment = ▸true`, "environment", "is true or false, must be a text in quotes"},
	{`data = "DIR/data"`, `data = ▸7`, "data", "is a number, must be a text"},
	{`poll = "30s"`, `poll = ▸30`, "mailbox.poll", "a span of time in quotes"},
	{`poll = "30s"`, `poll = ▸"30 seconds"`, "mailbox.poll", `write it like "30s"`},
	{`poll = "30s"`, `poll = ▸"half an hour"`, "mailbox.poll", "is no span of time"},
	{`acknowledge = "1h"`, `acknowledge = ▸1.5`, "sla.acknowledge", "is a number"},
	{`acknowledge = "1h"`, `acknowledge = ▸01:00:00`, "sla.acknowledge", "is a date or time"},
	{`managers = ["manager", "service-lead"]`, `managers = ▸"manager"`, "roles.managers", "must be a list of texts"},
	{`managers = ["manager", "service-lead"]`, `managers = ["manager", ▸7]`, "roles.managers", "is a number, must be a text"},
	{`la_lead = "la-lead"`, `▸la_lead = ["la-lead"]`, "roles.la_lead", "is a list, must be a text"},
	{"[desk]\npatience = \"3m\"", "[desk]\npatience = ▸{ a = 1 }", "desk.patience", "is a table"},
}

var brokenService = []broken{
	{`environment = "trial"`, `environment = ▸"prod"`, "environment", "did you mean production?"},
	{`environment = "trial"`, `environment = ▸""`, "environment", `one of "trial", "production"`},
	{`data = "DIR/data"`, `data = ▸""`, "data", "is empty"},
	{`data = "DIR/data"`, `data = ▸"DIR/ca.pem"`, "data", "is not a folder"},
	{`name = "Skills and Employment safeguarding desk"`, `name = ▸"desk\r\nBcc: x@y.example"`, "service.name", "holds a line break"},
	{`name = "Skills and Employment safeguarding desk"`, `name = ▸""`, "service.name", "is empty"},
	{`address = "safeguarding@council.example"`, `address = ▸"safeguarding"`, "service.address", "is no mail address"},
	{`address = "safeguarding@council.example"`, `address = ▸"Desk <safeguarding@council.example>"`, "service.address", "without a name"},
	{`address = "safeguarding@council.example"`, `address = ▸"safeguarding@council.example\n"`, "service.address", "line break"},
	{`address = "safeguarding@council.example"`, `address = ▸"safeguarding+in@council.example"`, "service.address", "plus part"},
	{`time_zone = "Europe/London"`, `time_zone = ▸"Europe/Londn"`, "service.time_zone", "is no time zone"},
	{`time_zone = "Europe/London"`, `time_zone = ▸"Local"`, "service.time_zone", "IANA"},
	{`time_zone = "Europe/London"`, `time_zone = ▸""`, "service.time_zone", "is empty"},
	{`reference_prefix = "SG-"`, `reference_prefix = ▸"sg"`, "service.reference_prefix", "capitals and a hyphen"},
	{`organisation = "service"`, `organisation = ▸"servce"`, "service.organisation", "did you mean service?"},
	{`acknowledge = "1h"`, `acknowledge = ▸"10ms"`, "sla.acknowledge", "too short"},
	{`acknowledge = "1h"`, `policy = ▸"DIR/none.toml"`, "sla.policy", "policy show"},
	{`acknowledge = "1h"`, `holidays = ▸"DIR"`, "sla.holidays", "bank-holidays.json"},
	{`acknowledge = "1h"`, `acknowledge = ▸"-1h"`, "sla.acknowledge", "too short"},
	{`acknowledge = "1h"`, `acknowledge = ▸"1000h"`, "sla.acknowledge", "too long"},
	{`review = "24h"`, `review = ▸"30m"`, "sla.review", "shorter than acknowledge"},
	{`patience = "3m"`, `patience = ▸"10ms"`, "desk.patience", "too short"},
	{`patience = "3m"`, `key_file = ▸"DIR/open-key"`, "desk.key_file", "chmod 0600"},
	{`patience = "3m"`, `key_file = ▸"DIR/smtp-password"`, "desk.key_file", "needs 32 or more"},
	{`level = "info"`, `level = ▸"information"`, "log.level", "did you mean info?"},
	{`level = "info"`, `level = ▸"INFO"`, "log.level", "did you mean info?"},
	{`format = "text"`, `format = ▸"xml"`, "log.format", `one of "text", "json"`},
}

var brokenStores = []broken{
	{`url = ""`, `url = ▸"postgress://db/x"`, "ledger.url", "did you mean postgres?"},
	{`url = ""`, `url = ▸"mysql://db/x"`, "ledger.url", "it may begin with sqlite, postgres"},
	{`url = ""`, `url = ▸"postgres://127.0.0.1"`, "ledger.url", "is no good PostgreSQL URL"},
	{`url = ""`, `url = ▸"postgres://desk:hunter2@127.0.0.1/desk"`, "ledger.url", "a password does not belong in this file"},
	{`url = ""`, `url = ▸"postgres://desk@127.0.0.1/desk?password=hunter2"`, "ledger.url", "set ledger.password_file"},
	{`url = ""`, `url = ▸"postgres://desk@db.council.example/desk"`, "ledger.url", "add sslmode=verify-full"},
	{`url = ""`, `url = ▸"postgres://desk@db.council.example/desk?sslmode=require"`, "ledger.url", "add sslmode=verify-full"},
	{`url = ""`, "url = \"x\"\nurl_file = ▸\"DIR/url\"", "ledger.url_file", "keep one of them"},
	{`url = ""`, "url_file = ▸\"DIR/none\"", "ledger.url_file", "cannot read"},
	{`url = ""`, "url_file = ▸\"DIR/sqlite\"", "ledger.url_file", "holds no PostgreSQL URL; a SQLite path is no secret"},
	{`url = ""`, "url_file = ▸\"DIR/imap-password\"", "ledger.url_file", "holds no PostgreSQL URL"},
	{`url = ""`, "password_file = ▸\"DIR/smtp-password\"", "ledger.password_file", "SQLite has no password"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"redis://127.0.0.1:6379/x\"", "redis.url", "a database that is no number"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"127.0.0.1:6379\"", "redis.url", "is no Redis address"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"reddis://127.0.0.1:6379\"", "redis.url", "did you mean redis?"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"embeded\"", "redis.url", "did you mean embedded?"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"redis://:hunter2@127.0.0.1:6379/0\"", "redis.url", "set redis.password_file"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"redis://redis.council.example/0\"", "redis.url", "use rediss://"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"redis-sentinel://127.0.0.1,b.example/0?master=m\"", "redis.url", "use redis-sentinels://"},
	{"[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "[redis]\nurl = ▸\"redis:///0\"", "redis.url", "names no host"},
	{`password_file = "DIR/redis-password"`, `password_file = ▸"DIR/open-password"`, "redis.password_file", "mode 0644: others may read it; chmod 0600"},
	{`password_file = "DIR/redis-password"`, `password_file = ▸"DIR/none"`, "redis.password_file", "no such file"},
	{`dir = "DIR/evidence"`, `dir = ▸"DIR/ca.pem"`, "evidence.dir", "is not a folder"},
	{"url = \"\"\n\n[redis]\nurl = \"redis://127.0.0.1:6379/0\"", "url = \"postgres://d@127.0.0.1/d\"\n[redis]\nurl = ▸\"embedded\"", "redis.url", "does not go with a PostgreSQL ledger"},
}

var brokenMail = []broken{
	{`name = "safeguarding"`, `name = ▸"Safe Guarding"`, "mailbox.name", "is no short name"},
	{`name = "safeguarding"`, `name = ▸"a/b"`, "mailbox.name", "a-z, 0-9 and -"},
	{`name = "provider"`, `name = ▸"safeguarding"`, "mailbox.name", "was given before"},
	{`address = "imap.council.example:993"`, `address = ▸"imap.council.example"`, "mailbox.address", "such as imap.council.example:993"},
	{`address = "imap.council.example:993"`, `address = ▸"imap.council.example:99999"`, "mailbox.address", "1 to 65535"},
	{`address = "imap.council.example:993"`, `address = ▸"imaps://imap.council.example:993"`, "mailbox.address", "is not host:port"},
	{`address = "imap.council.example:993"`, `address = ▸":993"`, "mailbox.address", "no good host"},
	{`address = "imap.council.example:993"`, `address = ▸"8080:993"`, "mailbox.address", "has no good host; write it like mail.council.example:993"},
	{`address = "imap.council.example:993"`, `address = ▸"993"`, "mailbox.address", "is a port without a host; write it like mail.council.example:993"},
	{`address = "imap.council.example:993"`, `address = ▸"10.0.0.300:993"`, "mailbox.address", "no good host"},
	{`address = "smtp.council.example:587"`, `address = ▸"smtp.council.example"`, "smtp.address", "such as smtp.council.example:587"},
	{`profile = "generic"`, `profile = ▸"gogle"`, "mailbox.profile", `did you mean google?`},
	{"profile = \"generic\"\nauthserv_id = \"mx.council.example\"", `profile = ▸"generic"`, "mailbox.profile", "needs authserv_id"},
	{"profile = \"generic\"\nauthserv_id = \"", "profile = \"none\"\nauthserv_id = ▸\"", "mailbox.authserv_id", "given without a profile"},
	{"profile = \"generic\"\nauthserv_id = \"mx.council.example\"\nstrips_foreign = true", "profile = ▸\"microsoft\"", "mailbox.profile", "until then profile = \"none\""},
	{"authserv_id = \"mx.council.example\"\nstrips_foreign = true", "authserv_id = ▸\"mx council\"\nstrips_foreign = true", "mailbox.authserv_id", "is no host name"},
	{`strips_foreign = true`, `strips_foreign = ▸"true"`, "mailbox.strips_foreign", "is a text, must be true or false, without quotes"},
	{`resolver = "192.0.2.53:53"`, `resolver = ▸"192.0.2.53"`, "dkim.resolver", "such as 192.0.2.53:53"},
	{`ca_file = "DIR/ca.pem"`, `ca_file = ▸"DIR/none.pem"`, "mailbox.ca_file", "no such file"},
	{`ca_file = "DIR/ca.pem"`, `ca_file = ▸"DIR/smtp-password"`, "mailbox.ca_file", "holds no certificate"},
	{`ca_file = "DIR/ca.pem"`, `tls = ▸"ssl"`, "mailbox.tls", `one of "implicit", "starttls", "none"`},
	{`ca_file = "DIR/ca.pem"`, `tls = ▸"start-tls"`, "mailbox.tls", "did you mean starttls?"},
	{`ca_file = "DIR/ca.pem"`, `tls = ▸"none"`, "mailbox.tls", "unencrypted to another machine"},
	{`user = "safeguarding@council.example"`, `user = ▸"desk\u0000"`, "mailbox.user", "control character"},
	{`password_file = "DIR/imap-password"`, `password_file = ▸"DIR/open-password"`, "mailbox.password_file", "chmod 0600"},
	{`password_file = "DIR/imap-password"`, `password_file = ▸"DIR/empty"`, "mailbox.password_file", "holds no password"},
	{`password_file = "DIR/imap-password"`, `password_file = ▸"DIR"`, "mailbox.password_file", ""},
	{"[[mailbox]]\nname = \"provider\"\naddress = \"127.0.0.1:143\"\ntls = \"none\"\nuser = \"provider\"\npassword_file = \"DIR/imap-password\"", "[[▸mailbox]]\nname = \"provider\"\naddress = \"127.0.0.1:143\"\ntls = \"none\"\nuser = \"provider\"", "mailbox.password_file", "\"imap-provider\""},
	{`kept = "Kept"`, `kept = ▸"INBOX"`, "mailbox.kept", "the watched folder itself"},
	{`kept = "Kept"`, `folder = ▸""`, "mailbox.folder", `is empty; for example folder = "INBOX"`},
	{`poll = "30s"`, `poll = ▸"1ms"`, "mailbox.poll", `"1s" or more`},
	{`poll = "30s"`, `poll = ▸"10m"`, "mailbox.poll", `"9m" or less`},
	{`organisation = "northgate"`, `organisation = ▸"nortgate"`, "mailbox.organisation", "did you mean northgate?"},
	{"address = \"127.0.0.1:143\"\ntls = \"none\"\nuser = \"provider\"", "address = \"imap.council.example:993\"\nuser = \"safeguarding@council.example\"\nfolder = ▸\"INBOX\"", "mailbox.folder", "was given before"},
	{`address = "smtp.council.example:587"`, `address = ▸"smtp.council.example:smtp"`, "smtp.address", "no good port"},
	{`tls = "starttls"`, `tls = ▸"none"`, "smtp.tls", `set tls = "implicit" or "starttls"`},
	{`tls = "starttls"`, `tls = ▸"tls"`, "smtp.tls", "is not allowed"},
	{"user = \"desk\"\npassword_file = ", "password_file = ▸", "smtp.password_file", "without a user"},
	{`hello = "desk.council.example"`, `hello = ▸"my desk"`, "smtp.hello", "is no host name"},
	{`trusted_domains = ["council.example"]`, `trusted_domains = [▸"@council.example"]`, "mail.trusted_domains", `write "council.example"`},
	{`trusted_domains = ["council.example"]`, `trusted_domains = ["council.example", ▸"com"]`, "mail.trusted_domains", "is not a domain"},
	{`trusted_domains = ["council.example"]`, `trusted_domains = ["council.example", ▸"Council.Example"]`, "mail.trusted_domains", "in the list twice"},
}

var brokenListeners = []broken{
	{`listen = "127.0.0.1:8080"`, `listen = ▸"8080"`, "web.listen", "is a port without a host; write it like 127.0.0.1:8080"},
	{`listen = "127.0.0.1:8080"`, `listen = ▸"localhost"`, "web.listen", "such as localhost:8080"},
	{`phone = ""`, `phone = ""
leave = ▸"http://weather.example/"`, "form.leave", "not encrypted; it must begin with https://"},
	{`phone = ""`, `leave = ▸"weather"`, "form.leave", "is no address of a page"},
	{`phone = ""`, `leave = ▸"https://me@weather.example"`, "form.leave", "a name or a password"},
	{`phone = ""`, `contact = ▸"Privacy Team"`, "form.contact", "is no mail address"},
	{`phone = ""`, `▸fone = "01632 960 001"`, "form.fone", "phone"},
	{`listen = "127.0.0.1:9090"`, `listen = ▸"0.0.0.0:9090"`, "metrics.listen", "reached from other machines"},
	{`listen = "127.0.0.1:9090"`, `listen = ▸":9090"`, "metrics.listen", "no good host"},
	{`listen = "127.0.0.1:9090"`, `listen = ▸"127.0.0.1:8080"`, "metrics.listen", "another port"},
}

// An end of the good file where tables may follow.
const tail = "address = \"femi.ade@council.example\""

var brokenRoster = []broken{
	{tail, tail + "\ncover = ▸\"leed\"", "person.cover", "did you mean lead?"},
	{tail, tail + "\ncover = ▸\"manager\"", "person.cover", "is the same person"},
	{tail, tail + "\nfrom = ▸\"31.1.2027\"", "person.from", "is no day"},
	{tail, tail + "\nfrom = \"2027-01-31\"\nuntil = ▸\"2027-01-30\"", "person.until", "is before from"},
	{tail, tail + "\naway = [▸\"2027-01-31 - 2027-02-05\"]", "person.away", "are no days"},
	{tail, tail + "\naway = [▸\"2027-02-30\"]", "person.away", "are no days"},
	{tail, tail + "\naway = [▸\"2027-01-31 to 2027-01-05\"]", "person.away", "end before they begin"},
	{tail, tail + "\nalso = [▸\"\"]", "person.also", "is empty"},
	{tail, tail + "\n[[seat]]\nrole = ▸\"leader\"\nperson = \"lead\"", "seat.role", "must be one of"},
	{tail, tail + "\n[[seat]]\nrole = \"executive\"\nperson = ▸\"leed\"", "seat.person", "did you mean lead?"},
	{tail, tail + "\n[[▸seat]]\nrole = \"lead\"\nperson = \"lead\"", "seat.organisation", "of which organisation"},
	{tail, tail + "\n[[seat]]\nrole = \"manager\"\norganisation = ▸\"service\"\nperson = \"lead\"", "seat.organisation", "has no manager of its own"},
	{tail, tail + "\n[[seat]]\nrole = \"manager\"\nperson = \"lead\"\nfrom = \"2027-01-02\"\nuntil = ▸\"2027-01-01\"", "seat.until", "is before from"},
	{"id = \"service\"\n", "id = \"service\"\nactive = ▸false\n", "organisation.active", "takes what belongs to nobody"},
	{"id = \"northgate\"\n", "id = \"northgate\"\nambassadors = [▸\"leed\"]\n", "organisation.ambassadors", "did you mean lead?"},
}

var brokenPeople = []broken{
	{`la_lead = "la-lead"`, `la_lead = ▸"la-led"`, "roles.la_lead", "did you mean la-lead?"},
	{`la_lead = "la-lead"`, `la_lead = ▸""`, "roles.la_lead", "is empty"},
	{"[roles]\nservice_lead = \"service-lead\"\nla_lead = \"la-lead\"\n", "[▸roles]\n", "roles.la_lead", "is missing"},
	{`service_lead = "service-lead"`, `service_lead = ▸"nobody"`, "roles.service_lead", `add [[person]] with id = "nobody"`},
	{`service_lead = "service-lead"`, `executive = ▸"mangaer"`, "roles.executive", "did you mean manager?"},
	{`service_lead = "service-lead"`, `senior_officer = ▸"x y"`, "roles.senior_officer", "no person"},
	{`managers = ["manager", `, `managers = [▸"manger", `, "roles.managers", "did you mean manager?"},
	{`managers = ["manager", "service-lead"]`, `managers = ["manager", ▸"manager"]`, "roles.managers", "in the list twice"},
	{"id = \"service\"\n", "id = ▸\"Service!\"\n", "organisation.id", "is no short name"},
	{`id = "northgate"`, `id = ▸"service"`, "organisation.id", "was given before"},
	{`name = "Northgate Training"`, `name = ▸"Skills and Employment"`, "organisation.name", "was given before"},
	{`name = "Northgate Training"`, `name = ▸""`, "organisation.name", "is empty"},
	{"lead = \"lead\"\ndeputy = \"deputy\"", "lead = ▸\"leed\"\ndeputy = \"deputy\"", "organisation.lead", "did you mean lead?"},
	{"lead = \"lead\"\ndeputy = \"deputy\"", "lead = \"lead\"\ndeputy = ▸\"lead\"", "organisation.deputy", "is the lead as well"},
	{"lead = \"lead\"\ndeputy = \"deputy\"", "lead = \"lead\"\ndeputy = ▸\"\"", "organisation.deputy", "is empty"},
	{"[[organisation]]\nid = \"northgate\"\nname = \"Northgate Training\"\nlead = \"lead\"\n", "[[▸organisation]]\nid = \"northgate\"\nname = \"Northgate Training\"\n", "organisation.lead", "is missing"},
	{"service_lead = \"service-lead\"\nla_lead = \"la-lead\"\nmanagers = [\"manager\", \"service-lead\"]\n\n[[organisation]]", "la_lead = \"deputy\"\nmanagers = [\"service-lead\"]\n\n[[▸organisation]]", "organisation", "nobody is left on the ladder"},
	{`id = "manager"`, `id = ▸"lead"`, "person.id", "was given before"},
	{`address = "femi.ade@council.example"`, `address = ▸"Helen.Marsh@council.example"`, "person.address", "was given before"},
	{`address = "femi.ade@council.example"`, `address = ▸"Helen.Marsh+x@council.example"`, "person.address", `is the mailbox of "la-lead": one person would count as two`},
	{`address = "femi.ade@council.example"`, `address = ▸"safeguarding+x@council.example"`, "person.address", "letters would come back"},
	{`address = "femi.ade@council.example"`, `address = ▸"femi ade@council.example"`, "person.address", "is no mail address"},
	{`address = "femi.ade@council.example"`, `address = ▸"femi@council.example\r\nBcc: x@y.example"`, "person.address", "line break"},
	{`name = "Femi Ade"`, `name = ▸"Femi\nAde"`, "person.name", "line break"},
	{`disclosure = "full"`, `disclosure = ▸"all"`, "person.disclosure", `one of "minimal", "full"`},
	{"address = \"femi.ade@council.example\"", "address = \"femi.ade@else.example\"\ndisclosure = ▸\"full\"", "person.disclosure", "add it to mail.trusted_domains"},
}

// TestF61SmallFiles: whole files, of which only one problem is looked for.
func TestF61SmallFiles(t *testing.T) {
	for _, b := range []broken{
		{put: "▸", key: "mailbox", says: "add [[mailbox]] with name"},
		{put: "▸", key: "organisation", says: "add [[organisation]] with id"},
		{put: "▸", key: "person", says: "add [[person]] with id"},
		{put: "▸", key: "smtp.address", says: "add [smtp] with for example address"},
		{put: "[▸mailbox]\nname = \"x\"", key: "mailbox", says: "write [[mailbox]], one for each"},
		{put: "mailbox = ▸{ name = \"x\" }", key: "mailbox", says: "is a table, must be a list of tables"},
		{put: "mailbox = [{ ▸nme = \"x\" }]", key: "mailbox.nme", says: "did you mean name?"},
		{put: "smtp = { address = ▸\"x\" }", key: "smtp.address", says: "has no port"},
		{put: "smtp.address = ▸\"x\"", key: "smtp.address", says: "has no port"},
		{put: "sla.▸ack = \"1h\"", key: "sla.ack", says: "did you mean acknowledge?"},
		{put: "▸data.x = \"1h\"", key: "data", says: "it is a key and not a table"},
		{put: "log = { level = \"é\", format = ▸\"x\" }", key: "log.format", says: "is not allowed"},
		{put: "[[roles.▸managers]]", key: "roles.managers", says: "it is a key and not a table"},
		{put: "environment = \"\"\"\n▸x", key: "", says: "multiline"},
	} {
		t.Run(b.put, func(t *testing.T) { b.try(t, t.TempDir(), "") })
	}
}

// goodConfig writes the files that the good configuration names.
func goodConfig(t testing.TB) (dir, text string) {
	t.Helper()
	dir = t.TempDir()
	for name, body := range map[string]string{"imap-password": canary + "\n", "smtp-password": canary, "redis-password": canary, "open-password": "x", "open-key": strings.Repeat("k", 40), "empty": "\n", "url": "postgres://127.0.0.1/x", "sqlite": "sqlite:/var/lib/desk.db", "ca.pem": certificate(t, true), "self.pem": certificate(t, false)} {
		mode := os.FileMode(0o600)
		if strings.HasPrefix(name, "open-") {
			mode = 0o644
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), mode); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile("testdata/good.toml")
	if err != nil {
		t.Fatal(err)
	}
	return dir, string(bytes.ReplaceAll(b, []byte("DIR"), []byte(dir)))
}

func writeConfig(t testing.TB, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "dutydesk.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func noEnv(string) (string, bool) { return "", false }

var brokenWatch = []broken{
	{"[[mailbox]]\nname = \"safeguarding\"", "[[mailbox]]\nname = \"third\"\naddress = \"imap.council.example:993\"\nuser = \"safeguarding@council.example\"\npassword_file = \"DIR/imap-password\"\nfolder = \"Other\"\nkept = ▸\"INBOX\"\n[[mailbox]]\nname = \"safeguarding\"", "mailbox.kept", `watched folder of "safeguarding"`},
	{`[dkim]`, "[canary]\nevery = ▸\"1m\"\n[dkim]", "canary.every", "too short"},
	{`[dkim]`, "[canary]\nwithin = ▸\"25h\"\n[dkim]", "canary.within", "too long"},
	{"[desk]\n", "[desk]\nreconcile = ▸\"7 am\"\n", "desk.reconcile", "no time of day"},
	{`[dkim]`, "[digest]\nat = ▸\"half past eight\"\n[dkim]", "digest.at", "no time of day"},
	{`[dkim]`, "[digest]\nring = ▸\"\"\n[dkim]", "digest.ring", "empty"},
	{`[dkim]`, "[digest]\nreview = ▸\"1 September 2027\"\n[dkim]", "digest.review", "no day"},
	{`[dkim]`, "[digest]\n▸rign = \"01632 960 001\"\n[dkim]", "digest.rign", "did you mean ring?"},
}
