package tunnels_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	"culvert/tunnels"
)

// TestStatusTellsOfPorts: which remote ports are in trouble, and which the pod has.
func TestStatusTellsOfPorts(t *testing.T) {
	inBubble(t, func(t *bench) {
		refused := &tunnels.Error{Err: errors.New("nothing listens on 80"), Cause: tunnels.CauseRefused}
		missing := &tunnels.Error{Err: errors.New("no port http"), Cause: tunnels.CauseInvalid, Permanent: true}
		e := pod("1")
		e.Declared = []uint16{8081, 9090}
		e.Ports[tunnels.Port{Name: "http"}] = tunnels.PortResult{Err: missing}
		t.cluster.SetPods(nil, e)
		t.run("80 81 :http")
		st := t.want(tunnels.Degraded, "")
		if len(st.PortErrs) != 1 || st.PortErrs[tunnels.Port{Name: "http"}] != missing || !slices.Equal(st.Declared, e.Declared) {
			t.Errorf("%v, declared %v", st.PortErrs, st.Declared)
		}
		t.cluster.Refuse(80, refused)
		c := t.patientDial()
		io.ReadAll(c)
		if st := t.want(tunnels.Degraded, ""); len(st.PortErrs) != 2 || st.PortErrs[tunnels.Port{Number: 80}] != refused {
			t.Errorf("%v", st.PortErrs)
		}
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if st := t.status("t"); st.PortErrs != nil || st.Declared != nil {
			t.Errorf("stopped: %v, declared %v", st.PortErrs, st.Declared)
		}
	})
}
