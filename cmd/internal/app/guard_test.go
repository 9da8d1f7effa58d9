package app

import (
	"errors"
	"strings"
	"testing"
)

// A panic is told by its type and place; what it was about is nobody's business.
func TestGuarded(t *testing.T) {
	err := Guarded(func() error { panic("the words of a reporter") })
	var p Panic
	if !errors.As(err, &p) || p.Type != "string" || strings.Contains(err.Error(), "reporter") {
		t.Errorf("%v", err)
	}
	if len(p.Stack) == 0 || !strings.Contains(p.Stack[0], "TestGuarded") {
		t.Errorf("stack: %q", p.Stack)
	}
	other := errors.New("other")
	if err := Guarded(func() error { return other }); err != other {
		t.Errorf("%v", err)
	}
}
