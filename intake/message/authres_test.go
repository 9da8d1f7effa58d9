package message

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// The forms servers write are read; everything else is refused.
func TestParseAuthResults(t *testing.T) {
	for value, want := range map[string]string{
		`mx.council.example; dmarc=pass header.from=college.example`: `mx.council.example [{dmarc pass map[header.from:college.example]}]`,
		`mx.council.example 1; none`:                                 `mx.council.example []`,
		`mx.council.example; none`:                                   `mx.council.example []`,
		`mx.google.com; dkim=pass header.i=@x.example header.b="a/b+c="; spf=pass (google.com: domain of a@b; designates) smtp.mailfrom=a@b.example;  dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=x.example`: `mx.google.com [{dkim pass map[header.b:a/b+c= header.i:@x.example]} {spf pass map[smtp.mailfrom:a@b.example]} {dmarc pass map[header.from:x.example]}]`,
		`spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dkim=pass (signature was verified) header.d=x.example;dmarc=pass action=none header.from=x.example;compauth=pass reason=100`:                      ` [{spf pass map[smtp.mailfrom:x.example]} {dkim pass map[header.d:x.example]} {dmarc pass map[action:none header.from:x.example]} {compauth pass map[reason:100]}]`,
		`mx; spf=fail reason="no; dmarc=pass header.from=evil.example"`: `mx [{spf fail map[reason:no; dmarc=pass header.from=evil.example]}]`,
		`mx; spf=fail (dmarc=pass; (nested) x)`:                         `mx [{spf fail map[]}]`,
		`mx; dkim/1 = pass header.d = x.example;`:                       `mx [{dkim pass map[header.d:x.example]}]`,
	} {
		a, err := ParseAuthResults(value)
		if got := fmt.Sprint(a.ID, " ", a.Results); err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", value, got, err, want)
		}
	}
	for _, value := range []string{
		`mx; spf=fail reason="open`, `mx; spf=fail (open`, `mx; spf=fail )`, `mx; spf`, `mx; spf=`, `mx; =pass`, `mx; spf=pass pass`,
		`mx extra words; dmarc=pass`, `mx; dmarc=pass header.from=a header.from=b`, `mx; "dmarc"=pass`, "mx; dmarc=pass\x00", "mx; dmarc=p\xe4ss",
		`mx;; dmarc=pass`, `mx; /1=pass`, `mx; dmarc=pass \; x=y`, strings.Repeat("x", 20000),
	} {
		if a, err := ParseAuthResults(value); !errors.Is(err, ErrAuthResults) {
			t.Errorf("%.60q gave %v", value, a)
		}
	}
}

// Every form of a forged claim is refused: nobody is believed who is not.
func TestAuthenticated(t *testing.T) {
	const from, pass = "From: amy@college.example\r\n", "dmarc=pass header.from=college.example\r\n"
	ours := Trust{Generic, "mx.council.example"}
	ms := Trust{Profile: Microsoft}
	for name, c := range map[string]struct {
		header string
		trust  Trust
		ok     bool
	}{
		"ours":                  {"Authentication-Results: mx.council.example; " + pass + from, ours, true},
		"google":                {"Authentication-Results: mx.google.com; " + pass + from, Trust{Profile: Google}, true},
		"microsoft":             {"Authentication-Results: spf=pass smtp.mailfrom=x; " + pass + from, ms, true},
		"microsoft inside":      {"X-MS-Exchange-Organization-AuthAs: Internal\r\n" + from, ms, true},
		"direct send (V32)":     {"X-MS-Exchange-Organization-AuthAs: Anonymous\r\n" + from, ms, false},
		"two marks":             {"X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthAs: Anonymous\r\n" + from, ms, false},
		"mark elsewhere":        {"X-MS-Exchange-Organization-AuthAs: Internal\r\n" + from, ours, false},
		"no trust":              {"Authentication-Results: mx.council.example; " + pass + from, Trust{}, false},
		"trust without id":      {"Authentication-Results: ; " + pass + from, Trust{Profile: Generic}, false},
		"nothing":               {from, ours, false},
		"other server":          {"Authentication-Results: mx.evil.example; " + pass + from, ours, false},
		"no id for generic":     {"Authentication-Results: " + pass + from, ours, false},
		"forged below":          {"Authentication-Results: mx.council.example; dmarc=fail header.from=college.example\r\nAuthentication-Results: mx.council.example; " + pass + from, ours, false},
		"other on top":          {"Authentication-Results: mx.evil.example; dmarc=none\r\nAuthentication-Results: mx.council.example; " + pass + from, ours, false},
		"other domain":          {"Authentication-Results: mx.council.example; dmarc=pass header.from=evil.example\r\n" + from, ours, false},
		"parent domain":         {"Authentication-Results: mx.council.example; dmarc=pass header.from=example\r\n" + from, ours, false},
		"two dmarc":             {"Authentication-Results: mx.council.example; dmarc=fail header.from=x.example; " + pass + from, ours, false},
		"two dmarc, pass first": {"Authentication-Results: mx.council.example; dmarc=pass header.from=college.example; dmarc=fail header.from=college.example\r\n" + from, ours, false},
		"in quotes":             {"Authentication-Results: mx.council.example; spf=fail reason=\"; " + strings.TrimSpace(pass) + "\"\r\n" + from, ours, false},
		"in a comment":          {"Authentication-Results: mx.council.example; spf=fail (; " + strings.TrimSpace(pass) + ")\r\n" + from, ours, false},
		"two authors":           {"Authentication-Results: mx.council.example; " + pass + "From: amy@college.example, mallory@evil.example\r\n", ours, false},
		"two From":              {"Authentication-Results: mx.council.example; " + pass + from + "From: mallory@evil.example\r\n", ours, false},
		"comment trick":         {"Authentication-Results: mx.council.example; " + pass + "From: x@evil.example (y) <amy@college.example>\r\n", ours, false},
		"hidden From":           {" From: mallory@evil.example\r\nAuthentication-Results: mx.council.example; " + pass + from, ours, false},
		"name shows another":    {"Authentication-Results: mx.council.example; " + pass + "From: \"lead@council.example\" <amy@college.example>\r\n", ours, false},
	} {
		m := readAll([]byte(c.header + "\r\nhi\r\n"))
		addr, why := m.Authenticated(c.trust)
		if (addr == "amy@college.example") != c.ok || (addr == "") != (why != "") {
			t.Errorf("%s: %q, %q", name, addr, why)
		}
	}
}

// Whatever is written in front of, inside or behind a quoted word, what is
// quoted is never a result.
func FuzzAuthResults(f *testing.F) {
	f.Add(`a; b=c (d) e="f"`)
	f.Add(`\"; ( ) =`)
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAuthResults(s)
		for _, r := range a.Results {
			if err != nil || r.Method == "" || strings.ContainsAny(r.Method, "=;\"( ") {
				t.Fatalf("%+v, %v", a, err)
			}
		}
		hidden := `mx; spf=fail reason="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `; dmarc=pass"`
		a, err = ParseAuthResults(hidden)
		if err == nil && (len(a.Results) != 1 || a.Results[0].Method != "spf") {
			t.Fatalf("%q gave %+v", hidden, a)
		}
	})
}
