package holder

import (
	"bufio"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

func listen(t *testing.T, network, addr string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Skip(err) // no such family here
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func TestFindOwnListeners(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ network, listen, ask string }{
		"IPv4":              {"tcp4", "127.0.0.1:0", "127.0.0.1"},
		"IPv6":              {"tcp6", "[::1]:0", "::1"},
		"all of IPv4":       {"tcp4", "0.0.0.0:0", "127.0.0.1"},
		"all of IPv6":       {"tcp6", "[::]:0", "::1"},
		"both families":     {"tcp", "[::]:0", "127.0.0.1"},
		"all are asked for": {"tcp4", "127.0.0.1:0", "0.0.0.0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			port := listen(t, tt.network, tt.listen).Port()
			got, err := Find(netip.AddrPortFrom(netip.MustParseAddr(tt.ask), port))
			want := Process{PID: os.Getpid(), Name: filepath.Base(exe), Path: exe, Own: true}
			if err != nil || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
		})
	}
}

func TestFindFree(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr).AddrPort()
	l.Close()
	if got, err := Find(addr); !errors.Is(err, ErrFree) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestMain runs the tests or, where TestFindAnotherProgram says so, is the other
// program.
func TestMain(m *testing.M) {
	if os.Getenv("CULVERT_TEST_LISTEN") == "" {
		os.Exit(m.Run())
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		os.Exit(1) // the test finds no address then
	}
	os.Stdout.WriteString(l.Addr().String() + "\n")
	os.Stdin.Read(make([]byte, 1)) // until the other end is closed
}

func TestFindAnotherProgram(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "CULVERT_TEST_LISTEN=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	line, _, err := bufio.NewReader(out).ReadLine()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Find(netip.MustParseAddrPort(string(line)))
	if err != nil || got.PID != cmd.Process.Pid || got.Own || got.Name != filepath.Base(os.Args[0]) {
		t.Errorf("%+v, %v; want the process %d", got, err, cmd.Process.Pid)
	}
}

// TestFindInProc: what a machine may show, with 10 as this process.
func TestFindInProc(t *testing.T) {
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	line := func(local, state, inode string) string {
		return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000   999        0 " + inode + " 1 0\n"
	}
	const loopback, all6 = "0100007F:1538", "00000000000000000000000000000000:1538"
	mapped := "0000000000000000FFFF00000100007F:1538"
	tests := map[string]struct {
		tcp, tcp6 string // without the headline
		files     map[string]string
		want      Process
		err       error
	}{
		"nobody":                  {tcp: line("0100007F:1539", listening, "7"), err: ErrFree},
		"a connection":            {tcp: line(loopback, "01", "7"), err: ErrFree},
		"another user's program":  {tcp: line(loopback, listening, "7"), files: map[string]string{"20": "socket:[8]"}, err: ErrUnknown},
		"a program":               {tcp: line(loopback, listening, "7"), files: map[string]string{"20": "socket:[7]"}, want: Process{PID: 20, Name: "p20"}},
		"its parent":              {tcp: line(loopback, listening, "7"), files: map[string]string{"20": "socket:[7]", "9": "socket:[7]"}, want: Process{PID: 9, Name: "p9"}},
		"this process":            {tcp: line(loopback, listening, "7"), files: map[string]string{"9": "socket:[8]", "10": "socket:[7]"}, want: Process{PID: 10, Name: "p10", Own: true}},
		"IPv4 written as IPv6":    {tcp6: line(mapped, listening, "7"), files: map[string]string{"20": "socket:[7]"}, want: Process{PID: 20, Name: "p20"}},
		"both families":           {tcp6: line(all6, listening, "7"), files: map[string]string{"20": "socket:[7]"}, want: Process{PID: 20, Name: "p20"}},
		"IPv6 beside the program": {tcp: line(loopback, listening, "8"), tcp6: line(all6, listening, "7"), files: map[string]string{"9": "socket:[7]", "20": "socket:[8]"}, want: Process{PID: 20, Name: "p20"}},
		"lines that are none":     {tcp: "rubbish\n" + line("xyz", listening, "7") + line("0100007F", listening, "7") + line("01:1538", listening, "7"), err: ErrFree},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			proc := t.TempDir()
			write := func(path, text string) {
				t.Helper()
				if err := os.MkdirAll(filepath.Dir(filepath.Join(proc, path)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(proc, path), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("net/tcp", head+tt.tcp)
			if tt.tcp6 != "" {
				write("net/tcp6", head+tt.tcp6)
			}
			write("self-is-no-number/comm", "")
			for pid, socket := range tt.files {
				write(pid+"/comm", "p"+pid+"\n")
				write(pid+"/fd/0", "")
				if err := os.Symlink(socket, filepath.Join(proc, pid, "fd", "3")); err != nil {
					t.Fatal(err)
				}
			}
			got, err := findIn(proc, netip.MustParseAddrPort("127.0.0.1:"+strconv.Itoa(0x1538)), 10)
			if !errors.Is(err, tt.err) || got != tt.want {
				t.Errorf("%+v, %v; want %+v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}
