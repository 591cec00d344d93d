package portforward

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"culvert/tunnels"
)

// remote says what a kind of text on the error stream means.
type remote struct {
	any   [][]string // the text has all words of one of these; lower case
	cause tunnels.Cause
	say   string // with %d for the port and %s for the pod
	hint  string
}

// remoteTexts are looked up in order. The texts come from containerd, CRI-O,
// cri-dockerd (docker and socat) and the streaming server that they share.
func remoteTexts() []remote {
	return []remote{
		{
			any: [][]string{
				{"network namespace", "is closed"},
				{"sandbox", "is not running"},
				{"sandbox", "not found"},
				{"sandbox", "does not exist"},
				{"could not find", "sandbox"},
				{"no such container"},
				{"container not found"},
				{"container", "not running"},
				{"could not find container"},
				{"container", "does not exist"},
				{"netns", "no such file or directory"},
			},
			cause: tunnels.CausePodGone,
			say:   "port %d cannot be reached: pod %s has ended or is being restarted",
			hint:  "Wait for the pod's successor, or look at the pod's events if none comes.",
		},
		{
			any:   overlookedTexts(),
			cause: tunnels.CauseUnknown,
			say:   "the node never saw all of the connection to port %d of pod %s",
			hint:  overlookedHint,
		},
		{
			any:   [][]string{{"error processing stream"}, {"stream already assigned"}},
			cause: tunnels.CauseProtocol,
			say:   "the node did not understand the connection to port %d of pod %s",
			hint:  "Report this together with the node's Kubernetes and container runtime versions.",
		},
		{
			any:   [][]string{{"connection refused"}},
			cause: tunnels.CauseRefused,
			say:   "nothing listens on port %d in pod %s",
			hint:  "Check that the app listens on that port, on localhost or on all addresses.",
		},
		{
			any:   [][]string{{"connection reset by peer"}, {"broken pipe"}, {"reset by peer"}},
			cause: tunnels.CauseReset,
			say:   "the app cut the connection on port %d of pod %s",
			hint:  "Look at the app's log if it should not have.",
		},
		{
			any:   [][]string{{"socat", "not found"}, {"nsenter", "not found"}},
			cause: tunnels.CauseUnknown,
			say:   "port %d of pod %s cannot be forwarded: its node lacks socat or nsenter",
			hint:  "Ask the cluster's administrator to install socat and util-linux on the node.",
		},
		{
			any:   [][]string{{"i/o timeout"}, {"connection timed out"}, {"no route to host"}},
			cause: tunnels.CauseUnknown,
			say:   "port %d of pod %s does not answer its node",
			hint:  "Check that the app is not overloaded and that nothing in the pod filters connections.",
		},
	}
}

// overlookedTexts are what a node says that got only half of a connection.
func overlookedTexts() [][]string {
	return [][]string{{"timed out waiting for streams"}, {"timeout waiting for streams"}}
}

// overlooked tells whether the node got only half of the connection, so that
// there may be something wrong with the session.
func overlooked(text string) bool {
	return remote{any: overlookedTexts()}.matches(strings.ToLower(text))
}

// readErrorText turns what the node wrote to the error stream into an error of
// one connection to a port of a pod. It never returns nil.
func readErrorText(text, pod string, port uint16) *tunnels.Error {
	lower := strings.ToLower(text)
	for _, r := range remoteTexts() {
		if r.matches(lower) {
			return &tunnels.Error{
				Err:   &remoteError{say: fmt.Sprintf(r.say, port, pod), text: text},
				Hint:  r.hint,
				Raw:   lineOf(text, maxRaw),
				Cause: r.cause,
			}
		}
	}
	said, raw := tidy(text), lineOf(text, maxRaw)
	if said == raw {
		raw = "" // nothing else is to be seen
	}
	if said == "" {
		said = "an error without a text"
	}
	return &tunnels.Error{
		Err:  &remoteError{say: fmt.Sprintf("port %d of pod %s: the node says: %s", port, pod, said), text: text},
		Hint: "Look at the pod's events and at the log of its node.",
		Raw:  raw,
	}
}

func (r remote) matches(lower string) bool {
	for _, words := range r.any {
		all := true
		for _, w := range words {
			all = all && strings.Contains(lower, w)
		}
		if all {
			return true
		}
	}
	return false
}

// remoteError reads as one sentence and keeps what the node really said.
type remoteError struct{ say, text string }

func (e *remoteError) Error() string { return e.say }

// RemoteText returns the text that the node sent for a failed connection, for
// logs and details; empty if err is not such an error.
func RemoteText(err error) string {
	var remote *remoteError
	if errors.As(err, &remote) {
		return remote.text
	}
	return ""
}

// maxRaw bounds what is kept of a node's own words, in characters.
const maxRaw = 600

// tidy returns the part of a node's text that people can read: without the
// server's prefix, which repeats the port and a sandbox id of 64 digits, in one
// line without control characters, and at most 300 characters long.
func tidy(text string) string {
	if strings.HasPrefix(text, "error forwarding port ") {
		if _, rest, ok := strings.Cut(text, ", uid "); ok {
			if _, reason, ok := strings.Cut(rest, ": "); ok {
				text = reason
			}
		}
	}
	return oneLine(text)
}

// oneLine makes remote text fit for a line of at most maxMessage characters.
func oneLine(text string) string { return lineOf(text, maxMessage) }

// lineOf is oneLine for at most so many characters.
func lineOf(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, "�"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return text
}
