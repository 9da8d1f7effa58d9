package ledger

import "dutydesk/workflow/casefile"

// pending is what decisions have written and the database was not told yet.
// Rows of one kind go to it together, those of many decisions at once where
// they share a commit. The zero value is empty.
type pending struct {
	keys    map[string]bool // jobs by id, letters by the job that sends them
	cases   map[casefile.Ref]standing
	events  []any // of eventWidth each
	letters []any // of letterWidth each
	jobs    []any // of jobWidth each
	settled []any // ids of alarms that were answered
	alerts  []any // of alertWidth each
	at      int64 // when
	broken  bool  // the database refused some of it

	ahead   map[string]ringing   // alarms that were read before their turn, by job
	recent  map[crowded]int      // alerts that people had, these included
	digests map[string]gathering // the digests that are open, by person
}

// standing is a case with what the ledger itself keeps of it.
type standing struct {
	casefile.Case
	next   int    // sequence number of the next event
	alarms string // the jobs of those it waits for, space separated
}

func (p *pending) empty() bool {
	return len(p.cases)+len(p.events)+len(p.letters)+len(p.jobs)+len(p.settled)+len(p.alerts)+p.lines() == 0
}

func (p *pending) has(table string) bool {
	switch table {
	case "cases":
		return len(p.cases) > 0
	case "events":
		return len(p.events) > 0
	case "letters":
		return len(p.letters) > 0
	case "digests":
		return p.lines() > 0
	}
	return len(p.jobs)+len(p.settled) > 0
}

func (p *pending) key(id string) {
	if p.keys == nil {
		p.keys = map[string]bool{}
	}
	p.keys[id] = true
}

func (p *pending) stand(s standing) {
	if p.cases == nil {
		p.cases = map[casefile.Ref]standing{}
	}
	p.cases[s.Ref] = s
}

// add takes over what a later decision wrote.
func (p *pending) add(q *pending) {
	if q.empty() {
		return
	}
	if p.empty() {
		ahead := p.ahead
		*p = *q
		p.ahead = ahead
		return
	}
	for id := range q.keys {
		p.key(id)
	}
	for _, s := range q.cases {
		p.stand(s)
	}
	p.events = append(p.events, q.events...)
	p.letters = append(p.letters, q.letters...)
	p.jobs = append(p.jobs, q.jobs...)
	p.settled = append(p.settled, q.settled...)
	p.alerts = append(p.alerts, q.alerts...)
	p.gather(q)
	p.at = max(p.at, q.at)
}

// flush writes what is pending, of this decision and of those before it.
func (t *Tx) flush() error {
	wrote := t.wrote || !t.own.empty()
	t.before.add(&t.own)
	all := *t.before
	*t.before, t.own = pending{}, pending{}
	err := t.write(&all)
	t.wrote, t.before.broken = wrote || err != nil, err != nil
	return err
}

const (
	caseWidth   = 24
	eventWidth  = 7
	letterWidth = 13
	jobWidth    = 7
	alertWidth  = 5
)

// write tells the database. Alarms that were answered come before those that
// are set, since one may be set again in the same commit.
func (t *Tx) write(p *pending) error {
	cases := make([]any, 0, caseWidth*len(p.cases))
	for _, s := range p.cases {
		cases = append(cases, s.row()...)
	}
	for _, b := range []struct {
		head, tail string
		width      int
		rows       []any
	}{
		{`cases (` + standingColumns + `) VALUES `, standingUpdate, caseWidth, cases},
		{`events (case_ref, seq, at, actor, verb, note, arrival) VALUES `, ``, eventWidth, p.events},
		{`letters (id, case_ref, kind, person, role, rung, detail, token_hash, created_at, give_up_at, state, address, digest) VALUES `, ``, letterWidth, p.letters},
		{`alerts (person, at, ref, kind, crowd) VALUES `, ` ON CONFLICT DO NOTHING`, alertWidth, p.alerts},
	} {
		if err := t.bulk(b.head, b.tail, b.width, b.rows); err != nil {
			return err
		}
	}
	if err := t.lengthen(p.digests); err != nil {
		return err
	}
	if err := t.settle(p.settled, p.at); err != nil {
		return err
	}
	return t.bulk(`jobs (id, kind, subject, due_at, urgent, offer, offered_at) VALUES `, jobUpdate, jobWidth, p.jobs)
}

// bulk inserts rows, many with one statement. If it fails so does the commit.
func (t *Tx) bulk(head, tail string, width int, rows []any) error {
	for len(rows) > 0 {
		n := portion(len(rows) / width)
		if _, err := t.run(t.l.insert(shape{head, tail, n, width}), rows[:n*width]...); err != nil {
			return err
		}
		rows = rows[n*width:]
	}
	return nil
}

// shape is what an insert of rows is made of.
type shape struct {
	head, tail  string
	rows, width int
}

// insert is the statement of a shape. The one writer of SQLite remembers those
// it has built.
func (l *Ledger) insert(s shape) string {
	text, ok := l.inserts[s]
	if !ok {
		text = `INSERT ` + l.d.orFail + `INTO ` + s.head + tuples(s.rows, s.width) + s.tail
	}
	if !ok && l.d.together {
		l.inserts[s] = text
	}
	return text
}

const settleText = `jobs SET done_at = $1 WHERE done_at = 0 AND id IN (`

// settle marks alarms as answered.
func (t *Tx) settle(ids []any, at int64) error {
	for len(ids) > 0 {
		n := portion(len(ids))
		if _, err := t.run(`UPDATE `+t.l.d.orFail+settleText+places(2, n)+")", append([]any{at}, ids[:n]...)...); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// portion is how many of n rows one statement takes. There are few sizes, so
// that few statements are prepared.
func portion(n int) int {
	for _, size := range []int{64, 16} {
		if n >= size {
			return size
		}
	}
	return min(n, 4)
}
