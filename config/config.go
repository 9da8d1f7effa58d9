// Package config is the configuration file: one struct that documents, checks
// and shows itself.
//
// It knows keys, defaults and what makes a value wrong. It must never know what
// the parts do with their settings, and only cmd may import it.
package config

// Config is the whole file (TOML). Its tags are what Describe prints and what
// Load checks:
//
//	doc      what the key means
//	default  what it is when it is not given; a key without default is required
//	example  what Describe puts there, "|" between the tables of a list
//	allowed  the only values it may have, "|" between them
//	empty    what "" means, where the default is another
//	form     what a text must look like or name, see forms
//	min, max bounds of a span of time
type Config struct {
	Environment string `toml:"environment" default:"trial" allowed:"trial|production" doc:"\"trial\" allows the embedded Redis and unencrypted servers on this machine; \"production\" refuses them."`
	Data        string `toml:"data" example:"/var/lib/dutydesk" doc:"Folder for the SQLite ledger, the evidence and the desk's key. Only one worker at a time uses it."`

	Service       Service        `toml:"service" doc:"The service that runs the desk."`
	Ledger        Ledger         `toml:"ledger" doc:"Where everything the desk knows and owes is written."`
	Redis         Redis          `toml:"redis" doc:"Where reminders wait. Nothing is lost when it is; only lateness grows."`
	Evidence      Evidence       `toml:"evidence" doc:"Where what arrives is kept, byte for byte."`
	Mailboxes     []Mailbox      `toml:"mailbox" doc:"The folders that are watched, one table for each, also when they are in one account."`
	SMTP          SMTP           `toml:"smtp" doc:"The mail server that takes our letters."`
	DKIM          DKIM           `toml:"dkim" doc:"Whether signatures of mails are checked at receipt."`
	Mail          Mail           `toml:"mail" doc:"What letters may hold."`
	Web           Web            `toml:"web" doc:"The public listener."`
	Form          Form           `toml:"form" doc:"The report form, which web.listen shows at \"/\"."`
	Metrics       Metrics        `toml:"metrics" doc:"The listener for Prometheus, on this machine only."`
	SLA           SLA            `toml:"sla" doc:"What \"dealt with immediately\" means."`
	Roles         Roles          `toml:"roles" doc:"Who stands above the organisations, by person id."`
	Organisations []Organisation `toml:"organisation" doc:"The council's own service and its providers."`
	Persons       []Person       `toml:"person" doc:"The people who are told and who act."`
	Seats         []Seat         `toml:"seat" optional:"true" doc:"Roles that somebody holds for a time."`
	Desk          Desk           `toml:"desk" doc:"The desk itself."`
	Digest        Digest         `toml:"digest" doc:"The mails by which people hear every day how the desk stands."`
	Canary        Canary         `toml:"canary" doc:"A test mail of our own that must come back in time, or managers are told."`
	Log           Log            `toml:"log" doc:"What is logged. Personal data never is."`
}

// Service is the service that runs the desk.
type Service struct {
	Name            string `toml:"name" example:"Skills and Employment safeguarding desk" doc:"The name letters come from."`
	Address         string `toml:"address" example:"safeguarding@council.example" form:"address" doc:"The safeguarding mail address. Answers come to it with a plus-address."`
	TimeZone        string `toml:"time_zone" default:"Europe/London" form:"zone" doc:"IANA zone in which letters name times."`
	ReferencePrefix string `toml:"reference_prefix" default:"SG-" form:"prefix" doc:"What case references begin with."`
	Organisation    string `toml:"organisation" example:"service" form:"organisation" doc:"Id of the organisation that takes what belongs to nobody."`
	Guidance        string `toml:"guidance" default:"" doc:"File with the council's register of guidance links; \"\" for the one that comes with the program. \"dutydesk guidance example\" prints that."`
}

// Ledger says where the database is.
type Ledger struct {
	URL          string `toml:"url" default:"" doc:"\"\" for SQLite in the data folder, \"sqlite:PATH\", or \"postgres://user@host/name\"."`
	URLFile      string `toml:"url_file" default:"" doc:"File with the whole url, when it is a secret; mode 0600."`
	PasswordFile string `toml:"password_file" default:"" doc:"File with the database password, mode 0600."`

	login
}

// Redis says where the queue's Redis is.
type Redis struct {
	URL          string `toml:"url" default:"embedded" empty:"embedded" doc:"\"embedded\" (trial only), redis://host:6379/0, rediss://host:6379/0, unix:///path, redis-sentinels://a,b,c/0?master=NAME or redis-clusters://a,b,c. On other machines only the forms with TLS."`
	PasswordFile string `toml:"password_file" default:"" doc:"File with the Redis password, mode 0600."`

	login
}

// Evidence says where exhibits are kept.
type Evidence struct {
	Dir string `toml:"dir" default:"" doc:"Folder of the kept bytes; \"\" for \"evidence\" in the data folder. Several workers may share it."`
}

// Mailbox is one watched folder of one IMAP account.
type Mailbox struct {
	Name          string   `toml:"name" example:"safeguarding" form:"id" doc:"Its name in the ledger and in metrics; never change it."`
	Address       string   `toml:"address" example:"imap.council.example:993" form:"server" doc:"host:port of the IMAP server."`
	TLS           string   `toml:"tls" default:"implicit" allowed:"implicit|starttls|none" doc:"\"implicit\", \"starttls\" or, on this machine only, \"none\"."`
	CAFile        string   `toml:"ca_file" default:"" doc:"Certificates to trust instead of the system's."`
	User          string   `toml:"user" example:"safeguarding@council.example" doc:"Login name."`
	PasswordFile  string   `toml:"password_file" default:"" example:"/etc/dutydesk/imap-password" doc:"File with the password, mode 0600. $CREDENTIALS_DIRECTORY/imap-NAME is looked at first."`
	Auth          string   `toml:"auth" default:"password" allowed:"password|microsoft|google" doc:"How we log in: \"password\"; \"microsoft\", an application with a client secret (Microsoft 365); or \"google\", a service account with domain-wide delegation (Google Workspace)."`
	Tenant        string   `toml:"tenant" default:"" form:"tenant" doc:"microsoft: the Directory (tenant) ID."`
	ClientID      string   `toml:"client_id" default:"" form:"guid" doc:"microsoft: the Application (client) ID."`
	SecretFile    string   `toml:"secret_file" default:"" doc:"File with the client secret's Value (microsoft) or the service account's JSON key (google), mode 0600. $CREDENTIALS_DIRECTORY/imap-NAME is looked at first."`
	SecretExpires Date     `toml:"secret_expires" default:"" form:"date" doc:"When the secret ends, such as 2027-03-01; you are warned 30 days before."`
	TokenURL      string   `toml:"token_url" default:"" form:"token-url" doc:"Where tokens are asked for; \"\" for the provider's public cloud. Only for sovereign clouds and tests."`
	Scope         string   `toml:"scope" default:"" doc:"What a token is to open; \"\" for mail in the provider's public cloud."`
	Folder        string   `toml:"folder" default:"INBOX" doc:"The folder that is watched."`
	Kept          string   `toml:"kept" default:"" doc:"Folder that taken mails are moved to; \"\" leaves them where they are."`
	Organisation  string   `toml:"organisation" default:"" form:"organisation" doc:"Organisation that the mailbox belongs to; \"\" for triage."`
	Profile       string   `toml:"profile" default:"none" allowed:"none|generic|microsoft|google" doc:"How the mail server writes down whose mail it authenticated (Authentication-Results): \"microsoft\" for Microsoft 365, \"google\" for Google Workspace, \"generic\" for one that writes an authserv-id of its own. \"none\": nobody is taken as proven."`
	AuthservID    string   `toml:"authserv_id" default:"" form:"host" doc:"The authserv-id with which the server begins its Authentication-Results; needed for \"generic\"."`
	StripsForeign bool     `toml:"strips_foreign" default:"false" doc:"You have confirmed that the server removes Authentication-Results that others wrote in its name. Needed for every profile but \"none\"."`
	Poll          Duration `toml:"poll" default:"30s" min:"1s" max:"9m" doc:"Between looks, besides IDLE; 9m at most."`

	login
}

// SMTP is the relay.
type SMTP struct {
	Address       string `toml:"address" example:"smtp.council.example:587" form:"relay" doc:"host:port of the mail server that takes our letters."`
	TLS           string `toml:"tls" default:"starttls" allowed:"starttls|implicit|none" doc:"\"starttls\", \"implicit\" or, on this machine only, \"none\"."`
	CAFile        string `toml:"ca_file" default:"" doc:"Certificates to trust instead of the system's."`
	User          string `toml:"user" default:"" example:"safeguarding@council.example" doc:"Login name; \"\" for none."`
	PasswordFile  string `toml:"password_file" default:"" example:"/etc/dutydesk/smtp-password" doc:"File with the password, mode 0600. $CREDENTIALS_DIRECTORY/smtp is looked at first."`
	Auth          string `toml:"auth" default:"password" allowed:"password|microsoft|google" doc:"How we log in: \"password\"; \"microsoft\", an application with a client secret (Microsoft 365); or \"google\", a service account with domain-wide delegation (Google Workspace)."`
	Tenant        string `toml:"tenant" default:"" form:"tenant" doc:"microsoft: the Directory (tenant) ID."`
	ClientID      string `toml:"client_id" default:"" form:"guid" doc:"microsoft: the Application (client) ID."`
	SecretFile    string `toml:"secret_file" default:"" doc:"File with the client secret's Value (microsoft) or the service account's JSON key (google), mode 0600. $CREDENTIALS_DIRECTORY/smtp is looked at first."`
	SecretExpires Date   `toml:"secret_expires" default:"" form:"date" doc:"When the secret ends, such as 2027-03-01; you are warned 30 days before."`
	TokenURL      string `toml:"token_url" default:"" form:"token-url" doc:"Where tokens are asked for; \"\" for the provider's public cloud. Only for sovereign clouds and tests."`
	Scope         string `toml:"scope" default:"" doc:"What a token is to open; \"\" for mail in the provider's public cloud."`
	Hello         string `toml:"hello" default:"localhost" form:"host" doc:"What we call ourselves in EHLO."`

	login
}

// DKIM says where the keys of signatures are looked up.
type DKIM struct {
	Resolver string `toml:"resolver" default:"" form:"resolver" doc:"Name server that is asked for the keys of signatures (DKIM): \"system\", or host:port. \"\": signatures are listed and not checked. Nothing else of a mail is ever looked up."`
}

// Mail says what letters may hold.
type Mail struct {
	TrustedDomains []string `toml:"trusted_domains" default:"[]" form:"domain" doc:"Domains whose people may get letters with the reporter's own words, if their disclosure is \"full\"."`
}

// Web is the public listener.
type Web struct {
	Listen string `toml:"listen" default:"127.0.0.1:8080" empty:"none" form:"listen" doc:"host:port for the report form, /livez and /readyz; \"\" for none. It speaks HTTP: put a proxy before it that speaks HTTPS, keeps the Host header and logs no addresses."`
}

// Metrics is the listener for numbers.
type Metrics struct {
	Listen string `toml:"listen" default:"127.0.0.1:9090" empty:"none" form:"listen" doc:"host:port for /metrics, on this machine; \"\" for none."`
}

// SLA is the clock.
type SLA struct {
	Policy      string   `toml:"policy" default:"" doc:"File with the council's response times and ladders; \"\" for the default. \"dutydesk policy show\" prints that, \"policy check\" says what is wrong with one."`
	Holidays    string   `toml:"holidays" default:"" doc:"A newer https://www.gov.uk/bank-holidays.json than the program's own, or \"\"."`
	Acknowledge Duration `toml:"acknowledge" default:"0s" min:"1s" max:"168h" doc:"By when a named person must have acknowledged a concern of any severity, in real time, in place of the policy's rule where that is later; it makes no deadline later. The ladder then climbs at 50, 100, 200 and 400 percent of it. \"0s\" follows the policy."`
	Review      Duration `toml:"review" default:"0s" min:"1s" max:"672h" doc:"How often a case that is not closed comes back to its lead and deputy, in real time, in place of the policy's rule where that is later. \"0s\" follows the policy."`
}

// Roles are the seats above the organisations.
type Roles struct {
	ServiceLead   string   `toml:"service_lead" default:"" form:"person" doc:"Designated Safeguarding Lead of the council's service."`
	LALead        string   `toml:"la_lead" example:"la-lead" form:"person" doc:"Local Authority Safeguarding Lead."`
	SeniorOfficer string   `toml:"senior_officer" default:"" form:"person" doc:"Senior accountable officer."`
	OnCall        string   `toml:"on_call" default:"" form:"person" doc:"Who is on call when the service is closed; [[seat]] tables say who on which days."`
	Executive     string   `toml:"executive" default:"" form:"person" doc:"Director or nominated executive."`
	Outside       string   `toml:"outside" default:"" form:"person" doc:"Contact outside the service: told of a concern from which everybody else who could act is kept, or all but one."`
	Managers      []string `toml:"managers" default:"[]" example:"[\"manager\"]" form:"person" doc:"Who hears of every breach and of trouble with the desk."`
}

// Organisation is the council's own service or a provider.
type Organisation struct {
	ID     string `toml:"id" example:"service" form:"id" doc:"Its short name."`
	Name   string `toml:"name" example:"Skills and Employment" doc:"Its name in letters."`
	Lead   string `toml:"lead" example:"lead" form:"person" doc:"Person id of its Designated Safeguarding Lead."`
	Deputy string `toml:"deputy" example:"deputy" form:"person" doc:"Person id of the deputy."`

	Active      bool     `toml:"active" default:"true" doc:"Whether it takes concerns; those of one that does not go to service.organisation."`
	Ceop        bool     `toml:"ceop" default:"false" doc:"Whether the policy asks it for two CEOP Ambassadors, as it does Family Learning."`
	Uploads     bool     `toml:"uploads" default:"false" doc:"Whether the report form takes files for it. Decide with your legal advice whether to hold pictures at all. Who is not sure of the organisation is asked by that of service.organisation."`
	Ambassadors []string `toml:"ambassadors" default:"[]" form:"person" doc:"Who of it is trained as a CEOP Ambassador."`
}

// Person is somebody who is told and who acts.
type Person struct {
	ID         string `toml:"id" example:"lead|deputy|la-lead|manager" form:"id" doc:"Short name, used in roles and in the chronology."`
	Name       string `toml:"name" example:"Amira Khan|Tom Reed|Helen Marsh|Femi Ade" doc:"Name in letters."`
	Address    string `toml:"address" example:"amira.khan@council.example|tom.reed@council.example|helen.marsh@council.example|femi.ade@council.example" form:"address" doc:"The registered mail address; answers must come from it."`
	Disclosure string `toml:"disclosure" default:"minimal" allowed:"minimal|full" doc:"\"minimal\", or \"full\": with the reporter's own words, to trusted domains only."`

	Also  []string `toml:"also" default:"[]" doc:"Other names and addresses they go by. Whoever a report names, by these or by name, hears nothing of it."`
	Cover string   `toml:"cover" default:"" form:"person" doc:"Who stands in while they are away."`
	From  Date     `toml:"from" default:"" form:"date" doc:"First day in post, \"2027-01-31\"; \"\" for always."`
	Until Date     `toml:"until" default:"" form:"date" doc:"Last day in post; \"\" for ever."`
	Away  []string `toml:"away" default:"[]" form:"days" doc:"Days on which they are away: [\"2026-12-21 to 2027-01-04\"]."`
}

// Canary is a test mail on a timer.
type Canary struct {
	Every  Duration `toml:"every" default:"0s" max:"168h" doc:"How often a test mail is sent to the service's address and must come back through its mailbox; \"1h\" is usual, \"0s\" is never. It opens no case."`
	Within Duration `toml:"within" default:"15m" min:"1m" max:"24h" doc:"By when it must be back."`
}

// Desk is the desk itself.
type Desk struct {
	Reconcile string   `toml:"reconcile" default:"07:00" empty:"none" form:"hour" doc:"When mailboxes and ledger are compared each day and managers are told, in the service's time zone; \"\" for never."`
	KeyFile   string   `toml:"key_file" default:"" doc:"Secret from which the capabilities in letters are derived; \"\" for desk.key in the data folder, made at the first run."`
	Patience  Duration `toml:"patience" default:"3m" min:"1s" doc:"How long a part of the desk may be down before managers are told."`
	Digest    Duration `toml:"digest" default:"10m" min:"0s" max:"1h" doc:"A person who had 20 letters about new concerns within this time gets further ones as one list. What comes now, what had waited in the mailbox, and what comes from your own or your partners' domains are counted apart: 60 letters at most. \"0s\" never makes a list."`
}

// Digest is what people are sent by the clock.
type Digest struct {
	At     string `toml:"at" default:"08:30" empty:"none" form:"hour" doc:"When leads, deputies and managers get the daily list, also on closed days and when nothing is open, in the service's time zone; the weekly check of the roster comes on Mondays. \"\" for never, which is refused in production: that the mail stays away is the alarm when everything else is dead."`
	Ring   string `toml:"ring" default:"the operator of the desk" doc:"Whom people are to ring when the daily mail stays away: a name and a telephone number."`
	Review Date   `toml:"review" default:"" form:"date" doc:"When the council's safeguarding policy itself is to be reviewed next, such as 2027-09-01; managers are reminded 30 days before, on the day, and then every week until you write a later one. \"\" for no reminder."`
}

// Log says what is logged.
type Log struct {
	Level  string `toml:"level" default:"info" allowed:"debug|info|warn|error" doc:"\"debug\", \"info\", \"warn\" or \"error\"."`
	Format string `toml:"format" default:"text" allowed:"text|json" doc:"\"text\" or \"json\"."`
}
