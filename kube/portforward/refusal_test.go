package portforward

import (
	"fmt"
	"strings"
	"testing"

	"culvert/tunnels"
)

// TestFault12NotOnLocalhost: a program that listens on the pod's address only
// refuses connections from inside the pod, so the hint tells where to look.
func TestFault12NotOnLocalhost(t *testing.T) {
	for runtime, text := range map[string]string{
		"containerd": `failed to execute portforward in network namespace "/var/run/netns/cni-1": failed to connect to localhost:80 ` +
			`inside namespace "ab", IPv4: dial tcp4 127.0.0.1:80: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found`,
		"CRI-O":       "failed to connect to localhost:80 inside namespace ab: dial tcp [::1]:80: connect: connection refused",
		"cri-dockerd": "2026/01/02 03:04:05 socat[7] E connect(5, AF=2 127.0.0.1:80, 16): Connection refused",
	} {
		e := readErrorText("error forwarding port 80 to pod ab12, uid : "+text, "web-1", 80)
		if e.Cause != tunnels.CauseRefused || e.Permanent || !strings.Contains(e.Hint, "localhost") || !strings.Contains(e.Error(), "port 80 in pod web-1") {
			t.Errorf("%s: %+v", runtime, e)
		}
	}
}

// TestFault22SandboxTexts: what nodes say of a pod whose network has gone.
func TestFault22SandboxTexts(t *testing.T) {
	for _, text := range []string{
		`network namespace for sandbox "ab12" is closed`,
		`sandbox "ab12" is not running`,
		"Error response from daemon: No such container: ab12",
	} {
		e := readErrorText(fmt.Sprintf("error forwarding port 80 to pod ab12, uid : %s", text), "web-1", 80)
		if e.Cause != tunnels.CausePodGone || e.Hint == "" {
			t.Errorf("%q: %+v", text, e)
		}
	}
}
