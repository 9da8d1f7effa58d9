//go:build race

package queue

const raced = true
