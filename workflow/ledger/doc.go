// Package ledger holds what is true: arrivals, cases, their chronology, letters,
// and everything the desk owes anybody as a job with a due time.
//
// It knows SQL, and how SQLite and PostgreSQL differ. It must never know what a
// decision means, what a letter says, or what time it is: moments come in as
// arguments. It has no call that deletes an
// arrival, a case, an event, a letter or a job.
package ledger
