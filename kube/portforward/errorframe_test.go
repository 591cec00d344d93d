package portforward

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"culvert/tunnels"
)

// TestFault40HugeErrorFrame: nothing is allocated for an error's text that has not
// come, and what comes beyond some length is skipped.
func TestFault40HugeErrorFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.send(replies(e, d)...)
		p.keepReading()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p.raw(dataHeader(uint32(e), 1<<24-1))
		p.raw([]byte("connection refused" + strings.Repeat(" and", maxErrorText)))
		synctest.Wait()
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
			t.Errorf("allocated %d bytes", grown)
		}
		wantCause(t, wantRead(t, st, ""), tunnels.CauseRefused)
	})
}
