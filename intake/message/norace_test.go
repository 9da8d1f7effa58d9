//go:build !race

package message_test

// slowness is how much longer than usual everything takes.
const slowness = 1

// shadow is how much more memory the detector of races takes.
const shadow = 1
