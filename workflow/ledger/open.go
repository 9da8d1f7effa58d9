package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	driver "modernc.org/sqlite" // registers "sqlite"
)

// ErrSchema reports a ledger written by a newer program, or settings of the
// database under which a commit would not be safe.
var ErrSchema = errors.New("ledger cannot be used by this program")

// ErrNone reports a ledger that was never begun: no file, an empty one, or a
// database without our tables.
var ErrNone = errors.New("there is no ledger yet: start \"dutydesk run\" once to make it")

// ErrOlder reports a ledger of an older program, which the worker brings up to
// date when it starts.
var ErrOlder = errors.New("the ledger is of an older program: start \"dutydesk run\" once to bring it up to date")

// ErrDamaged reports a file that is no whole database any more.
var ErrDamaged = errors.New("the ledger file is damaged: stop, keep a copy of it, and restore the backup")

// ErrAway reports a database that cannot be asked: it is down, refuses the
// login, or its file cannot be opened.
var ErrAway = errors.New("the ledger does not answer")

// damaged names what SQLite says of a damaged file (SQLITE_CORRUPT 11,
// SQLITE_NOTADB 26).
func damaged(err error) error {
	var e *driver.Error
	if errors.As(err, &e) && (e.Code()&0xff == 11 || e.Code()&0xff == 26) {
		return errors.Join(ErrDamaged, err)
	}
	return err
}

// Ledger is safe for concurrent use.
type Ledger struct {
	d     dialect
	write *sql.DB // one connection on SQLite
	read  *sql.DB
	line  *line // decisions waiting for the shared commit; nil on PostgreSQL

	instance string // who claims here

	stmts   map[string]*sql.Stmt // prepared on write; owned by commitTogether, like wanted and inserts
	wanted  []string             // asked for and not prepared yet
	inserts map[shape]string
}

// Open opens the ledger at target ("postgres://…", or the path of an SQLite
// file), brings its schema up to date and verifies that a commit is durable.
// The caller holds the lock on the data folder: goose would race otherwise.
func Open(ctx context.Context, target string) (*Ledger, error) {
	l := newLedger(target)
	if err := l.connect(target); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if err := l.ready(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger: %w", damaged(err)), l.closeHandles())
	}
	if l.d.together {
		l.line = newLine()
		go l.commitTogether()
	}
	return l, nil
}

// ready proves the settings before anything is written, and brings the schema
// up to date.
func (l *Ledger) ready(ctx context.Context) error {
	if err := l.verify(ctx); err != nil {
		return err
	}
	return l.migrate(ctx)
}

func newLedger(target string) *Ledger {
	l := &Ledger{d: sqlite, stmts: map[string]*sql.Stmt{}, inserts: map[shape]string{}}
	if strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://") {
		l.d = postgres
	}
	return l
}

// As names the process that claims jobs; the name lasts over its restarts. It
// is called before anything is claimed.
func (l *Ledger) As(instance string) { l.instance = instance }

// connect opens the handles; nothing is sent yet.
func (l *Ledger) connect(target string) (err error) {
	if l.d.name == "postgres" {
		l.write, err = sql.Open("pgx", letGo(target))
		if err == nil {
			l.write.SetMaxOpenConns(24)
			l.write.SetMaxIdleConns(24)
			l.write.SetConnMaxIdleTime(5 * time.Minute)
		}
		l.read = l.write
		return err
	}
	if l.write, err = sql.Open("sqlite", sqliteName(target, "&_pragma=cache_size(-32000)&_txlock=immediate")); err != nil {
		return err
	}
	l.write.SetMaxOpenConns(1)
	l.read, err = sql.Open("sqlite", sqliteName(target, readOnly))
	if err == nil {
		l.read.SetMaxOpenConns(4)
		l.read.SetMaxIdleConns(4)
	}
	return err
}

// letGo has the server end transactions that nothing is heard of for ten
// seconds, unless the URL says otherwise: a worker that froze in the middle of a
// decision must not hold up the others (F62).
func letGo(target string) string {
	const name = "idle_in_transaction_session_timeout"
	if strings.Contains(target, name) {
		return target
	}
	return target + options(target) + name + "=10s"
}

const readOnly = "&mode=ro&_pragma=query_only(1)&_pragma=cache_size(-4000)"

// sqliteName is the data source name of an SQLite file with the settings that
// make a commit durable, and some that make it cheap: a write-ahead log of
// 16 MB between checkpoints, statement journals in memory.
func sqliteName(path, more string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	return u.String() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)" + more
}

// migrate brings the schema up to date, forward only.
func (l *Ledger) migrate(ctx context.Context) error {
	files, err := l.d.files()
	if err != nil {
		return err
	}
	opts := []goose.ProviderOption{goose.WithSlog(slog.New(slog.DiscardHandler))}
	dialect := goose.DialectSQLite3
	if l.d.name == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // seconds, tries
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, l.write, files, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > want {
		return fmt.Errorf("schema %d is newer than this program's %d, start the newer program: %w", have, want, ErrSchema)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// verify proves the settings that durability rests on: a misspelt data source
// name is ignored by the driver without a word.
func (l *Ledger) verify(ctx context.Context) error {
	facts, err := l.Settings(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	for _, f := range facts {
		if !f.OK {
			return fmt.Errorf("%s is %q, must be %s: %w", f.Name, f.Value, f.Want, ErrSchema)
		}
	}
	return nil
}

// Close waits for the decisions under way and closes the database.
func (l *Ledger) Close() error {
	if l.line != nil {
		l.line.close()
	}
	return l.closeHandles()
}

func (l *Ledger) closeHandles() error {
	if l.read == l.write {
		return l.write.Close()
	}
	return errors.Join(l.read.Close(), l.write.Close())
}
