package sla

import (
	"bytes"
	_ "embed" // for the bank holidays
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// published is the division england-and-wales of GOV.UK's own data, unchanged:
// https://www.gov.uk/bank-holidays.json, years 2018 to 2027. Contains public
// sector information licensed under the Open Government Licence v3.0.
//
//go:embed holidays.json
var published []byte

const (
	division    = "england-and-wales"
	fewest      = 8       // bank holidays that every year has had since 1978
	mostInYear  = 20      // no year has had more than eleven
	maxHolidays = 1 << 20 // bytes; GOV.UK's file has 55 kB
)

// ErrHolidays reports a file that does not hold GOV.UK's bank holidays.
var ErrHolidays = errors.New("no bank holidays")

// Holidays are bank holidays by date, with the name of each.
type Holidays map[Day]string

// ReadHolidays reads the England and Wales bank holidays from GOV.UK's JSON: all
// of https://www.gov.uk/bank-holidays.json, or one division of it by itself. The
// error is ErrHolidays with the place and what is right.
func ReadHolidays(r io.Reader) (Holidays, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxHolidays+1))
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if len(b) > maxHolidays {
		return nil, fmt.Errorf("%w: the file is over %d bytes", ErrHolidays, maxHolidays)
	}
	events, err := readEvents(b)
	if err != nil {
		return nil, err
	}
	h, inYear := Holidays{}, map[int]int{}
	for i, e := range events {
		day, err := ParseDay(e.Date)
		if err != nil {
			return nil, fmt.Errorf("%w: events[%d].date: %w", ErrHolidays, i, err)
		}
		if _, twice := h[day]; !twice {
			inYear[day.Year()]++
		}
		if inYear[day.Year()] > mostInYear {
			return nil, fmt.Errorf("%w: more than %d in %d, so deadlines would be weeks late", ErrHolidays, mostInYear, day.Year())
		}
		h[day] = e.Title
	}
	return h, nil
}

// PublishedHolidays are those that GOV.UK had published when this was built.
func PublishedHolidays() (Holidays, error) { return ReadHolidays(bytes.NewReader(published)) }

// event is one bank holiday as GOV.UK writes it.
type event struct {
	Title string `json:"title"`
	Date  string `json:"date"`
}

// readEvents finds the events of the division in either of GOV.UK's two forms.
func readEvents(b []byte) ([]event, error) {
	var file struct {
		All *struct {
			Events []event `json:"events"`
		} `json:"england-and-wales"`
		Division string  `json:"division"`
		Events   []event `json:"events"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("%w: want https://www.gov.uk/bank-holidays.json: %w", ErrHolidays, err)
	}
	events := file.Events
	switch {
	case file.All != nil:
		events = file.All.Events
	case file.Division != division:
		return nil, fmt.Errorf("%w: division %q: want %q", ErrHolidays, file.Division, division)
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("%w: division %q has no events", ErrHolidays, division)
	}
	return events, nil
}

// years are those whose bank holidays are all there. A year with fewer than
// eight is not published yet, or the file is cut short.
func (h Holidays) years() map[int]bool {
	count := map[int]int{}
	for day := range h {
		count[day.Year()]++
	}
	whole := map[int]bool{}
	for year, n := range count {
		if n >= fewest {
			whole[year] = true
		}
	}
	return whole
}
