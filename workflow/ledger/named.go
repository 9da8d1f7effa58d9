package ledger

import (
	"fmt"

	"dutydesk/workflow/casefile"
)

// Conflicts are the lines of a chronology with which by kept people from the
// case, oldest first.
func (t *Tx) Conflicts(ref casefile.Ref, by string) (texts []string, err error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	rows, err := t.list(`SELECT note FROM events WHERE case_ref = $1 AND verb = $2 AND actor = $3 ORDER BY seq`, string(ref), string(casefile.Exclude), by)
	if err != nil {
		return nil, fmt.Errorf("find conflicts of %s: %w", ref, err)
	}
	err = each(rows, func() error {
		var text string
		err := rows.Scan(&text)
		texts = append(texts, text)
		return err
	})
	return texts, err
}
