package queue

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// ErrAddress reports a Redis URL that cannot be used. It never repeats the URL,
// which may hold a password.
var ErrAddress = errors.New("not a Redis URL: want redis://host:port/0, rediss://…, unix:///path, redis-sentinel://a,b/0?master=name or redis-cluster://a,b")

// Redis says where the queue's Redis is and how to get in. It prints without
// its passwords.
type Redis struct {
	Addrs            []string // host:port, or the path of a socket
	Master           string   // Addrs are Sentinels that know the master of this name
	Cluster          bool     // Addrs are nodes of a Redis Cluster
	Username         string
	Password         string
	SentinelPassword string
	DB               int
	TLS              *tls.Config // nil: no TLS
	Embedded         bool        // it lives in this process: see StartEmbedded
}

// ParseRedis reads a Redis URL: redis://[user:password@]host[:6379][/db], the
// same with rediss for TLS, unix:///path, redis-sentinel://host,host/db?master=name
// and redis-cluster://host,host. The latter two also with a final s for TLS.
func ParseRedis(text string) (Redis, error) {
	u, hosts, err := split(text)
	if err != nil {
		return Redis{}, ErrAddress
	}
	r := Redis{Username: u.User.Username(), Master: u.Query().Get("master"), Addrs: hosts}
	r.Password, _ = u.User.Password()
	r.SentinelPassword = u.Query().Get("sentinel_password")
	if err := r.shape(u); err != nil {
		return Redis{}, err
	}
	return r, nil
}

// split parts a URL from its hosts, of which net/url allows only one.
func split(text string) (u *url.URL, hosts []string, err error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil, nil, ErrAddress
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	begin := strings.LastIndex(rest[:end], "@") + 1
	for _, h := range strings.Split(rest[begin:end], ",") {
		if h != "" {
			hosts = append(hosts, h)
		}
	}
	u, err = url.Parse(scheme + "://" + rest[:begin] + "hosts" + rest[end:])
	return u, hosts, err
}

// shape fills in what the scheme says.
func (r *Redis) shape(u *url.URL) error {
	port := "6379"
	switch u.Scheme {
	case "unix":
		if r.Addrs = []string{u.Path}; u.Path == "" {
			return ErrAddress
		}
		return nil
	case "redis", "rediss":
	case "redis-sentinel", "redis-sentinels":
		if port = "26379"; r.Master == "" {
			return ErrAddress
		}
	case "redis-cluster", "redis-clusters":
		r.Cluster = true
	default:
		return ErrAddress
	}
	if strings.HasSuffix(u.Scheme[len("redis"):], "s") {
		r.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return errors.Join(r.ports(port), r.database(strings.Trim(u.Path, "/")))
}

// ports gives every address a port.
func (r *Redis) ports(usual string) error {
	for i, a := range r.Addrs {
		_, port, err := net.SplitHostPort(a)
		if err != nil {
			port = usual
			r.Addrs[i] = net.JoinHostPort(strings.Trim(a, "[]"), usual)
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return ErrAddress
		}
	}
	if len(r.Addrs) == 0 {
		return ErrAddress
	}
	return nil
}

func (r *Redis) database(name string) (err error) {
	if name == "" {
		return nil
	}
	if r.DB, err = strconv.Atoi(name); err != nil {
		return ErrAddress
	}
	return nil
}

// String names the server without its secrets.
func (r Redis) String() string {
	if r.Embedded {
		return "embedded redis"
	}
	return "redis at " + strings.Join(r.Addrs, ",")
}

// GoString keeps the secrets out of %#v too.
func (r Redis) GoString() string { return fmt.Sprintf("queue.Redis(%s)", r) }

// answer is how long Redis may take to answer.
const answer = 2 * time.Second

// options are go-redis's. Everything is bounded: a Redis that does not answer
// must cost seconds, because the sweeper does the work meanwhile.
func (r Redis) options() *redis.UniversalOptions {
	return &redis.UniversalOptions{
		Addrs: r.Addrs, MasterName: r.Master, IsClusterMode: r.Cluster,
		Username: r.Username, Password: r.Password, SentinelPassword: r.SentinelPassword,
		DB: r.DB, TLSConfig: r.TLS,
		DialTimeout: time.Second, DialerRetries: 1, ReadTimeout: answer, WriteTimeout: answer,
		Protocol: 2, MaxRetries: -1, PoolSize: 128, ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10,
		ContextTimeoutEnabled: true, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}
