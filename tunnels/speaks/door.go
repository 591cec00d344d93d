package speaks

import (
	"context"
	"net/netip"
	"net/url"
	"sync"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// Door is one mapping of a tunnel with what was found behind it.
type Door struct {
	Mapping tunnels.Mapping
	Addr    netip.AddrPort // by which this computer reaches it
	Found   Spoken
	Err     error // it cannot be reached
}

// Doors returns the first bound address of each mapping.
func Doors(st tunnels.Status) []Door {
	var out []Door
	for _, b := range st.Bound {
		if len(out) == 0 || out[len(out)-1].Mapping != b.Mapping {
			out = append(out, Door{Mapping: b.Mapping, Addr: netip.AddrPortFrom(tunnels.Reachable(b.Addr.Addr()), b.Addr.Port())})
		}
	}
	return out
}

// URL is what a browser opens; empty where no HTTP is spoken.
func (d Door) URL() string {
	if d.Found.Scheme == "" {
		return ""
	}
	u := url.URL{Scheme: d.Found.Scheme, Host: d.Addr.String(), Path: "/"}
	return u.String()
}

// Ask asks all doors at once what is spoken behind them, by port, which is [Port]
// but in tests. It returns when all have answered.
func Ask(ctx context.Context, doors []Door, port func(ctx context.Context, addr string) (Spoken, error)) {
	var crashes *crash.Reporter // who asks tells of the error
	var wg sync.WaitGroup
	for i := range doors {
		wg.Go(crashes.Contained("asking a port", func() {
			doors[i].Found, doors[i].Err = port(ctx, doors[i].Addr.String())
		}, func(p *crash.Panic) { doors[i].Err = p }))
	}
	wg.Wait()
}
