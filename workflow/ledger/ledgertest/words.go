package ledgertest

import (
	"errors"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// What people write is kept, whatever bytes it is made of.
func words(b *book) {
	for name, text := range map[string]string{
		"nul": "a\x00b", "not utf-8": "caf\xe9 \xff\xfe", "long": strings.Repeat("ŵ", 32<<10), "quotes": `'; DROP TABLE cases; -- "$1"`,
		"beyond the first plane": "\U0001F6A8 \u202E", "line breaks": "a\r\nb\u2028c",
	} {
		b.on(name, func(b *book) {
			kept := strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", "\uFFFD"), "\uFFFD")
			c, x := b.opened(), letter(b.name("letter"), "")
			x.Detail = text
			b.update(func(tx *ledger.Tx) error {
				return tx.Store(casefile.Outcome{Case: c, Events: []casefile.Event{event(text)}}, []ledger.Letter{x}, noon)
			})
			b.wantChronology(c.Ref, "opened", kept)
			if got, err := b.Letter(b.Context(), x.ID); err != nil || got.Detail != kept {
				b.Errorf("letter: %q, %v", got.Detail, err)
			}
			a := b.arrived()
			a.State, a.Case, a.Why = ledger.OnCase, c.Ref, text
			b.update(func(tx *ledger.Tx) error {
				return tx.Dispose(a, []ledger.Exhibit{{N: 1, Name: text, Declared: text}})
			})
			xs, err := b.Exhibits(b.Context(), a.ID)
			if err != nil || len(xs) != 1 || xs[0].Name != kept {
				b.Errorf("exhibits: %v, %v", xs, err)
			}
			claim, err := b.Claim(b.Context(), "dispose/"+a.ID, noon, lease)
			b.must(err)
			b.must(b.Release(b.Context(), claim, noon, text))
		})
	}
}

// A lease is one holder's at a time, and a trouble is told of once.
func leases(b *book) {
	b.on("one holder", func(b *book) {
		take := func(holder string, at time.Time) bool {
			held, err := b.Lease(b.Context(), "mailbox", holder, at, at.Add(lease))
			b.must(err)
			return held
		}
		end := noon.Add(lease)
		for i, tt := range []struct {
			holder string
			at     time.Time
			want   bool
		}{
			{"one", noon, true}, {"two", noon, false}, {"one", noon, true}, {"two", end, false},
			{"two", end.Add(1 * time.Millisecond), true}, {"one", end.Add(time.Second), false},
		} {
			if held := take(tt.holder, tt.at); held != tt.want {
				b.Errorf("%d: %s holds it: %v, want %v", i, tt.holder, held, tt.want)
			}
		}
	})
	b.on("fifty want it, one gets it", func(b *book) {
		held := together(50, func(i int) error {
			held, err := b.Lease(background(b), "other", string(rune('A'+i)), noon, noon.Add(lease))
			if err != nil {
				b.Error(err)
			}
			if !held {
				return errRefused
			}
			return nil
		})
		if held != 1 {
			b.Errorf("%d hold it", held)
		}
	})
	b.on("a trouble is one from its beginning to its end", trouble)
}

func trouble(b *book) {
	for _, at := range []time.Time{noon, noon.Add(time.Hour)} {
		if t, err := b.Down(b.Context(), "redis", at); err != nil || !t.Since.Equal(noon) || !t.Told.IsZero() {
			b.Errorf("down: %+v, %v", t, err)
		}
	}
	b.wantOnce(func(tx *ledger.Tx) (bool, error) { return tx.ToldOf("redis", noon) })
	ends := 0
	for range 2 {
		b.update(func(tx *ledger.Tx) error {
			t, ended, err := tx.Up("redis")
			if ended {
				ends++
				if !t.Since.Equal(noon) || t.Told.IsZero() {
					b.Errorf("ended: %+v", t)
				}
			}
			return errors.Join(err)
		})
	}
	if ends != 1 {
		b.Errorf("it ended %d times", ends)
	}
}
