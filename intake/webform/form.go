package webform

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/templates"
)

// Desk keeps reports; [intake.Desk] is one.
type Desk interface {
	// Report keeps a delivery: nil is the promise. ref is "" while its case is
	// still being opened. The same key is the same report.
	Report(ctx context.Context, in intake.Delivery) (ref string, err error)
	// Reported looks for a report by its key.
	Reported(ctx context.Context, key string) (ref string, known bool, err error)
	// Draft takes a file that is not sent yet; a crash forgets it.
	Draft(ctx context.Context, r io.Reader) (*evidence.Draft, error)
}

// Org is an organisation that a report can be about.
type Org struct {
	ID, Name string
	Uploads  bool // files may be added to reports about it
}

// Options are what the form is made of. Desk, Now and Log are needed.
type Options struct {
	Desk    Desk
	Orgs    []Org    // in the order in which they are offered
	Triage  string   // id of the organisation that takes what belongs to nobody
	Council string   // whose pages these are
	Contact string   // whom to ask about privacy and access
	Phone   string   // whom to ring when the form does not work, "" for nobody
	Lines   []string // other help, as it is to be read
	Leave   string   // where "leave this page" leads: an absolute URL
	Within  string   // how soon a report is to be taken up, in words: "1 working hour"
	Secure  bool     // the cookie goes over HTTPS only
	PerFile int64    // bytes a file may have; 0 is 25 MB, as the pages say
	PerAll  int64    // bytes all files of a report may have; 0 is 100 MB
	Now     func() time.Time
	Log     *slog.Logger
}

// Form answers the pages. It is safe for concurrent use.
type Form struct {
	Options
	pages  *templates.Pages
	drafts *drafts
	crowd  crowd
	routes http.Handler
	style  string // path of the stylesheet
}

// New is a form that has no drafts yet.
func New(o Options) (*Form, error) {
	pages, err := templates.ParsePages()
	if err != nil {
		return nil, fmt.Errorf("report form: %w", err)
	}
	o.PerFile, o.PerAll = cmp.Or(o.PerFile, mostPerFile), cmp.Or(o.PerAll, mostPerDraft)
	f := &Form{Options: o, pages: pages, drafts: newDrafts(o.Now)}
	name, _ := pages.Style()
	f.style = "/s/" + name
	f.routes = f.guarded(f.mux())
	return f, nil
}

// ServeHTTP implements http.Handler.
func (f *Form) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.routes.ServeHTTP(w, r) }

// Run forgets drafts as their time comes, until ctx ends; then it forgets all.
func (f *Form) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	defer f.drafts.clear()
	for {
		select {
		case <-tick.C:
			f.drafts.sweep()
		case <-ctx.Done():
			return nil
		}
	}
}

func (f *Form) mux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", f.begin)
	mux.HandleFunc("POST /begin", f.start)
	mux.HandleFunc("GET /r/{n}", f.step)
	mux.HandleFunc("POST /r/{n}", f.step)
	mux.HandleFunc("GET /r/note", f.note)
	mux.HandleFunc("GET /leave", f.leave)
	mux.HandleFunc("GET /g/{n}", f.guide)
	mux.HandleFunc("GET /s/{name}", f.styles)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { f.odd(w, http.StatusNotFound, "odd.lost") })
	return mux
}

// org is the organisation by its id.
func (f *Form) org(id string) (o Org, ok bool) {
	for _, o := range f.Orgs {
		if o.ID == id {
			return o, true
		}
	}
	return o, false
}

// uploads reports whether files may be added to a report with these answers.
func (f *Form) uploads(a answers) bool {
	id := a.one("org")
	if id == unsure {
		id = f.Triage
	}
	o, ok := f.org(id)
	return ok && o.Uploads
}
