package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// canaries are words that stand in a report wherever a person can put one.
var canaries = []string{"CANARYNAME", "CANARYSUBJECT", "CANARYTEXT", "CANARYFILE", "CANARYBYTES", "canaryid", "canarylocal", "CANARYNOTE"}

// Nothing of a report gets into logs, numbers, Redis, subjects or minimal
// letters, and no byte of evidence leaves by mail; not even when things fail.
func TestPrivacy(t *testing.T) {
	w := newWorld(t, options{acknowledge: "5s", extra: "[log]\nlevel = \"debug\"\n"})
	w.start()
	raw := realtest.Mail("CANARYNAME <canarylocal@college.example>", "safeguarding@council.example", "CANARYSUBJECT", "CANARYTEXT",
		realtest.Attachment{Name: "CANARYFILE.txt", Bytes: []byte("CANARYBYTES")})
	w.imap.Deliver("desk", append([]byte("Message-ID: <canaryid@college.example>\r\n"), raw...))
	opened := w.letter("lead", "ew concern")
	w.post.Stop()
	w.must(w.redis.Client().FlushAll(t.Context()).Err())
	dump := w.redisDump()
	w.post.Start()
	w.letter("la-lead", "late")
	w.reply(opened, address("lead"), "ACK\r\nCANARYNOTE")
	w.state("ACKNOWLEDGED")
	dump += w.redisDump()
	w.reply(opened, "canarylocal@college.example", "CLOSE because CANARYNOTE")
	w.letter("deputy", "could not be trusted")
	places := map[string]string{"log": w.worker.Stderr() + w.worker.Stdout(), "redis": dump, "readyz": w.ready(), "metrics": w.metrics()}
	for i, a := range w.post.All() {
		places[fmt.Sprintf("letter %d", i)] = string(a.Raw) + flat(a.Raw)
	}
	for place, text := range places {
		for _, c := range canaries {
			if strings.Contains(text, c) {
				t.Errorf("%s holds %s", place, c)
			}
		}
	}
	if !strings.Contains(places["metrics"], "dutydesk_arrivals_total") || len(dump) == 0 {
		t.Errorf("nothing was looked at: %d bytes of Redis, metrics %.80q", len(dump), places["metrics"])
	}
}

// redisDump is everything in Redis, keys and values.
func (w *world) redisDump() string {
	w.t.Helper()
	var b strings.Builder
	c := w.redis.Client()
	realtest.Poll(w.t, 10*time.Second, "keys in Redis", func() error {
		keys, err := c.Keys(w.t.Context(), "*").Result()
		if err != nil || len(keys) == 0 {
			return fmt.Errorf("%d keys: %w", len(keys), err)
		}
		for _, k := range keys {
			v, err := c.Dump(w.t.Context(), k).Result()
			if err == nil {
				b.WriteString(k + " " + v + "\n")
			}
		}
		return nil
	})
	return b.String()
}

func (w *world) ready() string {
	_, body := w.get("/readyz")
	return body
}

// Every number that the README promises is there, and says what happened.
func TestMetrics(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	w.concern("please help")
	w.letter("lead", "ew concern")
	w.letter("deputy", "ew concern")
	w.allSent()
	text := w.metrics()
	for _, want := range []string{
		`dutydesk_arrivals_total{door="mail"} 1`, `dutydesk_cases_open{state="SUBMITTED"} 1`, `dutydesk_letters_total{state="sent"} 2`,
		`dutydesk_jobs_done_total{kind="letter",via="queue"} 2`, `dutydesk_job_lateness_seconds_count{kind="dispose"} 1`,
		`dutydesk_intake_last_success_seconds{mailbox="main"} `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if code, body := w.get("/livez"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("livez: %d %q", code, body)
	}
}

// metrics asks the loopback listener for numbers.
func (w *world) metrics() string {
	_, body := w.ask(w.numbers, "/metrics")
	return body
}
