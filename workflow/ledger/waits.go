package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dutydesk/workflow/casefile"
)

// Alarms lists the alarms of a case that are still to ring, each as it stands in
// the ledger: it will ring when its Due has come, whatever the case waits for.
func (l *Ledger) Alarms(ctx context.Context, ref casefile.Ref) (as []casefile.Alarm, err error) {
	var alarms string
	if err := l.read.QueryRowContext(ctx, `SELECT alarms FROM cases WHERE ref = $1`, string(ref)).Scan(&alarms); err != nil {
		return nil, fmt.Errorf("list alarms of %s: %w", ref, notFound(err))
	}
	for id := range strings.FieldsSeq(alarms) {
		var due, done int64
		err := l.read.QueryRowContext(ctx, `SELECT due_at, done_at FROM jobs WHERE id = $1`, id).Scan(&due, &done)
		if err = notFound(err); err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("list alarms of %s: %w", ref, err)
		}
		if err == nil && done == 0 {
			a := casefile.Alarm{Ref: ref, Due: instant(due)}
			a.Stage, a.Turn, a.Rung = alarmName(id)
			as = append(as, a)
		}
	}
	return as, nil
}
