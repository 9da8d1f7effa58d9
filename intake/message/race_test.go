//go:build race

package message_test

// slowness is how much longer the race detector makes everything.
const slowness = 15

// shadow is how much more memory the detector of races takes.
const shadow = 2
