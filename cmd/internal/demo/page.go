package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// PageOptions of a demo with a page.
type PageOptions struct {
	Listen string  // host:port on this machine; port 0 is any that is free
	Speed  float64 // desk seconds in a real second
	Log    *slog.Logger
}

// ErrListen reports a page that others on the network could open.
var ErrListen = errors.New("the page is for this machine only: listen on 127.0.0.1, [::1] or localhost")

// Serve runs a demo with its page until ctx ends, and says on out what to open
// and what to try. It ends within two seconds; a clean end is no error.
func Serve(ctx context.Context, o PageOptions, out io.Writer) (err error) {
	l, err := listen(ctx, o.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	d, err := Start(ctx, Options{Speed: o.Speed, Log: o.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	page, err := NewPage(d)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, welcome, l.Addr(), pace(o.Speed), d.Config)
	return d.serve(ctx, l, page)
}

const welcome = `A council in a box is open. Nothing leaves this machine.

  Open      http://%s/

  Try this  1. Press Send as the learner, and watch the case open.
            2. Open the letter that the lead got. Do not answer it.
            3. Press Skip, twice: nobody answered, the breach climbs.
            4. Answer ACK as the deputy, and read what became of it.

  The clock %s.
  The desk's own commands work on it, from another terminal:
            dutydesk case list -c %s

  Ctrl-C ends it and removes everything.
`

// pace is how fast the clock runs, in words.
func pace(speed float64) string {
	switch speed {
	case 0:
		return "stands still"
	case 1:
		return "runs as fast as yours"
	}
	hour := time.Duration(float64(time.Hour) / speed)
	if hour < time.Minute {
		return "runs fast: an hour passes in " + amount(int(hour.Seconds()), "second")
	}
	return "runs fast: an hour passes in " + amount(int(hour.Minutes()), "minute")
}

// listen opens a port that only this machine reaches.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrListen, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, ErrListen
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("open page: %w", err)
	}
	return l, nil
}

// serve answers on l until ctx ends or the desk stops.
func (d *Demo) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-d.ended:
		d.ended <- err
		err = fmt.Errorf("the desk stopped: %w", err)
	case err = <-served:
		return fmt.Errorf("serve page: %w", err)
	}
	s.Close()
	<-served
	return err
}

// Page is the demo's page: six mailboxes, the case and the clock.
type Page struct {
	*Demo
	words *template.Template
	mux   *http.ServeMux
}

//go:embed page
var files embed.FS

// NewPage is the page of a demo.
func NewPage(d *Demo) (*Page, error) {
	words, err := template.New("").Option("missingkey=error").ParseFS(files, "page/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	p := &Page{Demo: d, words: words, mux: http.NewServeMux()}
	for pattern, do := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":                              p.home,
		"GET /box/{person}":                     p.box,
		"GET /box/{person}/{folder}/{uid}":      p.letter,
		"GET /box/{person}/{folder}/{uid}/body": p.body,
		"GET /write/{person}":                   p.write,
		"POST /write/{person}":                  p.send,
		"POST /clock":                           p.turn,
	} {
		p.mux.HandleFunc(pattern, p.answer(do))
	}
	p.mux.HandleFunc("GET /page.css", static("page/page.css"))
	p.mux.HandleFunc("GET /page.js", static("page/page.js"))
	return p, nil
}

func static(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) }
}

// policy lets the page load nothing but its own style, script and letters.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP implements http.Handler. It answers to the names of this machine
// only, so that no other site can lead a browser here under its own name, and
// takes forms from its own pages only.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		http.Error(w, "this page answers to 127.0.0.1 and localhost only", http.StatusMisdirectedRequest)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	http.NewCrossOriginProtection().Handler(p.mux).ServeHTTP(w, r)
}

// answer turns what a handler returns into an answer. What went wrong inside is
// neither shown nor logged: it may hold somebody's mail.
func (p *Page) answer(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var tooBig *http.MaxBytesError
		switch err := do(w, r); {
		case err == nil:
		case errors.Is(err, ErrNobody):
			http.Error(w, "There is no such mailbox or mail here.", http.StatusNotFound)
		case errors.As(err, &tooBig):
			http.Error(w, "That is too big for the demo: 5 MB at most.", http.StatusRequestEntityTooLarge)
		default:
			http.Error(w, "That went wrong. Go back and try again.", http.StatusInternalServerError)
		}
	}
}
