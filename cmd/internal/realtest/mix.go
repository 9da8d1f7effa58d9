package realtest

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Mix yields n mails of the benchmark's kind, the same ones on every machine:
// 2 % carry an attachment of 1 to 5 MB, 8 % one of 100 to 500 KB, and the rest
// is text of 2 to 50 KB, so that the median of all is 12 KB. Large ones are
// spread evenly. They are made one by one: 1,000 are about 130 MB.
func Mix(n int) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range n {
			if !yield(i, mixed(i)) {
				return
			}
		}
	}
}

// mixed is the i-th mail. Multiples of the golden ratio fall evenly into any
// interval, so the shares hold for every n without a draw.
func mixed(i int) []byte {
	_, u := math.Modf(float64(i+1) * math.Phi)
	h := header{from: fmt.Sprintf("learner%d@college.example", i), to: "desk@council.example", subject: fmt.Sprintf("Concern %d", i),
		id: fmt.Sprintf("mix-%d@realtest.example", i), at: time.Date(2026, 11, 23, 9, 0, i, 0, time.UTC)}
	switch {
	case u < 0.02:
		return build(h, prose(i, 2000), []Attachment{noise(i, 1e6+int(u/0.02*4e6))})
	case u < 0.10:
		return build(h, prose(i, 2000), []Attachment{noise(i, 100e3+int((u-0.02)/0.08*400e3))})
	default:
		return build(h, prose(i, small((u-0.10)/0.90)), nil)
	}
}

// small is the size of the text at quantile v of the small mails: 2 KB at 0,
// 12 KB at 5/9 (which is the median of all), 50 KB at 1.
func small(v float64) int { return int(2000 * math.Pow(6, v*9/5)) }

// prose is text of n bytes in lines of about 70.
func prose(i, n int) string {
	words := strings.Fields("the learner wrote again last night that messages keep coming from a person in the group and she does not want to go back please read this and tell us whom to call")
	r := rand.New(rand.NewPCG(uint64(i), 1))
	var b strings.Builder
	for line := 0; b.Len() < n; {
		w := words[r.IntN(len(words))]
		b.WriteString(w)
		if line += len(w) + 1; line > 70 {
			b.WriteByte('\n')
			line = 0
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()[:n]
}

// noise is an attachment of n bytes that do not compress, as pictures do not.
func noise(i, n int) Attachment {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], uint64(i))
	b := make([]byte, n)
	rand.NewChaCha8(seed).Read(b)
	return Attachment{Name: fmt.Sprintf("screenshot-%d.jpg", i), Type: "image/jpeg", Bytes: b}
}
