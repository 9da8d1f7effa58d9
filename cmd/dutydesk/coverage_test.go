package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	coverageRow  = regexp.MustCompile(`(?m)^\| (R[0-9]{2}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	coverageTest = regexp.MustCompile("^`([a-z0-9/]+)\\.(Test[A-Za-z0-9]+)`$")
	// pending is said of what is not served yet, or never will be by a program.
	pending = regexp.MustCompile(`with the form|with the evidence part|not built yet|Outside software`)
)

// requirements is how many the policy has: R01 to R41.
const requirements = 41

// Every requirement of the policy has one row in the README, every row names
// tests that exist or says what it waits for, and no phrase or place is empty.
func TestCoverage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := coverageRow.FindAllStringSubmatch(string(text), -1)
	if len(rows) != requirements {
		t.Fatalf("%d rows of %d", len(rows), requirements)
	}
	known := map[string]map[string]bool{}
	for n, row := range rows {
		id, phrase, served, tests := row[1], row[2], row[3], row[4]
		if id != fmt.Sprintf("R%02d", n+1) || len(phrase) < 10 || len(served) < 10 {
			t.Errorf("row %d is %s: %q, %q", n+1, id, phrase, served)
		}
		if tests == "–" {
			if !pending.MatchString(served) {
				t.Errorf("%s names no test and says not what it waits for: %q", id, served)
			}
			continue
		}
		for name := range strings.SplitSeq(tests, ", ") {
			if err := exists(name, known); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
}

// exists looks for a test, named "`package/path.TestName`", in the files of its
// package.
func exists(name string, known map[string]map[string]bool) (err error) {
	m := coverageTest.FindStringSubmatch(name)
	if m == nil {
		return fmt.Errorf("%q is no name of a test", name)
	}
	if known[m[1]] == nil {
		if known[m[1]], err = testsOf(filepath.Join("..", "..", m[1])); err != nil {
			return err
		}
	}
	if !known[m[1]][m[2]] {
		return fmt.Errorf("there is no %s", name)
	}
	return nil
}

// testsOf are the tests in the files of a folder.
func testsOf(dir string) (map[string]bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, f := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
	}
	return names, nil
}
