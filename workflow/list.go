package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// Listing is the digest that a letter is, or whose answers it answers, by letter
// id; "" if it is neither. An answer to either is an answer to the list.
func Listing(x ledger.Letter) string {
	if x.Kind == casefile.Digest {
		return x.ID
	}
	var d Detail
	if x.Case != "" || json.Unmarshal([]byte(x.Detail), &d) != nil {
		return ""
	}
	return d.List
}

// errStranger reports an answer to a list by somebody who proved nothing, and
// that names no case of it.
var errStranger = errors.New("a stranger's answer to a list")

// obeyList carries out an answer to a digest: the cases that ACK names are
// taken, each with the authority of its own line, and what else was said is kept
// on them. If none is named the sender hears how to name them, and a stranger's
// mail is a concern of its own. A digest that was sent takes no more lines, so
// that they are read before the transaction.
func (o *Office) obeyList(ctx context.Context, s Said, said reply.Reply, digest string) error {
	lines, err := o.Ledger.Lines(ctx, digest)
	if err != nil {
		return fmt.Errorf("obey: %w", err)
	}
	m := meant(said, lines)
	err = o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if again, err := o.again(tx, s.Arrived, now); again || err != nil {
			return err
		}
		a := answered{office: o, Said: s, list: digest, now: now}
		return a.carryOut(tx, m, lines)
	})
	if errors.Is(err, errStranger) {
		return o.Open(ctx, s.Arrived, "")
	}
	if err != nil {
		return fmt.Errorf("obey: %w", err)
	}
	return nil
}
