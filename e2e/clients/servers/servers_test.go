package servers

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"culvert/e2e/clients/debian"
)

func TestUnclean(t *testing.T) {
	for _, test := range []struct {
		name, server, line string
		unclean            bool
	}{
		{"a database that is ready", Postgres, "LOG:  database system is ready to accept connections", false},
		{"a client that is gone", Postgres, "LOG:  unexpected EOF on client connection with an open transaction", true},
		{"a handshake that breaks off", Postgres, "LOG:  could not accept SSL connection: EOF detected", true},
		{"a client of redis", Redis, "1:M 22 Nov 2026 20:00:00.000 - Accepted 10.244.0.1:80", false},
		{"a warning of redis", Redis, "1:M 22 Nov 2026 20:00:00.000 # Error accepting a client connection", true},
		{"a large body", Web, "[warn] 31#31: *95 a client request body is buffered to a temporary file", false},
		{"an error of nginx", Web, "[error] 31#31: *95 upstream prematurely closed connection", true},
		{"a session", SSH, "Accepted publickey for dev from 127.0.0.1 port 1 ssh2", false},
		{"a session that was cut", SSH, "Connection closed by authenticating user dev 127.0.0.1 port 1 [preauth]", true},
		{"a message that was cut", Streams, "trouble: echo: EOF", true},
	} {
		if got := Unclean(test.server, "before\n"+test.line+"\nafter\n"); (len(got) > 0) != test.unclean {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func TestDigest(t *testing.T) {
	one := []debian.Package{{Name: "git", Version: "1"}}
	if Digest(one) == Digest([]debian.Package{{Name: "git", Version: "2"}}) {
		t.Error("two versions have one name in the cache")
	}
}

// TestOwnLayer wants the files where the pods' commands and configurations look
// for them.
func TestOwnLayer(t *testing.T) {
	program := filepath.Join(t.TempDir(), "server")
	if err := os.WriteFile(program, []byte("x"), 0o755); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeOwnLayer(&b, program); err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, "/"+h.Name)
	}
	for _, want := range []string{"/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/culvert/nginx.conf", "/etc/culvert/sshd_config", "/tmp/"} {
		if !slices.Contains(names, want) {
			t.Errorf("the layer has no %s", want)
		}
	}
	for _, s := range all() {
		if path := s.command[0]; path != "/bin/bash" && !slices.Contains(names, path) {
			t.Errorf("%s runs %s, which is not there", s.name, path)
		}
		if len(s.command) == 2 && filepath.Ext(s.command[1]) == ".sh" && !slices.Contains(names, s.command[1]) {
			t.Errorf("%s runs %s, which is not there", s.name, s.command[1])
		}
	}
}
