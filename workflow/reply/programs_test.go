package reply

import (
	"strings"
	"testing"
)

// attributions are how programs say in many languages whom they quote. Where
// nothing is marked, all that follows is the quoted letter.
var attributions = []string{
	"Den 26-11-2026 kl. 10:00 skrev Desk:",
	"tors. 26. nov. 2026 kl. 10.00 skrev Desk <d@c.example>:",
	"Desk <d@c.example> kirjoitti 26.11.2026 kello 10.00:",
	"to 26. marrask. 2026 klo 10.00 Desk (d@c.example) kirjoitti:",
	"Il giorno 26 nov 2026, alle ore 10:00, Desk <d@c.example> ha scritto:",
	"Il 26/11/2026 10:00, Desk ha scritto:",
	"El 26 nov 2026, a las 10:00, Desk <d@c.example> escribió:",
	"El jue, 26 nov 2026 a las 10:00, Desk (<d@c.example>) escribió:",
	"No dia 26/11/2026, às 10:00, Desk <d@c.example> escreveu:",
	"Em qui., 26 de nov. de 2026 às 10:00, Desk <\nd@c.example> escreveu:",
	"Op do 26 nov 2026 om 10:00 schreef Desk <d@c.example>:",
	"Op 26 nov 2026, om 10:00 heeft Desk <d@c.example> het volgende geschreven:",
	"Desk <d@c.example> ezt írta (időpont: 2026. nov. 26., Cs, 10:00):",
	"Desk <d@c.example>, 26 Kas 2026 Per, 10:00 tarihinde şunu yazdı:",
	"2026년 11월 26일 (목) 오전 10:00, Desk <d@c.example>님이 작성:",
	"2026年11月26日(木) 10:00 Desk <d@c.example>:",
	"Desk <d@c.example> 于2026年11月26日周四 10:00写道：",
	"čt 26. 11. 2026 v 10:00 odesílatel Desk <d@c.example> napsal:",
	"Dne 26.11.2026 v 10:00 Desk napsal(a):",
	"În joi, 26 nov. 2026 la 10:00, Desk <d@c.example> a scris:",
	"Στις Πέμ 26 Νοε 2026 στις 10:00 μ.μ., ο χρήστης Desk <d@c.example> έγραψε:",
	"\u202bבתאריך יום ה׳, 26 בנוב׳ 2026 ב-10:00 מאת \u202aDesk\u202c\u200f <\u202ad@c.example\u202c\u200f>:\u202c",
	"чт, 26 лист. 2026 р. о 10:00 Desk <d@c.example> пише:",
	"26.11.2026, 10:00, \"Desk\" <d@c.example>:",
	"On Thursday, November 26, 2026 at 10:00:00 AM GMT, Desk <d@c.example> wrote: ",
	"\u2010\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\u2010",
	"----- Mail original -----",
	"---------- Forwarded message ---------",
	"Gesendet: Donnerstag, 26. November 2026 um 10:00 Uhr\nVon: Desk <d@c.example>\nAn: Amy\nBetreff: x",
	"Da: Desk <d@c.example>\nInviato: giovedì 26 novembre 2026 10:00\nA: Amy\nOggetto: x",
	"Från: Desk <d@c.example>\nSkickat: den 26 november 2026 10:00\nTill: Amy\nÄmne: x",
	"发件人: Desk <d@c.example>\n发送时间: 2026年11月26日 10:00\n收件人: Amy\n主题: x",
	"Oddi wrth/From: Desk <d@c.example>\nAnfonwyd/Sent: 26 November 2026 10:00\nAt/To: Amy\nPwnc/Subject: x",
}

func TestAttributions(t *testing.T) {
	for _, a := range attributions {
		if got := Only(Split("Yes.\n\n"+a+"\n\nis she well?"), Said); got != "Yes." {
			t.Errorf("%q: said %q", a, got)
		}
	}
}

// What a phone or a program signs with is nobody's word.
func TestDevices(t *testing.T) {
	for _, line := range []string{
		"Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Sent via BlackBerry by AT&T", "Sent from Yahoo Mail on Android", "Sent from Mail for Windows", "Sent with Proton Mail secure email.",
		"Sent from the all new AOL app for iOS", "Sent from Outlook for iOS<https://aka.ms/o0ukef>", "Get Outlook for Android<https://aka.ms/ghei36>", "Anfonwyd o fy iPhone", "Cael Outlook ar gyfer iOS",
		"Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Outlook für Android beziehen<https://aka.ms/x>", "Holen Sie sich Outlook für iOS", "Envoyé de mon iPhone", "Télécharger Outlook pour iOS", "Obtenez Outlook pour Android<https://aka.ms/x>",
		"Wysłane z iPhone'a", "Pobierz program Outlook dla systemu iOS", "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone", "Sendt fra min iPhone", "Skaffa Outlook för iOS",
	} {
		if got := Only(Split("Yes.\n\n"+line+"\n"), Said); got != "Yes." {
			t.Errorf("%q is said: %q", line, got)
		}
	}
	for _, line := range []string{
		"Sent from his phone, I have the pictures", "Sent from my phone at night: he threatened her. Ring me", "She uses Outlook for work", "Sent from school to hospital", "Sent from my desk, which is easier", "Sent from my phone because he took hers. Ring me!", "Sent via the court", "Get the Outlook file to the police",
		"Gesendet hat er nichts", "Envoyé spécial",
	} {
		if got := Only(Split("Yes.\n\n"+line+"\n\nmore"), Said); !strings.Contains(got, line) || !strings.Contains(got, "more") {
			t.Errorf("%q is lost: %q", line, got)
		}
	}
}
