package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
)

// One case, in every layout: the same lines, for people by name.
func TestChronologyLayouts(t *testing.T) {
	d := newDesk(t, "embedded")
	d.take("From: learner@college.example\r\nTo: safeguarding@council.example\r\nSubject: help\r\n\r\nPerson manager \u202e\x1b[2J<b>\r\n")
	ref := rows[app.Case](d, "case", "list")[0].Ref
	lines := rows[app.ChronologyLine](d, "case", "chronology", ref)
	if len(lines) < 2 || lines[1].Verb != "CONFLICT" || !strings.Contains(lines[1].What, "Person manager") || lines[0].Name != "The reporter" {
		t.Fatalf("%+v", lines)
	}
	again := rows[app.ChronologyLine](d, "case", "chronology", ref, "--format", "json")
	if len(again) != len(lines) {
		t.Errorf("%d lines, %d with --format json", len(lines), len(again))
	}
	for _, format := range []string{"text", "html"} {
		text, code := d.run("case", "chronology", ref, "--format", format)
		if code != 0 || strings.Count(text, lines[1].What) != 1 || !strings.Contains(text, "The reporter") || strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%s: exit %d, %s", format, code, text)
		}
	}
	for _, wrong := range [][]string{{"--format", "docx"}, {"--format", "pdf"}, {"--json", "--format", "html"}} {
		if text, code := d.run(append([]string{"case", "chronology", ref}, wrong...)...); code != 64 {
			t.Errorf("%v: exit %d, %s", wrong, code, text)
		}
	}
}

// A chronology in a file is for its owner only, and replaces nothing.
func TestChronologyFile(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	ref, file := rows[app.Case](d, "case", "list")[0].Ref, filepath.Join(d.dir, "c.html")
	if text, code := d.run("case", "chronology", ref, "--format", "html", "-o", file); code != 0 || text != "" {
		t.Fatalf("exit %d, %q", code, text)
	}
	info, err := os.Stat(file)
	d.must(err)
	first, err := os.ReadFile(file)
	d.must(err)
	if info.Mode().Perm() != 0o600 || !strings.HasPrefix(string(first), "<!DOCTYPE html>") {
		t.Errorf("%v, %.40q", info.Mode(), first)
	}
	if text, code := d.run("case", "chronology", ref, "-o", file); code != 64 || !strings.Contains(text, "exists") {
		t.Errorf("exit %d, %q", code, text)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(first) {
		t.Errorf("the file was replaced: %.40q, %v", now, err)
	}
}

// The real WeasyPrint makes a tagged PDF of the page.
func TestChronologyByWeasyPrint(t *testing.T) {
	realtest.Need(t, "weasyprint", "weasyprint")
	d := newDesk(t, "embedded")
	d.concern()
	file := filepath.Join(d.dir, "c.pdf")
	if text, code := d.run("case", "chronology", rows[app.Case](d, "case", "list")[0].Ref, "--format", "pdf", "-o", file); code != 0 {
		t.Fatalf("exit %d, %q", code, text)
	}
	got, err := os.ReadFile(file)
	d.must(err)
	for _, mark := range []string{"/MarkInfo", "/StructTreeRoot", "pdfuaid"} { // ISO 32000-1, 14.7 and 14.8; ISO 14289-1
		if !strings.Contains(string(got), mark) {
			t.Errorf("the PDF has no %s", mark)
		}
	}
}

// A PDF is made by WeasyPrint from the page, tagged; without it, or if it
// fails, the operator hears what to install and no file is left.
func TestChronologyPDF(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	ref, file, bin := rows[app.Case](d, "case", "list")[0].Ref, filepath.Join(d.dir, "c.pdf"), t.TempDir()
	t.Setenv("PATH", bin)
	pdf := func() (string, int) { return d.run("case", "chronology", ref, "--format", "pdf", "-o", file) }
	script := func(text string) {
		d.must(os.WriteFile(filepath.Join(bin, "weasyprint"), []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	}
	unable := func() {
		t.Helper()
		if text, code := pdf(); code != 69 || !strings.Contains(text, "apt-get install weasyprint") {
			t.Errorf("exit %d, %q", code, text)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("a file was left")
		}
	}
	unable()
	script("echo complaint >&2; exit 1")
	unable()
	script("echo no pdf")
	unable()
	script(`echo "%PDF-1.7 $*"; while read -r line; do echo "$line"; done`)
	if text, code := pdf(); code != 0 {
		t.Fatalf("exit %d, %q", code, text)
	}
	got, err := os.ReadFile(file)
	d.must(err)
	if !strings.HasPrefix(string(got), "%PDF-1.7 --quiet --pdf-variant pdf/ua-1 - -\n<!DOCTYPE html>") {
		t.Errorf("%.120q", got)
	}
}
