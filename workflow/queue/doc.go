// Package queue makes what the ledger owes happen on time. It offers jobs to
// Asynq, runs what Asynq rings, and sweeps up whatever Asynq did not ring:
// Redis may be empty, full, flushed, restarted or absent, and nothing is
// forgotten or done twice; only lateness grows, to the sweeper's grace.
//
// It knows job ids, their kinds and when they are due, and it is the only
// package that knows Asynq and Redis. It must never know what a job is about:
// nothing of a case, a letter or a person enters it, so none of it can reach
// Redis. It decides nothing; whether a job is still owed is the ledger's word.
package queue
