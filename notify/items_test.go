package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"dutydesk/notify"
	"dutydesk/notify/mailer"
)

// G6: ten thousand concerns fit into one mail that a relay takes, each with its
// own address; up to a thousand are shown with buttons.
func TestG6TenThousandLines(t *testing.T) {
	for _, n := range []int{1, 1000, 10_000} {
		f := facts(notify.Digest)
		f.Ref, f.Role = "", ""
		for i := range n {
			f.Items = append(f.Items, notify.Item{Kind: notify.Opened, Ref: fmt.Sprintf("SG-%05d", i), Org: "Northgate Training", Severity: "S2",
				State: "open", Received: f.Now, Due: f.Due, Token: fmt.Sprintf("%026d", i)})
		}
		l := compose(t, f)
		raw, err := mailer.Render(l)
		if err != nil || len(raw) > 5_000_000 {
			t.Errorf("%d lines: %d bytes, %v", n, len(raw), err)
		}
		if got := strings.Count(l.Text, "mailto:desk%2Bdd1."); got != n || (l.HTML != "") != (n <= 1000) {
			t.Errorf("%d lines: %d addresses, HTML %v", n, got, l.HTML != "")
		}
		if l.HTML != "" && strings.Count(l.HTML, `href="mailto:desk%2bdd1.`)+strings.Count(l.HTML, `href="mailto:desk%2Bdd1.`) != n {
			t.Errorf("%d lines, other links in HTML", n)
		}
	}
}
