package app

import (
	"context"
	"errors"
	"fmt"

	"dutydesk/config"
	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger"
)

// ErrFolder reports an evidence folder that is not the one in which the ledger's
// exhibits are: what arrives would be kept where nobody looks for it.
var ErrFolder = errors.New("the evidence folder is not the one of this ledger")

// folderMark is where the ledger has the name of the evidence folder.
const folderMark = "evidence"

// sameFolder proves that ledger and evidence belong together. The first worker
// that finds neither named joins them; of several that start together all find
// the same. The ledger is asked first: it is named last.
func sameFolder(ctx context.Context, l *ledger.Ledger, s *evidence.Store, dir string) error {
	known, err := l.Marked(ctx, folderMark)
	if err != nil {
		return err
	}
	if known != "" {
		return isFolder(s, known, dir)
	}
	name, err := s.Christen()
	if err != nil {
		return err
	}
	if known, err = l.Mark(ctx, folderMark, name); err != nil {
		return err
	}
	return isFolder(s, known, dir)
}

// isFolder compares the folder's name with the one that the ledger knows.
func isFolder(s *evidence.Store, known, dir string) error {
	name, err := s.Name()
	if err == nil && name != known {
		err = fmt.Errorf("%w: %s is called %q, the ledger knows %q: every worker of one ledger must share one folder; set evidence to it, or restore it from the backup",
			ErrFolder, dir, name, known)
	}
	return err
}

// checkFolder compares ledger and evidence, and changes neither.
func checkFolder(ctx context.Context, l *ledger.Ledger, cfg *config.Config) []Finding {
	known, err := l.Marked(ctx, folderMark)
	if err != nil || known == "" {
		return nil // said of the schema, or joined at the next run
	}
	s, err := evidence.OpenReading(cfg.EvidenceDir())
	if err == nil {
		defer s.Close()
		err = isFolder(s, known, cfg.EvidenceDir())
	}
	if err != nil {
		return []Finding{fail(err.Error(), "exhibits of this ledger are in another folder; the worker does not start", "mount or restore the folder that all workers of this ledger share, at "+cfg.EvidenceDir())}
	}
	return []Finding{ok("evidence folder %s is the one of this ledger", cfg.EvidenceDir())}
}
