package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	netmail "net/mail"

	"dutydesk/intake/evidence"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// kept reads a letter as it was kept. A copy that is gone or has changed is
// replaced by instead: a lead is rather told twice in other words than not at
// all.
func (b *Box) kept(ctx context.Context, x ledger.Letter, digest string, instead []byte) []byte {
	e, err := b.Store.Open(ctx, evidence.Digest(digest))
	if err != nil {
		return instead
	}
	defer e.Close()
	raw, err := io.ReadAll(io.NewSectionReader(e, 0, e.Size()))
	if err != nil || !isLetter(x, digest, raw) {
		return instead
	}
	return raw
}

// isLetter proves that raw is what was kept, and that what was kept is this
// letter: only the desk can have written its token into a Message-ID. Whatever
// the ledger says, no exhibit passes.
func isLetter(x ledger.Letter, digest string, raw []byte) bool {
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != digest {
		return false
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return false
	}
	own := workflow.Tokens(m.Header.Get("Message-ID"))
	return len(own) == 1 && workflow.Hash(own[0]) == x.TokenHash
}
