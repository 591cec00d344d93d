package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// listen makes the pipe, for its user alone and not over the network. It fails
// when anybody has a pipe of this name.
func listen(name string) (net.Listener, error) {
	sid, err := ownSID()
	if err != nil {
		return nil, err
	}
	return winio.ListenPipe(name, &winio.PipeConfig{
		SecurityDescriptor: fmt.Sprintf("D:P(D;;GA;;;NU)(A;;GA;;;%s)", sid),
	})
}

// dial connects to the pipe, and lets its server do nothing in the user's name.
func dial(ctx context.Context, name string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, name)
}

// isAbsent tells whether err means that nobody listens.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) ||
		errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, winio.ErrFileClosed)
}

// clientOf returns the process that has connected.
func clientOf(c net.Conn) (peer, error) { return peerOf(c, windows.GetNamedPipeClientProcessId) }

// serverOf returns the process that serves the pipe.
func serverOf(c net.Conn) (peer, error) { return peerOf(c, windows.GetNamedPipeServerProcessId) }

// peerOf asks the system for the process at the other end and for its user.
func peerOf(c net.Conn, ask func(windows.Handle, *uint32) error) (peer, error) {
	f, ok := c.(interface{ Fd() uintptr })
	if !ok {
		return peer{}, errors.New("the connection is no pipe")
	}
	var pid uint32
	if err := ask(windows.Handle(f.Fd()), &pid); err != nil {
		return peer{}, err
	}
	theirs, err := sidOf(pid)
	if err != nil {
		return peer{pid: int(pid)}, nil //nolint:nilerr // a process that one may not look at is another user's
	}
	ours, err := ownSID()
	if err != nil {
		return peer{}, err
	}
	return peer{own: ours.Equals(theirs), pid: int(pid)}, nil
}

// sidOf returns the user of a process.
func sidOf(pid uint32) (*windows.SID, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return nil, err
	}
	defer windows.CloseHandle(process) //nolint:errcheck // it was only looked at
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return nil, err
	}
	defer token.Close() //nolint:errcheck // it was only looked at
	user, err := token.GetTokenUser()
	if err != nil {
		return nil, err
	}
	return user.User.Sid.Copy()
}

// ownSID returns the user of this process.
func ownSID() (*windows.SID, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return user.User.Sid, nil
}
