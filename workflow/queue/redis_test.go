package queue

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseRedis(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Redis{
		"redis://localhost":        {Addrs: []string{"localhost:6379"}},
		"redis://10.0.0.7:7000/3":  {Addrs: []string{"10.0.0.7:7000"}, DB: 3},
		"redis://[::1]:7000":       {Addrs: []string{"[::1]:7000"}},
		"redis://[::1]":            {Addrs: []string{"[::1]:6379"}},
		"redis://:p%40ss@h":        {Addrs: []string{"h:6379"}, Password: "p@ss"},
		"redis://u:p@h/0":          {Addrs: []string{"h:6379"}, Username: "u", Password: "p"},
		"unix:///run/redis.sock":   {Addrs: []string{"/run/redis.sock"}},
		"redis-cluster://a,b:7001": {Addrs: []string{"a:6379", "b:7001"}, Cluster: true},
		"redis-sentinel://a:1,b/2?master=m&sentinel_password=s": {
			Addrs: []string{"a:1", "b:26379"}, Master: "m", DB: 2, SentinelPassword: "s"},
	} {
		got, err := ParseRedis(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v", text, got, err)
		}
	}
	for _, text := range []string{"rediss://h", "redis-clusters://a", "redis-sentinels://a?master=m"} {
		if r, err := ParseRedis(text); err != nil || r.TLS == nil || r.TLS.InsecureSkipVerify {
			t.Errorf("%s: no TLS, %v", text, err)
		}
	}
}

// A URL that cannot be read is not repeated: it may hold a password.
func TestAddressKeepsSecrets(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "localhost:6379", "http://u:s3cret@h", "redis://", "redis://u:s3cret@h/x", "redis://u:s3cret@h:%zz/0?%zz",
		"redis-sentinel://u:s3cret@h", "unix://", "redis://u:s3cret%zz@h",
	} {
		_, err := ParseRedis(text)
		if !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", text, err)
		}
	}
	r, err := ParseRedis("redis-sentinel://u:s3cret@h?master=m&sentinel_password=s3cret")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, r); strings.Contains(got, "s3cret") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		f    Facts
		want error
	}{
		{Facts{Version: "6.2.0", Policy: "noeviction"}, nil},
		{Facts{Version: "7.0.15", Policy: "noeviction"}, nil},
		{Facts{Version: "10.0", Policy: "noeviction"}, nil},
		{Facts{Embedded: true}, nil},
		{Facts{Version: "6.0.16", Policy: "noeviction"}, ErrOld},
		{Facts{Version: "", Policy: "noeviction"}, ErrOld},
		{Facts{Version: "7.2.4", Policy: "allkeys-lru"}, ErrEvicts},
		{Facts{Version: "7.2.4", Policy: "volatile-ttl"}, ErrEvicts},
	} {
		if got := tt.f.Refusal(); !errors.Is(got, tt.want) {
			t.Errorf("%+v: %v, want %v", tt.f, got, tt.want)
		}
	}
}

// The embedded Redis listens on loopback, wants its password, and says what it is.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	r := embedded(t)
	if !strings.HasPrefix(r.Addrs[0], "127.0.0.1:") || len(r.Password) < 20 {
		t.Errorf("%s, password of %d", r, len(r.Password))
	}
	f, err := Inspect(t.Context(), r)
	if err != nil || !f.Embedded || f.Refusal() != nil {
		t.Errorf("%+v, %v", f, err)
	}
	r.Password = "guess"
	if _, err := Inspect(t.Context(), r); err == nil {
		t.Error("it let a stranger in")
	}
}

// Keys in the embedded Redis end by themselves: Asynq's servers are known by
// theirs.
func TestEmbeddedForgets(t *testing.T) {
	t.Parallel()
	l := connect(embedded(t))
	defer l.Close()
	l.Set(t.Context(), "k", "v", 50*time.Millisecond)
	eventually(t, 5*time.Second, func() bool { return l.Exists(t.Context(), "k").Val() == 0 })
}
