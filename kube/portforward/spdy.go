package portforward

import (
	"net/http"
	"strings"
)

const (
	spdyProtocol         = "SPDY/3.1"
	portForwardProtocol  = "portforward.k8s.io"
	headerStreamProtocol = "X-Stream-Protocol-Version"
	spdyUpgrade          = spdyProtocol + " with " + portForwardProtocol // in errors
)

// askSPDY makes a request for an upgrade to SPDY of one for a session.
func askSPDY(req *http.Request) {
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", spdyProtocol)
	req.Header.Set(headerStreamProtocol, portForwardProtocol)
}

// checkSPDY tells whether an upgrade leads to what was asked for.
func checkSPDY(answer http.Header) error {
	upgrade, protocol := answer.Get("Upgrade"), answer.Get(headerStreamProtocol)
	if !strings.EqualFold(upgrade, spdyProtocol) || protocol != portForwardProtocol {
		return &ProtocolError{Upgrade: upgrade, Protocol: protocol, Want: spdyUpgrade}
	}
	return nil
}
