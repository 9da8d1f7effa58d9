// Package intake receives: it seals what comes through a door, writes down that
// it is owed an answer, and later reads it and decides whose it is.
//
// It knows deliveries, exhibits and the office. It must never know how a mail
// was fetched, what a letter looks like, or which queue rings it.
package intake
