package ledger

import "dutydesk/workflow/casefile"

// crowded is whose alerts are counted together.
type crowded struct {
	person string
	crowd  casefile.Crowd
}

// gathering is a digest that takes lines.
type gathering struct {
	letter string
	lines  int // that it has, those that the database was not told included
	more   int // those
}

func (p *pending) alert(key crowded, n int) {
	if p.recent == nil {
		p.recent = map[crowded]int{}
	}
	p.recent[key] = n
}

func (p *pending) open(person string, g gathering) {
	if p.digests == nil {
		p.digests = map[string]gathering{}
	}
	p.digests[person] = g
}

// lines are those that the database was not told of.
func (p *pending) lines() (n int) {
	for _, g := range p.digests {
		n += g.more
	}
	return n
}

// gather takes over what a later decision counted, on top of this.
func (p *pending) gather(q *pending) {
	for key, n := range q.recent {
		p.alert(key, n)
	}
	for person, g := range q.digests {
		p.open(person, g)
	}
}

// lengthen tells the database how many lines digests have.
func (t *Tx) lengthen(digests map[string]gathering) error {
	for _, g := range digests {
		if g.more == 0 {
			continue
		}
		if _, err := t.run(`UPDATE digests SET lines = lines + $1 WHERE letter = $2`, g.more, g.letter); err != nil {
			return err
		}
	}
	return nil
}

// execDigests is exec for a statement that changes which digests are open: the
// database is asked again by whoever comes next.
func (t *Tx) execDigests(text string, args ...any) (int64, error) {
	n, err := t.exec(text, args...)
	t.own.digests, t.before.digests = nil, nil
	return n, err
}
