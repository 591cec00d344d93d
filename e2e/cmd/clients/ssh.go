package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"culvert/e2e/clients/content"
	"culvert/e2e/clients/servers"
)

// sshOptions are for ssh and scp alike: the server's key has to be the one that
// is known, and nobody is asked for anything.
func (w *work) sshOptions() []string {
	return []string{
		"-F", "/dev/null", "-i", filepath.Join(w.dir, userKey), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
		"-o", "UserKnownHostsFile=" + filepath.Join(w.dir, knownFile), "-o", "GlobalKnownHostsFile=/dev/null",
		"-o", "HostKeyAlias=" + sshName, "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR",
		"-o", "Port=" + strconv.Itoa(int(w.f.ports[servers.PortSSH])),
	}
}

const sshUser = "dev@127.0.0.1"

// scp copies a file to the server and back.
func (w *work) scp(ctx context.Context) error {
	size := quickly(w.trial, int64(256<<20), 32<<20)
	mib := float64(size) / (1 << 20)
	local, remote := filepath.Join(w.dir, "scp-"+w.label), w.label+".bin"
	defer func() { _ = os.Remove(local); _ = os.Remove(local + ".back") }()
	want, err := writeNoise(local, size)
	if err != nil {
		return err
	}
	ssh, err := w.program("ssh")
	if err != nil {
		return err
	}
	options := append([]string{"-q", "-S", ssh}, w.sshOptions()...)
	s, err := timed(func() error {
		_, err := w.do(ctx, call{program: "scp", args: append(options, local, sshUser+":"+remote)})
		return err
	})
	if err != nil {
		return err
	}
	w.values[up] = mib / s
	w.done = "scp to the pod"
	there, err := w.do(ctx, call{program: "ssh", args: append(w.sshOptions(), sshUser, "sha256sum <"+remote)})
	if err != nil {
		return err
	}
	if there != want+"  -\n" {
		return fmt.Errorf("scp to the pod: the sum is %q there, %s here", there, want)
	}
	s, err = timed(func() error {
		_, err := w.do(ctx, call{program: "scp", args: append(options, sshUser+":"+remote, local+".back")})
		return err
	})
	if err != nil {
		return err
	}
	w.values[down] = mib / s
	w.done = "scp from the pod"
	if back, err := sumFile(local + ".back"); err != nil {
		return err
	} else if back != want {
		return fmt.Errorf("scp from the pod: the sum is %s, want %s", back, want)
	}
	_, err = w.do(ctx, call{program: "ssh", args: append(w.sshOptions(), sshUser, "rm "+remote)})
	return err
}

// writeNoise makes a file and returns its sum.
func writeNoise(path string, size int64) (string, error) {
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), content.Noise(4, size))
	return fmt.Sprintf("%x", h.Sum(nil)), errors.Join(err, f.Close())
}

func sumFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return fmt.Sprintf("%x", h.Sum(nil)), err
}
