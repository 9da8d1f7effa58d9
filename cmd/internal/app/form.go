package app

import (
	"cmp"
	"context"

	"dutydesk/config"
	"dutydesk/intake/webform"
	"dutydesk/workflow/sla"
)

// openForm prepares the report form, if there is to be one.
func (a *App) openForm(context.Context) (err error) {
	if !a.cfg.Form.Open || a.cfg.Web.Listen == "" {
		return nil
	}
	o, err := formOptions(a)
	if err != nil {
		return err
	}
	a.form, err = webform.New(o)
	return err
}

func formOptions(a *App) (o webform.Options, err error) {
	c := a.cfg
	times, err := Book(c)
	if err != nil {
		return o, err
	}
	o = webform.Options{Desk: a.Desk, Triage: c.Service.Organisation, Council: cmp.Or(c.Form.Council, c.Service.Name), Contact: cmp.Or(c.Form.Contact, c.Service.Address),
		Phone: c.Form.Phone, Lines: c.Form.Lines, Leave: c.Form.Leave, Within: times.Policy.Allowance(sla.Suggested(""), sla.Acknowledge).Words(), Secure: c.Environment == "production", Now: a.clock.Now, Log: a.log}
	for _, x := range c.Organisations {
		if x.Active {
			o.Orgs = append(o.Orgs, webform.Org{ID: x.ID, Name: x.Name, Uploads: x.Uploads})
		}
	}
	return o, nil
}

// checkForm looks at what the council has to decide about its form.
func checkForm(_ context.Context, cfg *config.Config) []Finding {
	if !cfg.Form.Open || cfg.Web.Listen == "" {
		return []Finding{ok("there is no report form")}
	}
	if cfg.Form.Phone == "" {
		return []Finding{warn("form.phone is empty", "people who cannot use the form, or whose report cannot be kept, are told of nobody to ring but 999 and 101",
			`write a number and its hours, such as phone = "01632 960 001, Monday to Friday, 9am to 5pm"`)}
	}
	return []Finding{ok("the report form is at http://%s/", cfg.Web.Listen)}
}
