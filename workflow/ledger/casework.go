package ledger

import (
	"encoding/json"
	"fmt"

	"dutydesk/workflow/casefile"
)

// casework is how the ledger keeps a casefile.File. Names may be added, never
// changed.
type casework struct {
	Forms    casefile.IDs         `json:"forms,omitempty"`
	Channels casefile.IDs         `json:"channels,omitempty"`
	Platform string               `json:"platform,omitempty"`
	Age      string               `json:"age,omitempty"`
	Needs    string               `json:"needs,omitempty"`
	Danger   string               `json:"danger,omitempty"`
	Flags    casefile.IDs         `json:"flags,omitempty"`
	Owed     casefile.Obligations `json:"owed,omitempty"`
	Parties  casefile.Parties     `json:"parties,omitempty"`
	Triaged  bool                 `json:"triaged,omitempty"`
	Halves   casefile.IDs         `json:"halves,omitempty"`
	Asked    casefile.IDs         `json:"asked,omitempty"`
	Outcome  casefile.IDs         `json:"outcome,omitempty"`
	Told     string               `json:"told,omitempty"`
	Learning string               `json:"learning,omitempty"`
}

// keptFile is a file as the ledger keeps it, ” for one on which nothing was said.
func keptFile(f casefile.File) (string, error) {
	if f == (casefile.File{}) {
		return "", nil
	}
	text, err := json.Marshal(casework(f))
	return string(text), err
}

func readFile(text string) (casefile.File, error) {
	var w casework
	if text == "" {
		return casefile.File{}, nil
	}
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return casefile.File{}, fmt.Errorf("read casework: %w", err)
	}
	return casefile.File(w), nil
}

// trace writes down by what the parties of a case could be found elsewhere.
func (t *Tx) trace(was, now casefile.Case) error {
	for _, trace := range now.File.Parties.Traces().List() {
		if was.File.Parties.Traces().Has(trace) {
			continue
		}
		if _, err := t.run(`INSERT INTO traces (trace, case_ref) VALUES ($1, $2) ON CONFLICT DO NOTHING`, trace, string(now.Ref)); err != nil {
			return fmt.Errorf("write trace: %w", err)
		}
	}
	return nil
}

// Traced finds the other cases with a party that has one of the traces of this
// one, by reference.
func (t *Tx) Traced(c casefile.Case) (refs casefile.IDs, err error) {
	for _, trace := range c.File.Parties.Traces().List() {
		rows, err := t.list(`SELECT case_ref FROM traces WHERE trace = $1 AND case_ref <> $2`, trace, string(c.Ref))
		if err != nil {
			return "", fmt.Errorf("find traces: %w", err)
		}
		err = each(rows, func() error {
			var ref string
			err := rows.Scan(&ref)
			refs = refs.With(ref)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("find traces: %w", err)
		}
	}
	return refs, nil
}
