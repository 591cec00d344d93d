package speaks

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"culvert/tunnels"
)

func TestDoors(t *testing.T) {
	web, api := tunnels.Mapping{Local: 6000, Remote: tunnels.Port{Number: 80}}, tunnels.Mapping{Local: 7000, Remote: tunnels.Port{Name: "api"}}
	bound := func(m tunnels.Mapping, addr string) tunnels.Bound {
		return tunnels.Bound{Mapping: m, Addr: netip.MustParseAddrPort(addr)}
	}
	st := tunnels.Status{Bound: []tunnels.Bound{
		bound(web, "0.0.0.0:6000"), bound(web, "[::]:6000"), bound(api, "[::]:7000"), bound(api, "10.1.2.3:7000"),
	}}
	doors := Doors(st)
	Ask(t.Context(), doors, func(_ context.Context, addr string) (Spoken, error) {
		if addr == "127.0.0.1:6000" {
			return Spoken{Scheme: "https", TLS: true}, nil
		}
		return Spoken{}, errors.New("refused")
	})
	if len(doors) != 2 || doors[0].URL() != "https://127.0.0.1:6000/" || doors[0].Err != nil {
		t.Fatalf("the doors are %+v", doors)
	}
	if d := doors[1]; d.Mapping != api || d.Addr.String() != "[::1]:7000" || d.URL() != "" || d.Err == nil {
		t.Errorf("the second one is %+v", d)
	}
	if len(Doors(tunnels.Status{})) != 0 {
		t.Error("a tunnel that listens nowhere has doors")
	}
}
