package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// ledger checks where the database is.
func (ch *checker) ledger() {
	g := &ch.Ledger
	target, err := g.whole()
	switch {
	case g.URLFile != "" && g.URL != "":
		ch.wrong("ledger.url_file", "is given besides url", "keep one of them")
		return
	case g.URLFile != "":
		if _, ok := ch.secretFile("ledger.url_file", g.URLFile); !ok || err != nil {
			return
		}
		if !isPostgres(target) {
			ch.wrong("ledger.url_file", g.URLFile+" holds no PostgreSQL URL", `a SQLite path is no secret: take url_file away and write url = "sqlite:PATH"; or put postgres://user@host/name into the file`)
			return
		}
	}
	switch {
	case target == "" || strings.HasPrefix(target, "sqlite:") && target != "sqlite:":
		ch.onlyPostgres()
	case isPostgres(target):
		ch.postgres(target)
	default:
		ch.wrong("ledger.url", "is neither empty, nor sqlite:PATH, nor postgres://user@host/name", badScheme(target, []string{"sqlite", "postgres"}))
	}
}

func (ch *checker) onlyPostgres() {
	if ch.Ledger.PasswordFile != "" {
		ch.wrong("ledger.password_file", "SQLite has no password", "take it away, or set ledger.url to a PostgreSQL database")
	}
}

func (ch *checker) postgres(target string) {
	u, err := url.Parse(target)
	if err != nil || u.Path == "" || u.Path == "/" {
		ch.wrong("ledger.url", "is no good PostgreSQL URL", "write it like postgres://dutydesk@db.council.example/dutydesk?sslmode=verify-full")
		return
	}
	if ch.Ledger.URLFile == "" {
		ch.noPassword("ledger.url", target)
	}
	host, query := u.Host, u.Query()
	if h := query.Get("host"); h != "" {
		host = h
	}
	if !strings.HasPrefix(host, "/") && host != "" && !loopback(host) && query.Get("sslmode") != "verify-full" {
		ch.wrong("ledger.url", "would not prove who the database on another machine is", "add sslmode=verify-full")
	}
	ch.password("ledger", &ch.Ledger.login, "ledger", ch.Ledger.PasswordFile, false)
	if ch.EmbeddedRedis() {
		ch.wrong("redis.url", "the embedded Redis does not go with a PostgreSQL ledger, which several workers may share", "set redis.url to a Redis server")
	}
}

// noPassword refuses a password in a URL that stands in the file.
func (ch *checker) noPassword(path, text string) {
	begin, at := userinfo(text)
	inside := strings.Contains(text[begin:at], ":") || strings.Contains(text, "password=")
	if inside && ch.loading.places[path].variable == "" {
		ch.wrong(path, "a password does not belong in this file", "take it out and set "+parent(path)+".password_file")
	}
}

var redisSchemes = []string{"redis", "rediss", "unix", "redis-sentinel", "redis-sentinels", "redis-cluster", "redis-clusters"}

// redis checks where the queue's Redis is.
func (ch *checker) redis() {
	text := ch.Redis.URL
	if ch.EmbeddedRedis() {
		if ch.production() {
			ch.wrong("redis.url", "the embedded Redis is refused in production", "install Redis 6.2 or later and set redis.url = \"redis://127.0.0.1:6379/0\"")
		}
		return
	}
	scheme, _, ok := strings.Cut(text, "://")
	if !ok || !slices.Contains(redisSchemes, scheme) {
		ch.wrong("redis.url", "is no Redis address", badScheme(text, append([]string{"embedded"}, redisSchemes...)))
		return
	}
	ch.noPassword("redis.url", text)
	ch.password("redis", &ch.Redis.login, "redis", ch.Redis.PasswordFile, false)
	if scheme != "unix" {
		ch.redisHosts(scheme, redisHosts(text))
		ch.redisDatabase(text)
	}
}

// redisDatabase wants a number after the host.
func (ch *checker) redisDatabase(text string) {
	_, rest, _ := strings.Cut(text, "://")
	rest, _, _ = strings.Cut(rest[strings.LastIndex(rest, "@")+1:], "?")
	_, name, _ := strings.Cut(rest, "/")
	if name = strings.Trim(name, "/"); strings.Trim(name, "0123456789") != "" {
		ch.wrong("redis.url", "names a database that is no number", "write it like redis://127.0.0.1:6379/0")
	}
}

// redisHosts wants hosts, and TLS to those on other machines.
func (ch *checker) redisHosts(scheme string, hosts []string) {
	for _, h := range hosts {
		if host, _, _ := strings.Cut(h, ":"); host == "" {
			ch.wrong("redis.url", "names no host", "write it like redis://127.0.0.1:6379/0")
		}
		if !strings.HasSuffix(scheme[len("redis"):], "s") && !loopback(h) {
			ch.wrong("redis.url", "would speak unencrypted to another machine", fmt.Sprintf("use %ss://", scheme))
		}
	}
}

// redisHosts are the hosts in a URL, of which there may be several.
func redisHosts(text string) []string {
	_, rest, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		rest = rest[:end]
	}
	return strings.Split(rest[strings.LastIndex(rest, "@")+1:], ",")
}

// badScheme guesses which scheme was meant. It never repeats the URL, which may
// hold a password.
func badScheme(text string, known []string) string {
	scheme, _, _ := strings.Cut(text, ":")
	if near := nearest(scheme, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return "it may begin with " + strings.Join(known, ", ")
}
