package reply

import (
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
)

// quotes are replies as real programs write them, with a command under the
// quote that must not be found.
var quotes = map[string]string{
	"Outlook desktop": `
From: Safeguarding <safeguarding@council.example>
Sent: 26 November 2026 10:00
To: Amy Lead <amy@provider.example>
Subject: Safeguarding SG-7K3F9

CLOSE`,
	"Outlook on the web": `
________________________________
From: Safeguarding <safeguarding@council.example>
Sent: Thursday, November 26, 2026 10:00:00 AM
CLOSE`,
	"Outlook for iOS": `
Get Outlook for iOS<https://aka.ms/o0ukef>
________________________________
From: Safeguarding <safeguarding@council.example>
CLOSE`,
	"Outlook for Mac, bold": `
*From: *Safeguarding <safeguarding@council.example>
*Date: *Thursday, 26 November 2026 at 10:00
CLOSE`,
	"Outlook, German": `
Von: Safeguarding <safeguarding@council.example>
Gesendet: Donnerstag, 26. November 2026 10:00
An: Amy
Betreff: Safeguarding SG-7K3F9
CLOSE`,
	"Outlook, French, with narrow spaces": "\nDe\u00a0: Safeguarding <safeguarding@council.example>\nEnvoyé\u00a0: jeudi 26 novembre 2026 10:00\nÀ\u00a0: Amy\nCLOSE",
	"Outlook, Polish": `
Od: Safeguarding <safeguarding@council.example>
Wysłane: czwartek, 26 listopada 2026 10:00
Do: Amy
CLOSE`,
	"Outlook, Welsh": `
Oddi wrth: Diogelu <safeguarding@council.example>
Anfonwyd: 26 Tachwedd 2026 10:00
At: Amy
Pwnc: Diogelu SG-7K3F9
CLOSE`,
	"Outlook, original message": `
-----Original Message-----
From: Safeguarding
CLOSE`,
	"Outlook, Neges Wreiddiol":   "\n-----Neges Wreiddiol-----\nCLOSE",
	"Thunderbird, forwarded, de": "\n-------- Weitergeleitete Nachricht --------\nCLOSE",
	"Samsung":                    "\n-------- Original message --------\nFrom: Safeguarding\nCLOSE",
	"Polish divider":             "\n-------- Wiadomość oryginalna --------\nCLOSE",
	"Gmail": `
On Thu, 26 Nov 2026 at 10:00, Safeguarding <safeguarding@council.example>
wrote:

> CLOSE`,
	"Gmail, folded twice": `
On Thu, Nov 26, 2026 at 10:00 AM The Safeguarding Desk of the Council <
safeguarding+dd1.abcdefghijklmnopqrstuvwxyz@council.example>
wrote:

CLOSE`,
	"Gmail, long ago": "\n2026-11-26 10:00 GMT+00:00 Safeguarding <safeguarding@council.example>:\n\nCLOSE",
	"Gmail, Welsh":    "\nAr Iau, 26 Tach 2026 am 10:00 Diogelu <safeguarding@council.example>\nysgrifennodd:\n\nCLOSE",
	"Gmail, German":   "\nAm Do., 26. Nov. 2026 um 10:00 Uhr schrieb Safeguarding <\nsafeguarding@council.example>:\n\nCLOSE",
	"Gmail, French":   "\nLe jeu. 26 nov. 2026 à 10:00, Safeguarding <safeguarding@council.example> a\nécrit :\n\nCLOSE",
	"Gmail, Polish":   "\nczw., 26 lis 2026 o 10:00 Safeguarding <safeguarding@council.example>\nnapisał(a):\n\nCLOSE",
	"Apple Mail":      "\nOn 26 Nov 2026, at 10:00, Safeguarding <safeguarding@council.example> wrote:\n\nCLOSE",
	"Apple Mail, US":  "\n> On Nov 26, 2026, at 10:00 AM, Safeguarding <safeguarding@council.example> wrote:\n> \n> CLOSE",
	"Apple Mail, pl":  "\nWiadomość napisana przez Safeguarding <safeguarding@council.example> w dniu 26 lis 2026, o godz. 10:00:\n\nCLOSE",
	"Apple forward":   "\nBegin forwarded message:\n\nCLOSE",
	"iPhone": `

Sent from my iPhone

On 26 Nov 2026, at 10:00, Safeguarding <safeguarding@council.example> wrote:

CLOSE`,
	"iPhone, signature above quote, German": "\n\nVon meinem iPhone gesendet\n\nAm 26.11.2026 um 10:00 schrieb Safeguarding <safeguarding@council.example>:\n\nCLOSE",
	"Thunderbird":                           "\nOn 26/11/2026 10:00, Safeguarding wrote:\nCLOSE",
	"Thunderbird, German":                   "\nAm 26.11.26 um 10:00 schrieb Safeguarding:\nCLOSE",
	"Thunderbird, French":                   "\nLe 26/11/2026 à 10:00, Safeguarding a écrit :\nCLOSE",
	"Thunderbird, Polish":                   "\nW dniu 26.11.2026 o 10:00, Safeguarding pisze:\nCLOSE",
	"signature":                             "\n-- \nAmy Lead\nCLOSE",
	"our marker alone":                      "\n-- please write above this line --\nCLOSE",
	"our marker, translated around it":      "\n> *-- Please write above this line --*\nCLOSE",
}

// Whatever program somebody answers with, their words are found, and nothing of
// the letter under them.
func TestQuotes(t *testing.T) {
	for program, quote := range quotes {
		for _, ending := range []string{"\n", "\r\n"} {
			r := Parse(strings.ReplaceAll("ACK\nI will ring her.\n"+quote, "\n", ending))
			if len(r.Words) != 1 || r.Words[0].Verb != casefile.Acknowledge || r.Note != "I will ring her." {
				t.Errorf("%s: %+v", program, r)
			}
			if r := Parse(strings.ReplaceAll(quote, "\n", ending)); len(r.Words) != 0 || r.Note != "" || r.Unknown != "" {
				t.Errorf("%s, nothing above: %+v", program, r)
			}
		}
	}
}

// What a person says that only looks like a quote is kept.
func TestNotAQuote(t *testing.T) {
	for _, text := range []string{
		"On Monday I visited the family.\nThey are well.",
		"She wrote: I am afraid",
		"From: what I heard, nobody else knows.\nHe told me himself.",
		"On 26 November she told me.\nMore tomorrow.",
		"The message she got said \"from: me\".",
		"de toute façon",
		"Am 5. war sie nicht da.\nDanke",
		"___",
	} {
		if r := Parse("NOTE\n" + text); r.Note != text {
			t.Errorf("%q became %q", text, r.Note)
		}
	}
}

// Machines add lines that nobody said.
func TestNobodySaidIt(t *testing.T) {
	for text, note := range map[string]string{
		"CAUTION: This email originated from outside of the organisation. Do not click links or open attachments unless you recognise the sender.\n\nACK\nthank you for telling us": "thank you for telling us",
		"[EXTERNAL] This message came from outside the council.\nDo not open links in it.\n\nACK":                                                                                   "",
		"ACK\n\nSent from my iPhone":                    "",
		"ACK\n\nGet Outlook for Android":                "",
		"ACK\nshe sent it\nSent from Outlook for iOS\n": "she sent it",
		"ACK\nAnfonwyd o fy iPhone":                     "",
		"ACK\nEnvoyé de mon iPhone\n":                   "",
		"ACK\nWysłane z iPhone'a":                       "",
	} {
		if r := Parse(text); len(r.Words) != 1 || r.Note != note {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// Words are obeyed as people write them, and only words.
func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Hi,\n\nACK\n\nThanks": "ACK", "Good morning all,\nAck": "ACK", "Dear colleagues\nACK.": "ACK", "Bore da\nACK": "ACK",
		"Hi ACK": "ACK", "Hello,\nI visited her.": "", "Hi, can you close this?": "",
		"ACK!": "ACK", "*ACK*": "ACK", "“ACK”": "ACK", "ack - on my way": "ACK", "Acknowledged": "", "ACK?": "", "ACK\nNOTE rang her\nCLOSE because it was a joke": "ACK NOTE CLOSE",
		"CLOSE FRIENDS TOLD ME": "", "CLOSE": "CLOSE", "CLOSE.": "CLOSE", "Close: a misunderstanding": "CLOSE", "Close, but not in time": "", "CLOSE a misunderstanding": "CLOSE", "CLOSE - JOKE": "CLOSE",
		"closed": "", "acknowledgement": "", "Close-knit group of friends": "", "CLOSE-KNIT GROUP": "", "Note-taking is hers": "", "Help\u2010desk rang": "", "Close\u2011knit family": "", "note's": "", "NOTE\u2019s": "", "ACK2": "", "NOTEĆ": "",
		"ack -on my way": "ACK", "ACK- on my way": "ACK", "close -a joke": "CLOSE", "ACK\u2014on my way": "ACK", "ACK/NOTE": "", "close_knit": "", "help@council.example": "", "ACKNOWLEDGE\tthank you": "ACK", "note to self": "", "NOTE": "NOTE", "help!": "HELP",
		"ACK\u00a0": "ACK", "\ufeffACK": "ACK", "\u200bACK": "ACK", "АСК": "", "": "", "\n\n\n": "",
	} {
		var got []string
		for _, w := range Parse(text).Words {
			got = append(got, string(w.Verb))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Whatever arrives, what stands below our marker changes nothing, each command
// was written above it, and the note is made of lines that were.
func FuzzAbove(f *testing.F) {
	for _, quote := range quotes {
		f.Add("ACK\n", quote)
	}
	f.Add("Hi,\nclose: x\r\nnote", "ACK")
	f.Fuzz(func(t *testing.T, text, below string) {
		begun := time.Now()
		r := Parse(text)
		if with := Parse(text + "\n-- " + Marker + " --\n" + below); !same(r, with) {
			t.Errorf("%+v with more below the marker: %+v", r, with)
		}
		text = odd.Replace(text)
		for _, w := range r.Words {
			if !strings.Contains(strings.ToLower(text), strings.ToLower(string(w.Verb))) || !strings.Contains(text, w.Text) {
				t.Errorf("%+v is not in %q", w, text)
			}
		}
		for line := range strings.Lines(r.Note) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, ">") || !strings.Contains(text, line) {
				t.Errorf("noted %q of %q", line, text)
			}
		}
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("%d bytes took %v", len(text)+len(below), took)
		}
	})
}

func same(a, b Reply) bool {
	if len(a.Words) != len(b.Words) || a.Note != b.Note || a.Unknown != b.Unknown || a.Nearest != b.Nearest {
		return false
	}
	for i := range a.Words {
		if a.Words[i] != b.Words[i] {
			return false
		}
	}
	return true
}

func BenchmarkParse(b *testing.B) {
	text := "ACK\nI will ring her.\n" + strings.Repeat("On Monday I visited them again and wrote it down.\n", 200) + quotes["Gmail, folded twice"]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Parse(text)
	}
}
