package queue

import (
	"crypto/rand"
	"fmt"

	"github.com/alicebob/miniredis/v2"
)

// StartEmbedded starts a Redis in this process, on a loopback port of its own
// choosing and behind a random password, for a first run or a demo: it keeps
// nothing, which the ledger makes good. The caller calls stop when the queue
// has ended.
func StartEmbedded() (r Redis, stop func(), err error) {
	m := miniredis.NewMiniRedis()
	secret := rand.Text()
	m.RequireAuth(secret)
	m.ClockTTL(true) // else nothing of Asynq's ever expires
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return Redis{}, nil, fmt.Errorf("start embedded redis: %w", err)
	}
	return Redis{Addrs: []string{m.Addr()}, Password: secret, Embedded: true}, m.Close, nil
}
