package templates

import _ "embed" // holds the register

//go:embed guidance/register.toml
var register string

// Guidance is the register of guidance links that comes with the program, in
// TOML: nobody has checked them for the council yet.
func Guidance() string { return register }
