package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// forms say what is wrong with a text of their form, and how it should be; ""
// for a right one.
var forms = map[string]func(text string) (what, fix string){
	"address":  mailAddress,
	"server":   hostPort("mail.council.example", "993"),
	"relay":    hostPort("mail.council.example", "587"),
	"listen":   hostPort("127.0.0.1", "8080"),
	"zone":     zone,
	"hour":     hour,
	"resolver": resolver,
	"domain":   domain,
	"days":     days,
	"host":     matches(hostName, "is no host name", "give the name of this machine, such as desk.council.example"),
	"id":       matches(regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`), "is no short name", "use up to 32 of a-z, 0-9 and -"),
	"prefix":   matches(regexp.MustCompile(`^[A-Z]{1,8}-$`), "cannot begin a reference", `use up to eight capitals and a hyphen, such as "SG-"`),
	"date":     day,
	"guid":     matches(regexp.MustCompile("^"+guid+"$"), "is no id of an application", "copy it from the app's overview page; it looks like 00000000-0000-0000-0000-000000000000"),
	"tenant":   matches(regexp.MustCompile("^("+guid+`|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)$`), "is no tenant", "copy the Directory (tenant) ID from the app's overview page; it looks like 00000000-0000-0000-0000-000000000000"),

	"token-url": tokenURL,
	"page":      httpPage,
}

const guid = `[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

func matches(re *regexp.Regexp, what, fix string) func(string) (string, string) {
	return func(text string) (string, string) {
		if re.MatchString(text) {
			return "", ""
		}
		return what, fix
	}
}

// mailAddress wants a bare address (RFC 5322 addr-spec), without a name.
func mailAddress(text string) (what, fix string) {
	const fixed = "write it like amira.khan@council.example, without a name"
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || a.Name != "" {
		return "is no mail address", fixed
	}
	if _, host, _ := strings.Cut(text, "@"); !hostName.MatchString(host) || strings.ContainsAny(text, " <>\"") {
		return "is no mail address", fixed
	}
	return "", ""
}

// hostPort wants host:port. The words of a fix are made with a host and a port
// that fit the key.
func hostPort(likeHost, likePort string) func(string) (what, fix string) {
	like := "write it like " + net.JoinHostPort(likeHost, likePort)
	return func(text string) (what, fix string) {
		host, port, err := net.SplitHostPort(text)
		switch _, number := strconv.Atoi(text); {
		case err != nil && number == nil:
			return "is a port without a host", "write it like " + net.JoinHostPort(likeHost, text)
		case err != nil && !strings.Contains(text, ":"):
			return "has no port", "write host:port, such as " + net.JoinHostPort(text, likePort)
		case err != nil:
			return "is not host:port", like + " or [::1]:" + likePort
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "has no good port", "ports go from 1 to 65535"
		}
		if !goodHost(host) {
			return "has no good host", like + " or [::1]:" + likePort
		}
		return "", ""
	}
}

// goodHost reports an IP address or a name; a name does not end in a number
// (RFC 3696, section 2), as in "8080:993".
func goodHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	_, err := strconv.Atoi(host[strings.LastIndexByte(host, '.')+1:])
	return err != nil && hostName.MatchString(host)
}

func resolver(text string) (what, fix string) {
	if text == "system" {
		return "", ""
	}
	if what, fix = hostPort("192.0.2.53", "53")(text); what != "" {
		fix = `write "system", or host:port such as 192.0.2.53:53`
	}
	return what, fix
}

func zone(text string) (what, fix string) {
	if _, err := time.LoadLocation(text); err != nil || text == "Local" {
		return "is no time zone", `use an IANA name, such as "Europe/London"`
	}
	return "", ""
}

func day(text string) (what, fix string) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "is no day", "write it like 2027-03-01"
	}
	return "", ""
}

func tokenURL(text string) (what, fix string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return "is no URL", "write it like https://login.microsoftonline.us/TENANT/oauth2/v2.0/token"
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return "would send the secret unencrypted", "it must begin with https://"
	}
	return "", ""
}

// hour wants a time of day.
func hour(text string) (what, fix string) {
	if _, err := time.Parse("15:04", text); err != nil {
		return "is no time of day", `write it like "07:00"`
	}
	return "", ""
}

func domain(text string) (what, fix string) {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "is not a domain", fmt.Sprintf("write %q", text[i+1:])
	}
	if !hostName.MatchString(text) || !strings.Contains(text, ".") {
		return "is not a domain", `write it like "council.example"`
	}
	return "", ""
}

// loopback reports whether a host of host:port is this machine and no other.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
