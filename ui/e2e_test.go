//go:build e2e

package ui

import (
	"encoding/json"
	"net"
	"path/filepath"
	"testing"
)

func TestBoxesTellWhereThingsAre(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "boxes")
	t.Setenv(boxesEnv, socket)
	w := newWorld(t, two(), newFakeCatalog())
	w.app.newTunnel()
	read := make(chan boxes, 1)
	go func() {
		var b boxes
		c, err := net.Dial("unix", socket)
		if err == nil {
			err = json.NewDecoder(c).Decode(&b)
			c.Close()
		}
		if err != nil {
			t.Error(err)
		}
		read <- b
	}()
	var got boxes
	w.until("the boxes are told", func() bool {
		select {
		case got = <-read:
			return true
		default:
			return false
		}
	})
	found := map[string]box{}
	for _, b := range got.Boxes {
		if b.W <= 0 || b.H <= 0 {
			t.Errorf("%s is empty: %+v", b.Mark, b)
		}
		found[b.Mark] = b
	}
	for _, mark := range []string{
		"new-tunnel", "search", "filter:all", "tree:dev", "row:web", "row:web/toggle", "row:web/address:0", "row:redis/menu", "status",
		"form/context", "form/namespace", "form/pod", "form/ports", "form/name", "form/listen", "form/create", "form/create-start",
	} {
		if _, ok := found[mark]; !ok {
			t.Errorf("nothing is called %s", mark)
		}
	}
	if b := found["row:web/address:0"]; b.Text != "127.0.0.1:42001" || b.Layer != 0 {
		t.Errorf("the address is %+v", b)
	}
	if b := found["form/ports"]; b.Layer != 1 || b.X < 500 {
		t.Errorf("the ports are %+v", b)
	}
}
