// Package config is the configuration file: one struct that documents, checks
// and shows itself.
//
// It knows keys, defaults and what makes a value wrong. It must never know what
// the parts do with their settings, and only cmd may import it.
package config

import (
	"path/filepath"
	"strings"
	"time"
)

// Config is the whole file (TOML). A key without a default is required.
type Config struct {
	Environment string `toml:"environment" default:"trial" doc:"\"trial\" allows the embedded Redis and unencrypted servers on this machine; \"production\" refuses them."`
	Data        string `toml:"data" example:"/var/lib/dutydesk" doc:"Folder for the SQLite ledger, the evidence and the desk's key. Only one worker at a time uses it."`

	Service       Service        `toml:"service" doc:"The service that runs the desk."`
	Ledger        Ledger         `toml:"ledger" doc:"Where everything the desk knows and owes is written."`
	Redis         Redis          `toml:"redis" doc:"Where reminders wait. Nothing is lost when it is; only lateness grows."`
	Evidence      Evidence       `toml:"evidence" doc:"Where what arrives is kept, byte for byte."`
	Mailboxes     []Mailbox      `toml:"mailbox" doc:"The mailboxes that are watched."`
	SMTP          SMTP           `toml:"smtp" doc:"The mail server that takes our letters."`
	Mail          Mail           `toml:"mail" doc:"What letters may hold."`
	Web           Web            `toml:"web" doc:"The public listener."`
	Metrics       Metrics        `toml:"metrics" doc:"The listener for Prometheus, on this machine only."`
	SLA           SLA            `toml:"sla" doc:"What \"dealt with immediately\" means."`
	Roles         Roles          `toml:"roles" doc:"Who stands above the organisations, by person id."`
	Organisations []Organisation `toml:"organisation" doc:"The council's own service and its providers."`
	Persons       []Person       `toml:"person" doc:"The people who are told and who act."`
	Desk          Desk           `toml:"desk" doc:"The desk itself."`
	Log           Log            `toml:"log" doc:"What is logged. Personal data never is."`
}

// Service is the service that runs the desk.
type Service struct {
	Name            string `toml:"name" example:"Skills and Employment safeguarding desk" doc:"The name letters come from."`
	Address         string `toml:"address" example:"safeguarding@council.example" doc:"The safeguarding mail address. Answers come to it with a plus-address."`
	TimeZone        string `toml:"time_zone" default:"Europe/London" doc:"IANA zone in which letters name times."`
	ReferencePrefix string `toml:"reference_prefix" default:"SG-" doc:"What case references begin with."`
	Organisation    string `toml:"organisation" example:"service" doc:"Id of the organisation that takes what belongs to nobody."`
}

// Ledger says where the database is.
type Ledger struct {
	URL          string `toml:"url" default:"" doc:"\"\" for SQLite in the data folder, \"sqlite:PATH\", or \"postgres://user@host/name\"."`
	PasswordFile string `toml:"password_file" default:"" doc:"File with the database password."`
}

// Redis says where the queue's Redis is.
type Redis struct {
	URL          string `toml:"url" default:"embedded" doc:"\"embedded\" (trial only), redis://host:6379/0, rediss://…, unix:///path, redis-sentinel://… or redis-cluster://…"`
	PasswordFile string `toml:"password_file" default:"" doc:"File with the Redis password."`
}

// Evidence says where exhibits are kept.
type Evidence struct {
	Dir string `toml:"dir" default:"" doc:"Folder of the kept bytes; \"\" for \"evidence\" in the data folder. Several workers may share it."`
}

// Mailbox is one watched folder of one IMAP account.
type Mailbox struct {
	Name         string   `toml:"name" example:"safeguarding" doc:"Its name in the ledger and in metrics; never change it."`
	Address      string   `toml:"address" example:"imap.council.example:993" doc:"host:port of the IMAP server."`
	TLS          string   `toml:"tls" default:"implicit" doc:"\"implicit\", \"starttls\" or, on this machine only, \"none\"."`
	CAFile       string   `toml:"ca_file" default:"" doc:"Certificates to trust instead of the system's."`
	User         string   `toml:"user" example:"safeguarding@council.example" doc:"Login name."`
	PasswordFile string   `toml:"password_file" example:"/etc/dutydesk/imap-password" doc:"File with the password, mode 0600. $CREDENTIALS_DIRECTORY is looked in first."`
	Folder       string   `toml:"folder" default:"INBOX" doc:"The folder that is watched."`
	Kept         string   `toml:"kept" default:"" doc:"Folder that taken mails are moved to; \"\" leaves them where they are."`
	Organisation string   `toml:"organisation" default:"" doc:"Organisation that the mailbox belongs to; \"\" for triage."`
	Poll         Duration `toml:"poll" default:"30s" doc:"Between looks, besides IDLE."`

	password Secret
}

// SMTP is the relay.
type SMTP struct {
	Address      string `toml:"address" example:"smtp.council.example:587" doc:"host:port of the mail server that takes our letters."`
	TLS          string `toml:"tls" default:"starttls" doc:"\"starttls\", \"implicit\" or, on this machine only, \"none\"."`
	CAFile       string `toml:"ca_file" default:"" doc:"Certificates to trust instead of the system's."`
	User         string `toml:"user" default:"" doc:"Login name; \"\" for none."`
	PasswordFile string `toml:"password_file" default:"" doc:"File with the password, mode 0600."`
	Hello        string `toml:"hello" default:"localhost" doc:"What we call ourselves in EHLO."`

	password Secret
}

// Mail says what letters may hold.
type Mail struct {
	TrustedDomains []string `toml:"trusted_domains" default:"[]" doc:"Domains whose people may get letters with the reporter's own words, if their disclosure is \"full\"."`
}

// Web is the public listener.
type Web struct {
	Listen string `toml:"listen" default:"127.0.0.1:8080" doc:"host:port for /livez and /readyz; \"\" for none."`
}

// Metrics is the listener for numbers.
type Metrics struct {
	Listen string `toml:"listen" default:"127.0.0.1:9090" doc:"host:port for /metrics, on this machine; \"\" for none."`
}

// SLA is the clock.
type SLA struct {
	Acknowledge Duration `toml:"acknowledge" default:"1h" doc:"By when a named person must have acknowledged a concern. The ladder climbs at 50, 100, 200 and 400 percent of it."`
	Review      Duration `toml:"review" default:"24h" doc:"How often a case that is not closed comes back to its lead and deputy."`
}

// Roles are the seats above the organisations.
type Roles struct {
	ServiceLead   string   `toml:"service_lead" default:"" doc:"Designated Safeguarding Lead of the council's service."`
	LALead        string   `toml:"la_lead" example:"la-lead" doc:"Local Authority Safeguarding Lead."`
	SeniorOfficer string   `toml:"senior_officer" default:"" doc:"Senior accountable officer."`
	Executive     string   `toml:"executive" default:"" doc:"Director or nominated executive."`
	Managers      []string `toml:"managers" default:"[]" doc:"Who hears of every breach and of trouble with the desk."`
}

// Organisation is the council's own service or a provider.
type Organisation struct {
	ID     string `toml:"id" example:"service" doc:"Its short name."`
	Name   string `toml:"name" example:"Skills and Employment" doc:"Its name in letters."`
	Lead   string `toml:"lead" example:"lead" doc:"Person id of its Designated Safeguarding Lead."`
	Deputy string `toml:"deputy" example:"deputy" doc:"Person id of the deputy."`
}

// Person is somebody who is told and who acts.
type Person struct {
	ID         string `toml:"id" example:"lead" doc:"Short name, used in roles and in the chronology."`
	Name       string `toml:"name" example:"Amira Khan" doc:"Name in letters."`
	Address    string `toml:"address" example:"amira.khan@council.example" doc:"The registered mail address; answers must come from it."`
	Disclosure string `toml:"disclosure" default:"minimal" doc:"\"minimal\", or \"full\": with the reporter's own words, to trusted domains only."`
}

// Desk is the desk itself.
type Desk struct {
	KeyFile  string   `toml:"key_file" default:"" doc:"Secret from which the capabilities in letters are derived; \"\" for desk.key in the data folder, made at the first run."`
	Patience Duration `toml:"patience" default:"3m" doc:"How long a part of the desk may be down before managers are told."`
}

// Log says what is logged.
type Log struct {
	Level  string `toml:"level" default:"info" doc:"\"debug\", \"info\", \"warn\" or \"error\"."`
	Format string `toml:"format" default:"text" doc:"\"text\" or \"json\"."`
}

// Duration is a time span as people write it: "90s", "1h30m".
type Duration time.Duration

// UnmarshalText reads "30s", "5m", "1h30m".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes it the way it is read.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// EvidenceDir is the folder of the kept bytes.
func (c *Config) EvidenceDir() string {
	if c.Evidence.Dir != "" {
		return c.Evidence.Dir
	}
	return filepath.Join(c.Data, "evidence")
}

// KeyFile is the file of the desk's key.
func (c *Config) KeyFile() string {
	if c.Desk.KeyFile != "" {
		return c.Desk.KeyFile
	}
	return filepath.Join(c.Data, "desk.key")
}

// EmbeddedRedis reports whether Redis is started inside the worker.
func (c *Config) EmbeddedRedis() bool { return c.Redis.URL == "" || c.Redis.URL == "embedded" }

// Postgres reports whether the ledger is a PostgreSQL database.
func (c *Config) Postgres() bool { return strings.HasPrefix(c.Ledger.URL, "postgres") }
