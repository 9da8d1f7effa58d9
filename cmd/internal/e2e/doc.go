// Package e2e holds stories in which people are the actors and every part is
// real: Dovecot, Redis, SQLite or PostgreSQL, an SMTP server, and the program
// itself as a process of its own that may be killed at any moment.
//
// It knows how to start the parts and what people would see. It must never
// reach into the program: what a story checks is what came by mail, or what the
// commands print.
package e2e
