package kube

import (
	"fmt"
	"net/url"
	"strings"

	"culvert/tunnels"
)

// below returns the URL of an escaped path below base, or an *tunnels.Error.
func below(base *url.URL, path string) (*url.URL, error) {
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if err := checkSegment(segment); err != nil {
			return nil, err
		}
	}
	u := *base
	u.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") + path
	var err error
	u.Path, err = url.PathUnescape(u.RawPath)
	return &u, err
}

// checkSegment refuses the names that mean another place in a path however
// they are escaped.
func checkSegment(name string) error {
	if name != "" && name != "." && name != ".." {
		return nil
	}
	return &tunnels.Error{
		Op: "name", Err: fmt.Errorf("%q is the name of no namespace and no pod", name),
		Hint:  "Use the name that the cluster shows.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// selectorValue escapes a value of a field selector.
func selectorValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, `,`, `\,`, `=`, `\=`).Replace(s)
}
