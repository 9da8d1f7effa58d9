package app

import (
	"context"
	"strings"

	"dutydesk/config"
	"dutydesk/notify"
	"dutydesk/templates"
	"dutydesk/workflow/ledger"
)

// checkTroubles lists the parts of the desk that the ledger says are down, as a
// worker found them: what a look from outside does not see.
func checkTroubles(ctx context.Context, l *ledger.Ledger, cfg *config.Config) (out []Finding) {
	ts, err := l.Troubles(ctx)
	set, broken := templates.ParseLetters()
	if err != nil || broken != nil {
		return nil // said of the schema
	}
	for _, t := range ts {
		since := t.Since.In(cfg.Zone()).Format("15:04 on Monday 2 January 2006")
		out = append(out, warn("trouble since "+since+": "+partWords(set, "down", t.Name)+" ("+t.Name+")", partWords(set, "means", t.Name), partWords(set, "fix", t.Name)))
	}
	return out
}

// partWords are the words that letters have for a part of the desk that is down.
func partWords(set *templates.Letters, of, name string) string {
	kind, _, _ := strings.Cut(name, " ")
	words, err := set.Phrase(of+" "+kind, notify.Down{Part: name})
	if err != nil || words == "" {
		return "see the worker's log"
	}
	return words
}
