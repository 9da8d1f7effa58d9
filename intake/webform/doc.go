// Package webform is the report form: pages that anybody can fill in, on any
// phone, without an account and without a script. What is sent becomes a
// delivery through the door [intake.Form].
//
// It knows questions, drafts in memory and HTTP. It must never know who leads a
// team, what becomes of a case, or how anything is stored. It writes no address,
// no agent and no time finer than the minute, and it logs nothing of what a
// person wrote.
package webform
