package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"dutydesk/intake/mailbox"
	"dutydesk/workflow/ledger"
)

// Metrics are the desk's numbers. Labels come from fixed words only.
type Metrics struct {
	Registry *prometheus.Registry
	done     *prometheus.CounterVec
	late     *prometheus.HistogramVec
	twice    prometheus.Counter
	success  *prometheus.GaugeVec
	vanished *prometheus.GaugeVec
}

// NewMetrics makes the numbers; those that the ledger knows are counted there
// when they are asked for, so they survive a restart.
func NewMetrics(l *ledger.Ledger, now func() time.Time, log *slog.Logger) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		done:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dutydesk_jobs_done_total", Help: "Jobs done, by kind and by what rang them."}, []string{"kind", "via"}),
		late: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "dutydesk_job_lateness_seconds", Help: "Time between due and done.",
			Buckets: []float64{.05, .1, .25, .5, 1, 1.5, 2.5, 5, 10, 30, 60, 300}}, []string{"kind"}),
		twice:    prometheus.NewCounter(prometheus.CounterOpts{Name: "dutydesk_letters_maybe_twice_total", Help: "Letters sent again under the same Message-ID because an earlier try may have gone."}),
		success:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "dutydesk_intake_last_success_seconds", Help: "Unix time of the last good look at a mailbox."}, []string{"mailbox"}),
		vanished: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "dutydesk_intake_vanished", Help: "Messages that disappeared before they were taken in, since start."}, []string{"mailbox"}),
	}
	m.Registry.MustRegister(m.done, m.late, m.twice, m.success, m.vanished, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), books{l, now, log})
	return m
}

// Done counts a job.
func (m *Metrics) Done(kind ledger.Kind, via string, lateness time.Duration) {
	m.done.WithLabelValues(string(kind), via).Inc()
	m.late.WithLabelValues(string(kind)).Observe(max(0, lateness.Seconds()))
}

// Letter counts what became of a try to send.
func (m *Metrics) Letter(_ ledger.LetterState, twice bool) {
	if twice {
		m.twice.Inc()
	}
}

// Mailbox records how a watch stands.
func (m *Metrics) Mailbox(s mailbox.Status) {
	if !s.LastSuccess.IsZero() {
		m.success.WithLabelValues(s.Mailbox).Set(float64(s.LastSuccess.Unix()))
	}
	m.vanished.WithLabelValues(s.Mailbox).Set(float64(s.Vanished))
}

// books counts rows of the ledger whenever somebody looks.
type books struct {
	ledger *ledger.Ledger
	now    func() time.Time
	log    *slog.Logger
}

var (
	arrivalsTotal = prometheus.NewDesc("dutydesk_arrivals_total", "Arrivals sealed, by door.", []string{"door"}, nil)
	casesOpen     = prometheus.NewDesc("dutydesk_cases_open", "Cases that are not closed, by state.", []string{"state"}, nil)
	lettersTotal  = prometheus.NewDesc("dutydesk_letters_total", "Letters, by state.", []string{"state"}, nil)
	jobsOverdue   = prometheus.NewDesc("dutydesk_jobs_overdue", "Jobs more than a minute late, by kind.", []string{"kind"}, nil)
)

// Describe implements prometheus.Collector.
func (b books) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{arrivalsTotal, casesOpen, lettersTotal, lettersUnwritten, jobsOverdue} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. A ledger that does not answer gives
// no numbers rather than wrong ones.
func (b books) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	b.send(ch, arrivalsTotal, prometheus.CounterValue, func() ([]ledger.Count, error) { return b.ledger.ArrivalCounts(ctx) }, "")
	b.send(ch, casesOpen, prometheus.GaugeValue, func() ([]ledger.Count, error) { return b.ledger.CaseCounts(ctx) }, "CLOSED")
	b.send(ch, lettersTotal, prometheus.GaugeValue, func() ([]ledger.Count, error) { return b.ledger.LetterCounts(ctx) }, "")
	b.send(ch, jobsOverdue, prometheus.GaugeValue, func() ([]ledger.Count, error) {
		return everyKind(b.ledger.OverdueCounts(ctx, b.now().Add(-time.Minute)))
	}, "")
	b.unwritten(ctx, ch)
}

// everyKind puts 0 for each kind of job that was not counted: an alert on a
// number that is absent never rings.
func everyKind(counts []ledger.Count, err error) ([]ledger.Count, error) {
	for _, kind := range []ledger.Kind{ledger.DisposeJob, ledger.LetterJob, ledger.AlarmJob, ledger.TickJob} {
		if !slices.ContainsFunc(counts, func(c ledger.Count) bool { return c.Name == string(kind) }) {
			counts = append(counts, ledger.Count{Name: string(kind)})
		}
	}
	return counts, err
}

func (b books) send(ch chan<- prometheus.Metric, d *prometheus.Desc, t prometheus.ValueType, count func() ([]ledger.Count, error), not string) {
	counts, err := count()
	if err != nil {
		b.log.Warn("metrics: ledger does not answer")
		return
	}
	for _, c := range counts {
		if c.Name != not {
			ch <- prometheus.MustNewConstMetric(d, t, float64(c.N), c.Name)
		}
	}
}
