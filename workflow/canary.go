package workflow

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/ledger"
)

// Canary is the secret mark of the test mail of a period. Whoever has not the
// desk's key cannot make one.
func (k Key) Canary(period time.Time) string { return k.canary(strconv.FormatInt(period.Unix(), 10)) }

func (k Key) canary(id string) string {
	m := hmac.New(sha256.New, k)
	m.Write([]byte("canary/1/" + id))
	return "ddc1." + id + "." + strings.ToLower(tokenBits.EncodeToString(m.Sum(nil)[:16]))
}

var canaryForm = regexp.MustCompile(`\bddc1\.([0-9]{1,12})\.[a-z2-7]{26}\b`)

// Canaries finds the marks of test mails that were made with this key.
func (k Key) Canaries(values ...string) (ids []string) {
	for _, v := range values {
		for _, m := range canaryForm.FindAllStringSubmatch(v, 8) {
			if hmac.Equal([]byte(m[0]), []byte(k.canary(m[1]))) {
				ids = append(ids, m[1])
			}
		}
	}
	return ids
}

// CanaryPrint is what a test mail is known by beside its mark: its subject, and
// the SHA-256 of its body.
func CanaryPrint(subject, body string) string {
	sum := sha256.Sum256([]byte(subject + "\n" + body))
	return hex.EncodeToString(sum[:])
}

// LetFly writes down, before it is sent, that the test mail of a period must be
// back by due; print is its CanaryPrint. A second time it is the same mail, due
// as it was.
func (o *Office) LetFly(ctx context.Context, period, due time.Time, print string) error {
	return o.update(ctx, func(tx *ledger.Tx, _ time.Time) error {
		return tx.LetFly(strconv.FormatInt(period.Unix(), 10), print, due)
	})
}

// CameBack disposes of a test mail that came back: it opens no case. It reports
// false, and has done nothing, for one that was never sent, or that has other
// words: somebody uses its mark, and that is a concern as any other.
func (o *Office) CameBack(ctx context.Context, a Arrived, id, known string) (back bool, err error) {
	err = o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if back, err = tx.CameBack(id, known, a.Content, now); err != nil || !back {
			return err
		}
		if err := tx.Finish(a.Claim, now); err != nil {
			return err
		}
		return o.dispose(tx, a, "", ledger.Canary, "")
	})
	if err != nil {
		return false, fmt.Errorf("take canary: %w", err)
	}
	return back, nil
}

// errCanary reports a test mail that did not come back in time.
var errCanary = errors.New("the test mail did not come back in time")

// CheckCanary reports that the last test mail that should be back is not.
func (o *Office) CheckCanary(ctx context.Context) error {
	c, err := o.Ledger.LastCanary(ctx, o.Now())
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err == nil && c.Back.IsZero():
		return errCanary
	}
	return err
}
