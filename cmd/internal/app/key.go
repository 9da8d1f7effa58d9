package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"dutydesk/config"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// ErrKey reports a desk key that is too short, or not the one with which the
// letters in this ledger were written.
var ErrKey = errors.New("the desk key cannot be used")

// keyMark is where the ledger has the key's fingerprint.
const keyMark = "desk key"

// whatToDo ends the words about a key that does not fit.
const whatToDo = `put the right file back from the copy you keep, or name it in desk.key_file. If it is lost for good, start "dutydesk run --new-key" once: letters written before can then be answered no more`

// fingerprint tells keys apart and gives nothing of them away: 64 bits of a
// SHA-256 (FIPS 180-4) over a label and the key, in hexadecimal.
func fingerprint(k workflow.Key) string {
	sum := sha256.Sum256(append([]byte("dutydesk/desk-key-fingerprint/1\n"), k...))
	return hex.EncodeToString(sum[:8])
}

// loadKey reads the desk's key, or makes one at the first run. A short key is
// refused.
func loadKey(path string) (workflow.Key, error) {
	text, err := keep(path, func() string { return rand.Text() + rand.Text() })
	if err != nil {
		return nil, fmt.Errorf("desk key: %w", err)
	}
	if text == "" {
		return nil, fmt.Errorf("%w: %s is empty: %s", ErrKey, path, whatToDo)
	}
	if len(text) < 32 {
		return nil, fmt.Errorf("%w: %s has %d characters, a key has 32 or more: %s", ErrKey, path, len(text), whatToDo)
	}
	return workflow.Key(text), nil
}

// ledgerKey is the desk's key, if it is the one that the ledger knows or the
// ledger knows none. None is made beside a ledger that knows one.
func ledgerKey(ctx context.Context, l *ledger.Ledger, path string) (workflow.Key, error) {
	known, err := l.Marked(ctx, keyMark)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); known != "" && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is gone: %s", ErrKey, path, whatToDo)
	}
	key, err := loadKey(path)
	if err != nil {
		return nil, err
	}
	known, err = l.Mark(ctx, keyMark, fingerprint(key))
	if err == nil && known != fingerprint(key) {
		err = fmt.Errorf("%w: %s is not the key of this ledger (fingerprint %s, the ledger's is %s): %s", ErrKey, path, fingerprint(key), known, whatToDo)
	}
	return key, err
}

// TakeKey makes the configured desk key the ledger's, whichever it knew before.
// It fails with ErrBusy while a worker uses the data folder, and with ErrGone as
// the worker does.
func TakeKey(ctx context.Context, cfg *config.Config) error {
	lock, err := lockData(cfg.Data)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := Lost(ctx, cfg); err != nil {
		return err
	}
	key, err := loadKey(cfg.KeyFile())
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, cfg.LedgerTarget())
	if err != nil {
		return err
	}
	return errors.Join(l.Remark(ctx, keyMark, fingerprint(key)), l.Close())
}

// checkKey compares the key in the file with the one that the ledger knows.
func checkKey(ctx context.Context, l *ledger.Ledger, path string) []Finding {
	known, err := l.Marked(ctx, keyMark)
	text, missing := os.ReadFile(path)
	switch {
	case err != nil || known == "" || missing != nil && !errors.Is(missing, fs.ErrNotExist):
		return nil // said of the schema, said at the first run, or said of the secrets
	case missing != nil:
		return []Finding{fail("desk key "+path+" is gone", "no answer to a letter can be proven; the worker does not start", whatToDo)}
	case len(bytes.TrimSpace(text)) == 0:
		return []Finding{fail("desk key "+path+" is empty", "no answer to a letter can be proven; the worker does not start", whatToDo)}
	case fingerprint(bytes.TrimSpace(text)) != known:
		return []Finding{fail("desk key "+path+" is not the key of this ledger", "no answer to a letter can be proven; the worker does not start", whatToDo)}
	}
	return []Finding{ok("desk key %s is the key of this ledger", path)}
}
