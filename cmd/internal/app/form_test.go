package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dutydesk/config"
)

// The public listener shows the report form unless the council has closed it;
// whether the worker lives is told in any case.
func TestFormIsShown(t *testing.T) {
	for _, tt := range []struct {
		open   bool
		status int
	}{{true, http.StatusOK}, {false, http.StatusNotFound}} {
		a := at(t, "127.0.0.1:0", "", io.Discard)
		a.clock, a.cfg.Form = RealClock(), config.Form{Open: tt.open, Leave: "https://weather.example/", Phone: "01632 960 001"}
		a.cfg.Service = config.Service{Name: "Skills desk", Address: "desk@council.example", Organisation: "service"}
		a.cfg.Organisations = []config.Organisation{{ID: "service", Name: "Skills", Active: true}, {ID: "old", Name: "Closed College"}}
		if err := a.openForm(t.Context()); err != nil {
			t.Fatal(err)
		}
		if status, page := asked(a.public(), "/"); status != tt.status || tt.open != strings.Contains(page, "Skills desk") || tt.open != strings.Contains(page, "01632 960 001") {
			t.Errorf("open %v: %d %s", tt.open, status, page)
		}
		if status, _ := asked(a.public(), "/livez"); status != http.StatusOK {
			t.Errorf("open %v: /livez is %d", tt.open, status)
		}
		if o, err := formOptions(a); err != nil || o.Within != "1 working hour" || len(o.Orgs) != 1 || o.Orgs[0].Uploads || o.Contact != "desk@council.example" || o.Secure {
			t.Errorf("%+v", o)
		}
		a.cfg.Environment = "production"
		if o, err := formOptions(a); err != nil || !o.Secure {
			t.Error("in production the cookie goes over HTTP")
		}
	}
}

func asked(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// The doctor says that nobody can be rung.
func TestDoctorForm(t *testing.T) {
	cfg := &config.Config{Web: config.Web{Listen: "127.0.0.1:8080"}, Form: config.Form{Open: true}}
	if f := checkForm(t.Context(), cfg); len(f) != 1 || f[0].Grade != Warn || !strings.Contains(f[0].Fix, "phone = ") {
		t.Errorf("%+v", f)
	}
	cfg.Form.Phone = "01632 960 001"
	if f := checkForm(t.Context(), cfg); len(f) != 1 || f[0].Grade != OK {
		t.Errorf("%+v", f)
	}
}
