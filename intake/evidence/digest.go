package evidence

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// What a caller may have to decide on. All others are faults of the moment:
// nothing was kept, and trying again later is right. A full disk is one of
// these; errors.Is finds syscall.ENOSPC in it.
var (
	// ErrMissing: no exhibit of that name is in the folder.
	ErrMissing = errors.New("exhibit is missing")
	// ErrTampered: an exhibit's bytes do not match its name. It was left as it is.
	ErrTampered = errors.New("exhibit has been changed")
	// ErrDisk: the disk refused to make bytes durable, and what it holds is
	// now unknown. The store keeps nothing more; the process should end and
	// be started again, since a second fsync may report success for bytes
	// that the kernel has already dropped.
	ErrDisk = errors.New("evidence disk cannot be relied on")
	// ErrExposed: the folder may be read or written by others than its owner.
	ErrExposed = errors.New("evidence folder is open to others")
	// ErrNotDigest: the text is not 64 lower-case hexadecimal digits.
	ErrNotDigest = errors.New("not a digest")
	// ErrReading: the folder was opened for looking only.
	ErrReading = errors.New("evidence was opened for looking only")
	// ErrSpent: the draft was kept or discarded before.
	ErrSpent = errors.New("draft is spent")
)

// Digest names an exhibit: the SHA-256 of its bytes (FIPS 180-4) in 64
// lower-case hexadecimal digits.
type Digest string

// Sealed is what Seal promises to have on disk. Size is in bytes.
type Sealed struct {
	Digest Digest
	Size   int64
}

// ParseDigest checks that text is a digest, or returns ErrNotDigest.
func ParseDigest(text string) (Digest, error) {
	if !isDigest(text) {
		return "", fmt.Errorf("%.80q: %w", text, ErrNotDigest)
	}
	return Digest(text), nil
}

func isDigest(text string) bool {
	if len(text) != 64 {
		return false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// short is enough of a digest to find it in a message.
func (d Digest) short() string {
	return string(d[:min(12, len(d))])
}

func digestOf(sum []byte) Digest {
	return Digest(hex.EncodeToString(sum))
}
