package message_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// expected is one line of the corpus's expected.jsonl (see its README).
type expected struct {
	File, SHA256, Source, Category string
	Subject, From                  string
	MessageID                      string   `json:"message_id"`
	InReplyTo                      string   `json:"in_reply_to"`
	References                     []string `json:"references"`
	Date                           *int64
	BodySum                        string         `json:"body_ws_sha256"`
	Status                         string         `json:"attachments_status"`
	Strength                       string         `json:"attachments_strength"`
	Attachments                    []wantedFile   `json:"attachments"`
	Disputed                       []string       `json:"disputed_fields"`
	Flags                          []string       `json:"flags"`
	UU                             []wantedFile   `json:"uu_attachments"`
	TNEF                           []wantedTNEF   `json:"tnef"`
	Auto                           *wantedMachine `json:"auto"`
	Attack                         []string       `json:"attack"`
}

type wantedFile struct {
	SHA256     string `json:"sha256"`
	Norm       string `json:"sha256_norm"`
	Filename   string
	NameAgreed bool `json:"filename_agreed"`
	Agreed     bool
}

type wantedTNEF struct {
	Status string
	Files  []wantedFile
}

type wantedMachine struct {
	Class  string
	Accept []string
	Source string `json:"class_source"`
	DSN    []struct {
		Recipient string `json:"final_recipient"`
		Action    string
		Status    string
		Confirmed bool `json:"confirmed_by_raw_scan"`
	}
	Recipients []string
}

// corpus returns the folder of the shared corpus. It is test input that is no
// part of the project, so a desk without it skips; the build server may not.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DUTYDESK_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "expected.jsonl")); err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no mail corpus in %s; set DUTYDESK_CORPUS", dir)
	}
	t.Skipf("no mail corpus in %s; set DUTYDESK_CORPUS to read 1,603 real mails", dir)
	return ""
}

// expectations reads expected.jsonl.
func expectations(t testing.TB, dir string) (all []expected) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 8<<20)
	for s.Scan() {
		var e expected
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return all
}
