package tunnels

import (
	"bytes"
	"io"
	"testing"

	"culvert/tunnels/tunneltest/memnet"
)

// TestReplay: another attempt reads what the first one has read, and there is
// none once more came than is kept or the pod has answered.
func TestReplay(t *testing.T) {
	tests := map[string]struct {
		sent, read int
		answered   bool
		again      bool
	}{
		"nothing read":         {100, 0, false, true},
		"some of it":           {100, 40, false, true},
		"as much as is kept":   {maxReplay + 50, maxReplay, false, true},
		"one byte more":        {maxReplay + 50, maxReplay + 1, false, false},
		"the pod has spoken":   {100, 40, true, false},
		"spoken before a read": {100, 0, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client, ours := memnet.Pipe(memnet.Loopback(1), memnet.Loopback(2))
			want := make([]byte, tt.sent)
			for i := range want {
				want[i] = byte(i * 7)
			}
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				_, _ = client.Write(want) // the reads below tell
				_ = client.CloseWrite()
			}()
			r := &replay{conn: ours}
			first := r.attempt()
			if _, err := io.ReadFull(first, make([]byte, tt.read)); err != nil {
				t.Fatal(err)
			}
			if tt.answered {
				first.settle()
			}
			if got := r.repeatable(); got != tt.again {
				t.Fatalf("repeatable = %v", got)
			}
			rest := want[tt.read:]
			from := first
			if tt.again {
				if err := first.Close(); err != nil {
					t.Fatal(err)
				}
				from, rest = r.attempt(), want
			}
			if got, err := io.ReadAll(from); err != nil || !bytes.Equal(got, rest) {
				t.Errorf("read %d bytes, %v; want %d", len(got), err, len(rest))
			}
			from.finish()
			<-sent
		})
	}
}
