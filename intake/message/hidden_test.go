package message

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hiders are ways to write "ACK" into HTML so that nobody sees it, or not there.
var hiders = map[string]string{
	"display":          `<div style="display:none">ACK</div>please ring me`,
	"display, spaced":  `<div style=" DISPLAY : /* x */ none !important ;">ACK</div>please ring me`,
	"display, escaped": `<div style="d\69splay:none">ACK</div>please ring me`,
	"display, entity":  `<div style="display&#58;none">ACK</div>please ring me`,
	"visibility":       `<div style="visibility:hidden">ACK</div>please ring me`,
	"opacity":          `<div style="opacity:0.01">ACK</div>please ring me`,
	"font size":        `<div style="font-size:0">ACK</div>please ring me`,
	"small font":       `<div style="font-size:1px">ACK</div>please ring me`,
	"font shorthand":   `<div style="font:0/0 a">ACK</div>please ring me`,
	"font element":     `<font color="#ffffff">ACK</font> please ring me`,
	"white":            `<span style="color:#fefefe">ACK</span> please ring me`,
	"white by rgb":     `<span style="color: rgb(255, 255, 255)">ACK</span> please ring me`,
	"transparent":      `<span style="color:rgba(0,0,0,0)">ACK</span> please ring me`,
	"black on black":   `<span style="color:#000;background:black">ACK</span> please ring me`,
	"no height":        `<div style="max-height:0;overflow:hidden">ACK</div>please ring me`,
	"low height":       `<div style="height:1px;overflow:hidden">ACK</div>please ring me`,
	"moved by indent":  `<div style="text-indent:-9999px">ACK</div>please ring me`,
	"moved right":      `<div style="margin-left:9999px">ACK</div>please ring me`,
	"moved":            `<div style="position:absolute;left:-99em">ACK</div>please ring me`,
	"clipped":          `<div style="clip-path:inset(100%)">ACK</div>please ring me`,
	"turned":           `<div style="transform:scale(0)">ACK</div>please ring me`,
	"Outlook":          `<div style="mso-hide:all">ACK</div>please ring me`,
	"attribute":        `<div hidden>ACK</div>please ring me`,
	"input":            `<input type=hidden value="ACK">please ring me`,
	"template":         `<template>ACK</template>please ring me`,
	"details":          `<details><div>ACK</div></details>please ring me`,
	"noscript":         `<noscript>ACK</noscript>please ring me`,
	"svg":              `<svg><text>ACK</text></svg>please ring me`,
	"class":            `<style>.x{display:none}</style><div class="y x">ACK</div>please ring me`,
	"id":               `<style>#x{display:none}</style><div id=x>ACK</div>please ring me`,
	"tag":              `<style>b, i {display:none}</style><i>ACK</i> please ring me`,
	"inside":           `<style>div.a > p.b{display:none}</style><div class=a><p class=b>ACK</p></div>please ring me`,
	"attribute rule":   `<style>[data-x]{display:none}</style><p data-x=1>ACK</p>please ring me`,
	"first child":      `<style>p:first-child{display:none}</style><p>ACK</p><p>please ring me</p>`,
	"everything":       `<style>*{font-size:0}</style><p>ACK</p>`,
	"media":            `<style>@media all{.x{display:none}}</style><p class=x>ACK</p>please ring me`,
	"layer":            `<style>@layer a{.x{display:none}}</style><p class=x>ACK</p>please ring me`,
	"imported":         `<style>@import url(http://x.example/);p{}</style><p>ACK</p>please ring me`,
	"linked":           `<link rel=stylesheet href="http://x.example/"><p>ACK</p>please ring me`,
	"style at the end": `<p class=x>ACK</p>please ring me<style>.x{display:none}</style>`,
	"style in comment": `<style><!-- .x{display:none} --></style><p class=x>ACK</p>please ring me`,
	"laid over":        `<p>ACK</p><div style="position:absolute;top:0;background:#fff">please ring me</div>`,
	"pulled over":      `<p>ACK</p><div style="margin-top:-40px;background:#fff">please ring me</div>`,
	"other order":      `<div style="display:flex;flex-direction:column-reverse"><p>ACK</p><p>please ring me</p></div>`,
	"unclosed":         `<p style="display:none">ACK<p>please ring me</p>`,
	"nested table":     `<table><tr><td style="display:none"><table><tr><td>a</td></tr></table>ACK</td></tr></table>please ring me`,
	"stray end":        `<span style="display:none"></div>ACK</span>please ring me`,
	"before it":        `<div style="display:none">x</div>ACK`,
}

// What the markup hides is never what a reader surely sees, so that it is never
// a command; it is shown all the same, and the words that are not hidden too.
func TestHiddenWordsAreNotSeen(t *testing.T) {
	for name, markup := range hiders {
		m := readAll([]byte("From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>" + markup + "</body></html>"))
		if strings.Contains(m.Seen(), "ACK") || !strings.HasPrefix(m.Text, m.Seen()) {
			t.Errorf("%s: %q is seen of %q", name, m.Seen(), m.Text)
		}
		if !strings.Contains(m.Text, "ACK") || strings.Contains(markup, "please") && !strings.Contains(m.Text, "please ring me") {
			t.Errorf("%s: lost words: %q", name, m.Text)
		}
	}
}

// Words that are not shown bear a mark, whatever line they are on, and a Defect
// tells of them; what follows does not bear it.
func TestHiddenWordsAreMarked(t *testing.T) {
	for markup, want := range map[string]string{
		`one<div style="display:none">ACK<br>I agree<p>to all</p></div>two`: "one\n[hidden] ACK\n[hidden] I agree\n\n[hidden] to all\n\ntwo",
		`<blockquote>a<span hidden>b</span>c</blockquote>`:                  "> a\n> [hidden] b\n> c",
		`<p hidden>a<p>b`:                      "[hidden] a\n\nb",
		`<table><tr><td hidden>a<td>b</table>`: "[hidden] a\nb",
		`<div hidden>a<div>b</div>c</div>d`:    "[hidden] a\n[hidden] b\n[hidden] c\nd",
		`<style>.preheader{display:none;max-height:0}</style><span class=preheader>x</span>hi`: "[hidden] x\nhi",
		`<input type=hidden value=ACK>hi`: "[hidden] [ACK]\nhi",
	} {
		m := readAll([]byte("Content-Type: text/html\r\n\r\n" + markup))
		if m.Text != want || !hasCode(m, DefectHidden) {
			t.Errorf("%s\n got %q\nwant %q, %v", markup, m.Text, want, m.Defects)
		}
	}
}

// What people write with real programs is seen: the marks of Outlook, Apple,
// Gmail and phones, above a letter of ours that begins with a hidden preview.
func TestAnswersOfRealProgramsAreSeen(t *testing.T) {
	letter, err := os.ReadFile(filepath.Join("..", "..", "templates", "testdata", "opened.html"))
	if err != nil {
		t.Fatal(err)
	}
	quote := "<blockquote type=\"cite\">" + string(letter) + "</blockquote>"
	for program, markup := range map[string]string{
		"Outlook": `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
/* Font Definitions */ @font-face {font-family:"Cambria Math"; panose-1:2 4 5 3 5 4 6 3 2 4;}
p.MsoNormal, li.MsoNormal {margin:0cm; margin-bottom:.0001pt; font-size:11.0pt; font-family:"Calibri",sans-serif; mso-fareast-language:EN-US;}
a:link, span.MsoHyperlink {mso-style-priority:99; color:#0563C1; text-decoration:underline;}
span.EmailStyle17 {mso-style-type:personal-compose; font-family:"Calibri",sans-serif; color:windowtext;}
.MsoChpDefault {mso-style-type:export-only; font-size:10.0pt;}
@page WordSection1 {size:612.0pt 792.0pt; margin:72.0pt 72.0pt 72.0pt 72.0pt;} div.WordSection1 {page:WordSection1;}
--></style></head><body lang="EN-GB" link="#0563C1" vlink="#954F72" style='word-wrap:break-word'><div class="WordSection1"><p class="MsoNormal"><span style='mso-fareast-language:EN-US'>ACK<o:p></o:p></span></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>`,
		"Outlook on the web": `<div class="elementToProof" style="font-family: Aptos, Aptos_EmbeddedFont, Calibri, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);">ACK</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%">`,
		"Apple Mail":         `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">ACK<br><div><br>`,
		"iPhone":             `<html><body dir="auto"><div dir="ltr" style="caret-color: rgb(0, 0, 0); -webkit-text-size-adjust: auto;">ACK</div><div dir="ltr"><br>`,
		"Gmail":              `<div dir="ltr"><div class="gmail_default" style="font-family:arial,helvetica,sans-serif;font-size:small">ACK</div></div><br><div class="gmail_quote">`,
		"Thunderbird":        `<html><body text="#000000" bgcolor="#FFFFFF"><p>ACK</p><div class="moz-cite-prefix">`,
		"Samsung":            `<html><body dir="auto"><div>ACK</div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000">`,
	} {
		m := readAll([]byte("Content-Type: text/html; charset=utf-8\r\n\r\n" + markup + quote))
		if !strings.HasPrefix(m.Seen(), "ACK") {
			t.Errorf("%s: %q is seen of %.100q", program, m.Seen(), m.Text)
		}
	}
}

// A plain text is seen whole; one behind a veiled part is not.
func TestSeenOfSeveralParts(t *testing.T) {
	m := readAll([]byte("\r\nACK\r\nplease\r\n"))
	if m.Seen() != m.Text || m.Text == "" {
		t.Errorf("%q of %q", m.Seen(), m.Text)
	}
	two := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo<i hidden>x</i>\r\n--b\r\n\r\nACK\r\n--b--\r\n"
	if m = readAll([]byte(two)); m.Seen() != "one\ntwo" || !strings.HasSuffix(m.Text, "[hidden] x\nACK") {
		t.Errorf("%q of %q", m.Seen(), m.Text)
	}
	if (&Message{Text: "ACK"}).Seen() != "" {
		t.Error("a text that nobody read is seen")
	}
}
