package ledger

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"testing/fstest"
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
	out := fstest.MapFS{}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, err
		}
		done := appendOnlyLine.ReplaceAllFunc(text, func(line []byte) []byte {
			table := appendOnlyLine.FindSubmatch(line)[1]
			return fmt.Appendf(nil, "-- +goose StatementBegin%s\n-- +goose StatementEnd", fmt.Sprintf(d.appendOnly, table))
		})
		out[name[len("migrations/"):]] = &fstest.MapFile{Data: done, Mode: 0o444}
	}
	return out, nil
}
