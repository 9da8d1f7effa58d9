package mailbox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tokens gives t-1 until it is refused, then t-2 and so on, as long as there are
// some.
type tokens struct {
	now, most int
	refused   []string
	err       error
}

func (s *tokens) token(context.Context) (string, error) {
	return fmt.Sprintf("t-%d", s.now+1), s.err
}

func (s *tokens) refuse(token string) bool {
	s.refused = append(s.refused, token)
	s.now++
	return s.now < s.most
}

// takesTokens makes the script take the given token by XOAUTH2, and answer any
// other as Google does: with a challenge, and NO after the empty line.
func (s *script) takesTokens(caps, good string) *[]string {
	var seen []string
	s.caps += " AUTH=XOAUTH2 " + caps
	waiting := ""
	judge := func(c *talk, tag, first string) {
		raw, _ := base64.StdEncoding.DecodeString(first)
		seen = append(seen, string(raw))
		if string(raw) == "user="+testUser+"\x01auth=Bearer "+good+"\x01\x01" {
			c.say("%s OK done", tag)
			return
		}
		waiting = tag
		c.say("+ %s", base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer"}`)))
	}
	s.on["AUTHENTICATE"] = func(c *talk, tag, args string) bool {
		_, first, direct := strings.Cut(args, " ")
		if !direct {
			waiting = tag
			c.say("+ ")
			return true
		}
		judge(c, tag, first)
		return true
	}
	s.on[""] = func(c *talk, line, _ string) bool {
		switch {
		case line == "" && waiting != "":
			c.say("%s NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", waiting)
		case line == "=":
			seen = append(seen, line)
			c.say("%s BAD Invalid SASL argument", waiting)
		default:
			judge(c, waiting, line)
		}
		return true
	}
	return &seen
}

func (s *script) watcherByToken(ts *tokens) *Watcher {
	w, _ := s.watcher(newLedger())
	w.User, w.Password, w.Token, w.TokenRefused = testUser, nil, ts.token, ts.refuse
	return w
}

// A good token logs in, in one step and in two.
func TestTokenLogsIn(t *testing.T) {
	for _, caps := range []string{"SASL-IR", ""} {
		s := newScript(t)
		s.takesTokens(caps, "t-1")
		if _, err := Probe(t.Context(), s.watcherByToken(&tokens{most: 1})); err != nil {
			t.Errorf("%q: %v", caps, err)
		}
	}
}

// A token that died is replaced once; a new one that is refused too is the end
// of the attempt, and the next comes after a minute. The refusal is waited for
// with the empty answer that servers want.
func TestF48TokenRefused(t *testing.T) {
	for _, tt := range []struct {
		good  string
		most  int // tokens to be had
		tried []string
		want  error
	}{
		{"t-2", 2, []string{"t-1"}, nil},
		{"none", 2, []string{"t-1", "t-2"}, ErrRefused},
		{"none", 99, []string{"t-1", "t-2"}, ErrRefused},
		{"none", 1, []string{"t-1"}, ErrRefused},
	} {
		for _, caps := range []string{"SASL-IR", ""} {
			s, ts := newScript(t), &tokens{most: tt.most}
			seen := s.takesTokens(caps, tt.good)
			_, err := Probe(t.Context(), s.watcherByToken(ts))
			if !errors.Is(err, tt.want) || !slices.Equal(ts.refused, tt.tried) {
				t.Errorf("%+v: %v, refused %v", tt, err, ts.refused)
			}
			s.locked(func() {
				if slices.Contains(*seen, "=") {
					t.Error("a challenge was answered with =")
				}
			})
			if err != nil && (stateOf(err) != Refused || strings.Contains(err.Error(), "Invalid")) {
				t.Errorf("state %s: %v", stateOf(err), err)
			}
		}
	}
}

// What is known about a refusal beyond the refusal itself.
func TestTokenRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, verb, says string
		want, also       error
	}{
		{"SELECT after login", "EXAMINE", "BAD User is authenticated but not connected.", ErrRefused, ErrNotConnected},
		{"switched off", "AUTHENTICATE", "NO [ALERT] IMAP access is disabled for your domain.", ErrRefused, ErrDisabled},
		{"busy", "AUTHENTICATE", "NO [UNAVAILABLE] Temporary authentication failure", ErrThrottled, ErrThrottled},
	} {
		s := newScript(t)
		s.takesTokens("SASL-IR", "t-1")
		s.on[tt.verb] = func(c *talk, tag, _ string) bool {
			c.say("%s %s", tag, tt.says)
			return true
		}
		if _, err := Probe(t.Context(), s.watcherByToken(&tokens{most: 1})); !errors.Is(err, tt.want) || !errors.Is(err, tt.also) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	s := newScript(t)
	if _, err := Probe(t.Context(), s.watcherByToken(&tokens{})); !errors.Is(err, ErrServer) || !errors.Is(err, ErrMechanism) {
		t.Errorf("no XOAUTH2: %v", err)
	}
}

// Without a token nothing is said to the server, and why there is none is kept.
func TestNoToken(t *testing.T) {
	s := newScript(t)
	s.takesTokens("SASL-IR", "t-1")
	for _, want := range []error{ErrRefused, ErrUnreachable, ErrSecret} {
		why := fmt.Errorf("%w: canary", want)
		if want == ErrSecret {
			why = errors.New("canary")
		}
		_, err := Probe(t.Context(), s.watcherByToken(&tokens{err: why}))
		if !errors.Is(err, want) || !strings.Contains(err.Error(), "canary") {
			t.Errorf("%v: %v", want, err)
		}
	}
	if n := s.said("AUTHENTICATE"); n != 0 {
		t.Errorf("%d tries to log in", n)
	}
}
