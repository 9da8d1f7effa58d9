package app

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dutydesk/workflow/ledger"
)

// lettersPart is the writing of letters, apart from the post that carries them.
const lettersPart = "letters"

// writingTime is how long the writing of a letter may fail before the desk
// says so.
const writingTime = 2 * time.Minute

// checkLetters reports letters that could not be written or kept for too long,
// and letters that nobody begins although the post takes them.
func (a *App) checkLetters(ctx context.Context) error {
	now := a.clock.Now()
	n, err := a.Ledger.UnwrittenCount(ctx, now, now.Add(-writingTime))
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%d letters cannot be written", n)
	}
	if a.board.lastPost() != nil { // that part says it
		return nil
	}
	return a.late(ctx, func(kind ledger.Kind) bool { return kind == ledger.LetterJob })
}

// checkLate reports other work that is too late.
func (a *App) checkLate(ctx context.Context) error {
	return a.late(ctx, func(kind ledger.Kind) bool { return kind != ledger.LetterJob })
}

// late reports jobs of some kinds that are more than two minutes late.
func (a *App) late(ctx context.Context, of func(ledger.Kind) bool) error {
	counts, err := a.Ledger.OverdueCounts(ctx, a.clock.Now().Add(-2*time.Minute))
	if err != nil {
		return err
	}
	for _, c := range counts {
		if c.N > 0 && of(ledger.Kind(c.Name)) {
			return fmt.Errorf("%d %s jobs are late", c.N, c.Name)
		}
	}
	return nil
}

var lettersUnwritten = prometheus.NewDesc("dutydesk_letters_unwritten", "Letters that could not be written or kept at the last try.", nil, nil)

// unwritten counts letters that could not be written, however lately.
func (b books) unwritten(ctx context.Context, ch chan<- prometheus.Metric) {
	now := b.now()
	n, err := b.ledger.UnwrittenCount(ctx, now, now)
	if err != nil {
		b.log.Warn("metrics: ledger does not answer")
		return
	}
	ch <- prometheus.MustNewConstMetric(lettersUnwritten, prometheus.GaugeValue, float64(n))
}
