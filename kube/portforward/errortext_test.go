package portforward

import (
	"strings"
	"testing"

	"culvert/tunnels"
)

func TestReadErrorText(t *testing.T) {
	const prefix = "error forwarding port 8080 to pod 4e8b0dfa43b4a1b6a3b0c2a6c1b7d1a5, uid : "
	const netns = prefix + `failed to execute portforward in network namespace "/var/run/netns/cni-161a7191": `
	tests := map[string]struct {
		text  string
		cause tunnels.Cause
		say   string
	}{
		"containerd refused": {
			netns + `failed to connect to localhost:8080 inside namespace "4e8b", IPv4: dial tcp4 127.0.0.1:8080: connect: connection refused IPv6 dial tcp6 [::1]:8080: connect: connection refused `,
			tunnels.CauseRefused, "nothing listens on port 8080 in pod web-1",
		},
		"containerd refused, no IPv6": {
			netns + `failed to connect to localhost:8080 inside namespace "4e8b", IPv4: dial tcp4 127.0.0.1:8080: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found`,
			tunnels.CauseRefused, "nothing listens on port 8080 in pod web-1",
		},
		"socat refused": {
			prefix + "exit status 1: 2021/12/15 10:43:28 socat[11386] E connect(5, AF=2 127.0.0.1:8080, 16): Connection refused",
			tunnels.CauseRefused, "nothing listens on port 8080 in pod web-1",
		},
		"containerd reset": {
			netns + "read tcp4 127.0.0.1:58514->127.0.0.1:8080: read: connection reset by peer",
			tunnels.CauseReset, "the app cut the connection on port 8080 of pod web-1",
		},
		"broken pipe": {
			netns + "writeto tcp4 127.0.0.1:1->127.0.0.1:8080: write tcp4 127.0.0.1:1->127.0.0.1:8080: write: broken pipe",
			tunnels.CauseReset, "the app cut the connection on port 8080 of pod web-1",
		},
		"sandbox closed": {
			prefix + `network namespace for sandbox "4e8b" is closed`,
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"sandbox not running": {
			prefix + `sandbox container "4e8b" is not running`,
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"sandbox not found": {
			prefix + `failed to find sandbox "4e8b" in store: not found`,
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"namespace file gone": {
			netns + `failed to open netns "/var/run/netns/cni-161a7191": open: no such file or directory`,
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"docker container gone": {
			prefix + "Error: No such container: 4e8b",
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"docker container stopped": {
			prefix + "container not running (4e8b)",
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"kubelet container gone": {
			prefix + "container not found in pod",
			tunnels.CausePodGone, "port 8080 cannot be reached: pod web-1 has ended or is being restarted",
		},
		"streams": {
			"(conn=0xc0002a8000, request=12) timed out waiting for streams",
			tunnels.CauseUnknown, "the node never saw all of the connection to port 8080 of pod web-1",
		},
		"pairing": {
			"error processing stream for request 3: data stream already assigned",
			tunnels.CauseProtocol, "the node did not understand the connection to port 8080 of pod web-1",
		},
		"no socat": {
			prefix + "unable to do port forwarding: socat not found",
			tunnels.CauseUnknown, "port 8080 of pod web-1 cannot be forwarded: its node lacks socat or nsenter",
		},
		"time-out": {
			netns + "dial tcp4 127.0.0.1:8080: connect: connection timed out",
			tunnels.CauseUnknown, "port 8080 of pod web-1 does not answer its node",
		},
		"unknown": {
			netns + "something\tquite \x1b[31mnew\n",
			tunnels.CauseUnknown,
			`port 8080 of pod web-1: the node says: failed to execute portforward in network namespace "/var/run/netns/cni-161a7191": something quite [31mnew`,
		},
		"without a prefix": {"what", tunnels.CauseUnknown, "port 8080 of pod web-1: the node says: what"},
		"blank":            {" \n", tunnels.CauseUnknown, "port 8080 of pod web-1: the node says: an error without a text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := readErrorText(test.text, "web-1", 8080)
			if e.Cause != test.cause || e.Error() != test.say {
				t.Errorf("got cause %d, %q\nwant %d, %q", e.Cause, e, test.cause, test.say)
			}
			if e.Hint == "" || e.Permanent {
				t.Errorf("hint %q, permanent %v", e.Hint, e.Permanent)
			}
			if RemoteText(e) != test.text {
				t.Errorf("remote text %q", RemoteText(e))
			}
			raw := strings.Join(strings.Fields(strings.ReplaceAll(test.text, "\x1b", "")), " ")
			if strings.HasSuffix(e.Error(), ": "+raw) {
				raw = "" // it is told in full
			}
			if e.Raw != raw {
				t.Errorf("raw text %q", e.Raw)
			}
		})
	}
	if e := readErrorText(strings.Repeat("é", 4000), "web-1", 1); len([]rune(e.Error())) > 350 || len([]rune(e.Raw)) > maxRaw {
		t.Errorf("%d characters, raw %d", len([]rune(e.Error())), len([]rune(e.Raw)))
	}
	if RemoteText(nil) != "" {
		t.Error("a remote text of no error")
	}
}
