package e2e

import "testing"

func TestTransports(t *testing.T) {
	transports := []string{"auto", "spdy", "websocket"}
	if shared.Real() { // the API server leads no requests to a node on loopback
		transports = append(transports, "node")
	}
	for _, via := range transports {
		t.Run(via, func(t *testing.T) {
			f := forward(t, 4, "--via", via, "podsrv", ":9006", ":9001")
			for _, addr := range f.to(remoteHTTP) {
				wantPage(t, addr, "podsrv")
			}
			if err := echo(dial(t, f.to(remoteEcho)[1]), "hello\n"); err != nil {
				t.Error(err)
			}
		})
	}
}
