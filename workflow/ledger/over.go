package ledger

// over are the states in which nothing is owed, as SQL lists them: those for
// which casefile.State.Over holds.
const over = `'CLOSED', 'NOT_SAFEGUARDING', 'RETENTION_REVIEW', 'DISPOSED'`
