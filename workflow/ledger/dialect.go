package ledger

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
)

//go:embed migrations/*.sql
var migrations embed.FS

// dialect is what differs between the two databases; everything else is one
// SQL text.
type dialect struct {
	name       string // as goose and config call it
	lock       string // suffix that locks the rows read
	lockCase   string // the same for the case in a join
	skip       string // suffix that locks the rows nobody else holds
	appendOnly string // statement that makes a table refuse change, %[1]s is the table
	orFail     string // lets a statement fail half-way, which is cheaper where the transaction is given up then
	begun      string // query that says whether the schema was ever begun
	together   bool   // many decisions share one commit
}

var sqlite = dialect{
	name:     "sqlite",
	orFail:   "OR FAIL ",
	begun:    "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'goose_db_version'",
	together: true,
	appendOnly: `
CREATE TRIGGER %[1]s_keep BEFORE UPDATE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s is append-only'); END;
CREATE TRIGGER %[1]s_stay BEFORE DELETE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s is append-only'); END;`,
}

var postgres = dialect{
	name: "postgres",
	lock: " FOR UPDATE", lockCase: " FOR UPDATE OF cases",
	skip:  " FOR UPDATE SKIP LOCKED",
	begun: "SELECT to_regclass('goose_db_version') IS NOT NULL",
	appendOnly: `
CREATE FUNCTION %[1]s_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '%[1]s is append-only'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER %[1]s_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON %[1]s EXECUTE FUNCTION %[1]s_refuse();`,
}

var appendOnlyLine = regexp.MustCompile(`(?m)^-- append-only: (\w+)$`)

// files are the migrations in this dialect. A released file is never edited; a
// mistake is repaired by the next.
func (d dialect) files() (fs.FS, error) {
	all, err := fs.Sub(migrations, "migrations")
	return translated{all, d}, err
}

// translated is a folder of migrations whose files read as a dialect has them.
type translated struct {
	fs.FS
	d dialect
}

// Open implements fs.FS.
func (t translated) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if _, dir := f.(fs.ReadDirFile); dir {
		return f, nil
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return migration{f, bytes.NewReader(t.d.translate(text))}, nil
}

// translate writes out what a migration only names.
func (d dialect) translate(text []byte) []byte {
	return appendOnlyLine.ReplaceAllFunc(text, func(line []byte) []byte {
		table := appendOnlyLine.FindSubmatch(line)[1]
		return fmt.Appendf(nil, "-- +goose StatementBegin%s\n-- +goose StatementEnd", fmt.Sprintf(d.appendOnly, table))
	})
}

// migration is a file that reads as another text.
type migration struct {
	fs.File
	text io.Reader
}

// Read implements io.Reader.
func (m migration) Read(b []byte) (int, error) { return m.text.Read(b) }
