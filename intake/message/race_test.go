//go:build race

package message_test

// slowness is how much longer the race detector makes everything.
const slowness = 15
