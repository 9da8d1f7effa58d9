// Package app turns a configuration into a running desk: it opens the parts in
// order, wires them by hand, runs them until one fails or it is told to stop,
// and closes what it opened, last opened first.
//
// It knows every part and decides nothing about a case.
package app
