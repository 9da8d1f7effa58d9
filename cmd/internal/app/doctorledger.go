package app

import (
	"context"
	"errors"

	"dutydesk/config"
	"dutydesk/workflow/ledger"
)

// checkLedger opens the ledger for looking and asks what durability rests on.
func checkLedger(ctx context.Context, cfg *config.Config) []Finding {
	if err := Lost(ctx, cfg); errors.Is(err, ErrGone) {
		return []Finding{fail(err.Error(), "without the ledger nobody knows what was kept, and the worker does not start", "restore the ledger from the backup")}
	}
	l, err := ledger.OpenReading(ctx, cfg.LedgerTarget())
	if err != nil {
		return []Finding{noLedger(err)}
	}
	defer l.Close()
	out := []Finding{ok("the ledger answers (%s)", l.Dialect())}
	if err := l.Schema(ctx); err != nil {
		out = append(out, misfit(err))
	}
	out = append(append(out, checkFolder(ctx, l, cfg)...), checkTroubles(ctx, l, cfg)...)
	out = append(out, checkOlder(ctx, l, cfg)...)
	return append(append(out, checkKey(ctx, l, cfg.KeyFile())...), checkSettings(ctx, l)...)
}

// noLedger says why there is none to look at.
func noLedger(err error) Finding {
	switch {
	case errors.Is(err, ledger.ErrNone):
		return warn("the ledger does not exist yet", "it is made at the first run", "dutydesk run")
	case errors.Is(err, ledger.ErrDamaged):
		return damaged()
	}
	return fail("the ledger does not answer", "no report can be taken in", "start the database and check ledger.url; \"dutydesk config show\" prints it")
}

func damaged() Finding {
	return fail(ledger.ErrDamaged.Error(), "the worker does not start", "keep a copy of the file and restore the backup; what came since is on the mail server and in the evidence")
}

// misfit tells a schema that the worker makes or brings up to date from one that
// it refuses.
func misfit(err error) Finding {
	switch {
	case errors.Is(err, ledger.ErrNone):
		return warn("the ledger has no tables yet", "they are made at the first run", "dutydesk run")
	case errors.Is(err, ledger.ErrOlder):
		return warn("the ledger was written by an older program", "the next run brings it up to date, and the older program can then not use it", "make a backup, then: dutydesk run")
	case errors.Is(err, ledger.ErrSchema):
		return fail("the ledger was written by a newer program", "nothing is written to a ledger that is not understood", "run the program version that wrote it")
	case errors.Is(err, ledger.ErrDamaged):
		return damaged()
	}
	return fail("the ledger's schema cannot be read", "nothing is written to a ledger that is not understood", "check the rights of the database user")
}

// checkSettings looks at what a commit rests on.
func checkSettings(ctx context.Context, l *ledger.Ledger) (out []Finding) {
	settings, err := l.Settings(ctx)
	for _, s := range settings {
		if !s.OK {
			out = append(out, fail(s.Name+" is "+s.Value, "a commit could be lost at a power cut", "set it to "+s.Want))
		}
	}
	if err != nil {
		out = append(out, fail("the ledger's settings cannot be read", "durability cannot be proven", "check the rights of the database user"))
	}
	return out
}
