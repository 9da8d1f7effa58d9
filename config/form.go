package config

import "net/url"

// Form is the report form.
type Form struct {
	Open    bool     `toml:"open" default:"true" doc:"Whether the form is there; /livez and /readyz are in any case."`
	Council string   `toml:"council" default:"" doc:"Whose form it is, on top of every page; \"\" for service.name."`
	Phone   string   `toml:"phone" default:"" example:"01632 960 001, Monday to Friday, 9am to 5pm" doc:"Whom people ring who cannot use the form, or when it can keep no report: a number and its hours. 999 and 101 are on the pages in any case."`
	Contact string   `toml:"contact" default:"" form:"address" doc:"Mail address for questions about privacy and access; \"\" for service.address."`
	Lines   []string `toml:"help_lines" default:"[]" example:"[\"Samaritans, day and night: 116 123\"]" doc:"Other help, as it is to be read on every page. Check every number before you write it here."`
	Leave   string   `toml:"leave" default:"https://www.bbc.co.uk/weather" form:"page" doc:"Where \"leave this page\" leads: a site that anybody may have open."`
}

// httpPage wants the address of a page that every browser opens.
func httpPage(text string) (what, fix string) {
	const like = "write it like https://www.bbc.co.uk/weather"
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return "is no address of a page", like
	case u.Scheme != "https":
		return "is not encrypted", "it must begin with https://"
	case u.User != nil:
		return "holds a name or a password", like
	}
	return "", ""
}
