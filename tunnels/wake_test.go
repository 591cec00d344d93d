package tunnels_test

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// TestFault52Sleep: what died during a sleep is replaced within some three
// seconds, and what lives is kept.
func TestFault52Sleep(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		kept := t.clients(1)[0]
		dead := t.cluster.Live()
		t.Wake()
		time.Sleep(3 * time.Second)
		t.echoOn(kept)
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 0 {
			t.Fatalf("%d reconnects after a wake that changed nothing", st.Reconnects)
		}
		for _, s := range dead {
			s.Mute(true)
		}
		woken := time.Now()
		t.Wake()
		time.Sleep(time.Second)
		t.echo(v4) // already, on a session that was opened meanwhile
		if err := readErr(kept); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a client of a session that died got %v", err)
		}
		if took := time.Since(woken); took > 3*time.Second {
			t.Errorf("it took %v", took)
		}
		t.want(tunnels.Ready, "")
	})
}

// TestFault53NetworkChange: what waits for another attempt makes it at once.
func TestFault53NetworkChange(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no route"), Cause: tunnels.CauseUnreachable})
		t.run("80")
		time.Sleep(10 * time.Minute)
		t.cluster.SetDialError(nil)
		synctest.Wait()
		t.want(tunnels.Reconnecting, "")
		t.Wake()
		t.want(tunnels.Ready, "")
	})
}
