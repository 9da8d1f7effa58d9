package app

import (
	"fmt"
	"runtime"
	"strings"
)

// Panic is a bug that ended a part of the program. It says of what type the
// panic was and where, and never with what value: that may be somebody's words.
type Panic struct {
	Type  string
	Stack []string // "function file:line", innermost first
}

// Error is the type, and the stack one call a line.
func (p Panic) Error() string {
	return "bug: panic of type " + p.Type + "\n  " + strings.Join(p.Stack, "\n  ")
}

// Guarded calls f and turns a panic into a Panic.
func Guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Panic{Type: fmt.Sprintf("%T", p), Stack: stack()}
		}
	}()
	return f()
}

// stack is where a panic was raised, without the arguments of the calls.
func stack() (lines []string) {
	calls := make([]uintptr, 64)
	frames := runtime.CallersFrames(calls[:runtime.Callers(3, calls)])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			lines = append(lines, fmt.Sprintf("%s %s:%d", f.Function, f.File, f.Line))
		}
	}
	return lines
}
