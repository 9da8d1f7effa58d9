package mailbox

import (
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"pgregory.net/rapid"
)

// Among ten thousand waiting mails a new one is the second at most, and the
// oldest still move on.
func TestPlanIsFair(t *testing.T) {
	f := newFolder(1)
	for i := range 10_000 {
		f.plan.add([]imap.UID{imap.UID(i + 1)})
	}
	now := time.Now()
	for range 100 {
		f.plan.next(now)
	}
	f.plan.add([]imap.UID{20_000})
	first, _ := f.plan.next(now)
	second, _ := f.plan.next(now)
	if first != 20_000 && second != 20_000 {
		t.Errorf("the new one is hidden behind %d and %d", first, second)
	}
	if first != 51 && second != 51 {
		t.Errorf("the oldest does not move: %d, %d", first, second)
	}
}

// A failed message waits longer each time, but never for ever, and is not
// starved by a backlog.
func TestPlanTriesAgain(t *testing.T) {
	f, now := newFolder(1), time.Now()
	f.plan.failed(7, now)
	f.plan.add([]imap.UID{1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
	turns := 1
	for uid, _ := f.plan.next(now); uid != 7; uid, _ = f.plan.next(now) {
		turns++
	}
	if turns > 8 {
		t.Errorf("tried again after %d others", turns)
	}
	var last time.Duration
	for range 20 {
		wait := f.plan.failed(7, now).again.Sub(now)
		if wait < last || wait > trialLongest {
			t.Errorf("waits %v after %v", wait, last)
		}
		last = wait
	}
	if last != trialLongest {
		t.Errorf("waits %v in the end", last)
	}
}

// Whatever comes, fails and goes: each planned message is given out exactly
// once until it fails, and none is forgotten.
func TestPlanLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, now := &newFolder(1).plan, time.Now()
		owed, next := make(map[imap.UID]bool), imap.UID(1)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "act") {
			case 0:
				next += imap.UID(rapid.IntRange(1, 3).Draw(t, "gap"))
				p.add([]imap.UID{next})
				owed[next] = true
			case 1:
				if uid, ok := p.next(now); ok {
					if !owed[uid] {
						t.Fatalf("%d given out twice", uid)
					}
					if delete(owed, uid); rapid.Bool().Draw(t, "fails") {
						p.failed(uid, now)
						owed[uid] = true
					} else {
						delete(p.trials, uid)
					}
				}
			case 2:
				now = now.Add(time.Second)
			}
		}
		for range 2 * len(owed) {
			now = now.Add(trialLongest)
			if uid, ok := p.next(now); ok {
				delete(owed, uid)
				delete(p.trials, uid)
			}
		}
		if len(owed) > 0 {
			t.Fatalf("forgotten: %v", owed)
		}
	})
}

// Gaps in the numbers are messages that came and went unseen; what we hold or
// took ourselves is none, and nothing before the first look is.
func TestT22Gaps(t *testing.T) {
	for name, c := range map[string]struct {
		next   imap.UID
		list   []imap.UID
		uidNxt imap.UID
		ours   []imap.UID
		want   int
	}{
		"first look":      {0, []imap.UID{5, 9}, 12, nil, 0},
		"nothing new":     {10, []imap.UID{3}, 10, nil, 0},
		"all there":       {10, []imap.UID{10, 11}, 12, nil, 0},
		"one between":     {10, []imap.UID{10, 12}, 13, nil, 1},
		"one at the end":  {10, []imap.UID{10}, 12, nil, 1},
		"all gone":        {10, nil, 15, nil, 5},
		"ours is none":    {10, []imap.UID{12}, 13, []imap.UID{10, 11}, 0},
		"no UIDNEXT":      {10, []imap.UID{11}, 0, nil, 1},
		"highest number":  {4294967294, []imap.UID{4294967295}, 0, nil, 1},
		"lower than next": {10, []imap.UID{1, 2}, 5, nil, 0},
	} {
		f := newFolder(1)
		f.next = c.next
		for _, uid := range c.ours {
			f.known[uid] = true
		}
		set, n := f.gaps(listing{from: 1, uids: c.list, next: c.uidNxt})
		if n != c.want {
			t.Errorf("%s: %d gone (%v), want %d", name, n, set, c.want)
		}
	}
}
