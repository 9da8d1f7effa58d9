package ledger

import (
	"fmt"

	"dutydesk/workflow/casefile"
)

// Copy is a case that an earlier arrival of the same mail is on.
type Copy struct {
	Case casefile.Ref
	Same bool // in the same bytes, not only with the same content
}

// most is how many earlier arrivals of one mail are looked at.
const most = 50

// Copies finds the cases of earlier arrivals with the same bytes, and then those
// with the same content by another way, the latest first.
func (t *Tx) Copies(a Arrival) (found []Copy, err error) {
	for _, by := range []struct {
		column, value string
		same          bool
	}{{"sha256", a.SHA256, true}, {"content", a.Content, false}} {
		if by.value == "" {
			continue
		}
		rows, err := t.list(`SELECT case_ref FROM arrivals WHERE `+by.column+` = $1 AND id <> $2 AND case_ref <> '' ORDER BY received_at DESC LIMIT $3`, by.value, a.ID, most)
		if err != nil {
			return nil, fmt.Errorf("find copies: %w", err)
		}
		err = each(rows, func() error {
			c := Copy{Same: by.same}
			err := rows.Scan(&c.Case)
			found = append(found, c)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("find copies: %w", err)
		}
	}
	return found, nil
}
