package message_test

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutydesk/intake/message"
)

// endless is a mail with one attachment of any size that is nowhere in memory.
type endless struct {
	head, line string
	size       int64
}

// ReadAt implements io.ReaderAt.
func (e endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		at := off + int64(i)
		switch {
		case at < int64(len(e.head)):
			p[i] = e.head[at]
		default:
			p[i] = e.line[(at-int64(len(e.head)))%int64(len(e.line))]
		}
	}
	return len(p), nil
}

// A mail with a 200 MB attachment is read in 64 MB of the whole process. The
// process is a fresh one, since memory once taken is seldom given back.
func TestMemoryOf200MB(t *testing.T) {
	if os.Getenv("MESSAGE_200MB") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryOf200MB$", "-test.v")
		cmd.Env = append(os.Environ(), "MESSAGE_200MB=1")
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, kind := range []string{"application/zip", "text/plain", "message/rfc822"} {
		e := endless{head: head + "Content-Type: " + kind + "\r\nContent-Transfer-Encoding: base64\r\n\r\n",
			line: strings.Repeat("QUJD", 19) + "\r\n", size: 200 << 20}
		r := message.Reader{Limits: message.Limits{Time: 5 * time.Minute}} // memory is asked about, not speed
		m := r.Read(t.Context(), e, e.size)
		if m.SHA256 == "" || len(m.Text) > 1<<20 || has(m, message.DefectTime) {
			t.Errorf("%s: %v", kind, m.Defects)
		}
		if peak := peakMB(t); peak > 64*shadow {
			t.Errorf("%s: %d MB", kind, peak)
		}
	}
	t.Logf("peak %d MB", peakMB(t))
}

// peakMB returns the largest memory this process ever had.
func peakMB(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc/self/status: this promise is checked on Linux")
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kb, _ := strconv.Atoi(strings.Fields(string(rest))[0])
			return kb >> 10
		}
	}
	t.Skip("no VmHWM in /proc/self/status")
	return 0
}
