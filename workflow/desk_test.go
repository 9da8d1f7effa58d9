package workflow_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// noon is when the stories begin.
var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// desk is an office with a clock that the test moves and a ledger on disk.
type desk struct {
	*workflow.Office
	t testing.TB

	mu      sync.Mutex
	clock   time.Time
	offered []ledger.Job
	n       int
}

func newDesk(t testing.TB) *desk {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{t: t, clock: noon}
	d.Office = &workflow.Office{Ledger: l, Rules: casefile.Rules{Policy: sla.Default(), Roster: roster()},
		Key: workflow.Key("a key for tests, 32 bytes long.."), Prefix: "SG-", Now: d.now, Reminder: d}
	return d
}

// roster has a council with two providers.
func roster() casefile.Roster {
	people := map[string]casefile.Person{}
	for _, id := range []string{"lead", "deputy", "other-lead", "other-deputy", "service-lead", "la-lead", "senior", "executive", "manager"} {
		people[id] = casefile.Person{ID: id, Name: "The " + id, Address: id + "@council.example"}
	}
	return casefile.Roster{
		People: people,
		Orgs: map[string]casefile.Org{
			"org":   {ID: "org", Name: "Org", Lead: "lead", Deputy: "deputy"},
			"other": {ID: "other", Name: "Other", Lead: "other-lead", Deputy: "other-deputy"},
		},
		Triage: "org", ServiceLead: "service-lead", LALead: "la-lead", SeniorOfficer: "senior", Executive: "executive", Managers: []string{"manager"},
	}
}

// Offer records what the queue was offered.
func (d *desk) Offer(jobs ...ledger.Job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.offered = append(d.offered, jobs...)
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

func (d *desk) forward(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(by)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// arrive seals a mail with these words and claims its disposition.
func (d *desk) arrive(words string) workflow.Arrived {
	d.mu.Lock()
	d.n++
	d.clock = d.clock.Add(time.Millisecond)
	id, at := fmt.Sprintf("arrival%07d", d.n), d.clock
	d.mu.Unlock()
	a := ledger.Arrival{ID: id, Door: "mail", Mailbox: "inbox", Org: "org", Key: "mail/" + id, SHA256: digest(words), Size: int64(len(words)), Received: at}
	job, fresh, err := d.Ledger.Arrive(d.t.Context(), a)
	if err != nil || !fresh {
		d.t.Fatalf("arrive: fresh %v, %v", fresh, err)
	}
	c, err := d.Ledger.Claim(d.t.Context(), job.ID, d.now(), time.Minute)
	if err != nil {
		d.t.Fatalf("claim: %v", err)
	}
	return workflow.Arrived{Arrival: a, Claim: c}
}

// open opens a case for a mail with these words.
func (d *desk) open(words string) workflow.Arrived {
	a := d.arrive(words)
	if err := d.Office.Open(d.t.Context(), a, ""); err != nil {
		d.t.Fatal(err)
	}
	return a
}
