package webform

import (
	"hash/maphash"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Codes of what looks unlike a person's report. They sort and never refuse: a
// whole class may sit behind one address, and somebody may type fast.
const (
	signBot   = "form-honeypot" // a field was filled in that people do not see
	signQuick = "form-quick"    // it was sent sooner than it can be read
	signMany  = "form-many"     // many came from one address in a short time
)

const (
	quick      = 15 * time.Second
	crowdSpan  = 10 * time.Minute
	crowdAfter = 30
)

// crowd counts reports by address for ten minutes, in memory and under a number
// that nobody can turn back into the address.
type crowd struct {
	mu    sync.Mutex
	seed  maphash.Seed
	began time.Time
	seen  map[uint64]int
}

// many counts one more from the address and reports whether they are many.
func (c *crowd) many(address string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil || now.Sub(c.began) > crowdSpan {
		c.seed, c.began, c.seen = maphash.MakeSeed(), now, map[uint64]int{}
	}
	n := maphash.String(c.seed, address)
	c.seen[n]++
	return c.seen[n] > crowdAfter
}

// address is where a request came from; behind a proxy on this machine, what
// that says.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	via := r.Header.Get("X-Forwarded-For")
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() && via != "" {
		return strings.TrimSpace(via[strings.LastIndexByte(via, ',')+1:])
	}
	return host
}

// signs are the codes for a draft that is being sent; its mu is held.
func (f *Form) signs(d *draft, r *http.Request) (codes []string) {
	if d.bot {
		codes = append(codes, signBot)
	}
	if f.Now().Sub(d.began) < quick {
		codes = append(codes, signQuick)
	}
	if f.crowd.many(address(r), f.Now()) {
		codes = append(codes, signMany)
	}
	return codes
}
