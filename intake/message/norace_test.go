//go:build !race

package message_test

// slowness is how much longer than usual everything takes.
const slowness = 1
