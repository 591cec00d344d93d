package signin

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/desk"
	"culvert/kube/kubetest"
)

// traced is a command under strace, which writes to a new file in dir whatever
// leaves the program and those that it starts: what they are started with, their
// environment included, and what they write, with what it is written to.
func traced(t *testing.T, dir string, args []string) *exec.Cmd {
	t.Helper()
	file, err := os.CreateTemp(dir, "trace")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	options := []string{
		"-f", "-yy", "-v", "-qq", "-s", "1000000", "-e", "signal=none",
		"-e", "trace=execve,execveat,connect,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,symlinkat,linkat,mkdirat,openat,renameat,renameat2",
		"-o", file.Name(), "--",
	}
	return exec.Command("strace", append(options, args...)...)
}

// interrupt interrupts the program, also where strace is its parent.
func (s *session) interrupt(c *desk.Child) {
	s.t.Helper()
	pid := c.Cmd.Process.Pid
	if s.traces != "" {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		if err != nil {
			s.t.Fatal(err)
		}
		if pid, err = strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		s.t.Fatal(err)
	}
}

// TestSecretsLeaveByTheKeyringAlone follows every call of the system that the
// program makes while it signs in, forwards and signs out. The token is in what it
// writes to the session bus, where the keyring is, and nowhere else: in no file, on
// no terminal, in no argument or environment of a process. On the way to the
// cluster it is inside TLS.
func TestSecretsLeaveByTheKeyringAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		secret func(*kubetest.Server) string
		args   []string
	}{
		"token":    {func(s *kubetest.Server) string { return s.SignIn("kim") }, []string{"--token-stdin"}},
		"password": {func(*kubetest.Server) string { return password }, []string{"-u", "kim"}},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, s := serve(t), newSession(t)
			s.StartKeyring(t)
			s.traces = t.TempDir()
			secret := tt.secret(cluster)
			login(t, s, secret, append([]string{"login", "--server", cluster.URL(), "--name", "dev"}, tt.args...))
			forward(t, s)
			if code, said := s.culvert("", "logout", "dev"); code != 0 {
				t.Errorf("exit status %d: %s", code, said)
			}
			// Strace writes what is not ASCII in another way.
			secrets := []string{"sha256~", strings.TrimPrefix(secret, "a pä")}
			found, calls := readTraces(t, s, secrets)
			if found == 0 || calls["execve"] == 0 || calls["write"] == 0 {
				t.Errorf("the token was seen %d times on its way to the keyring, among these calls: %v", found, calls)
			}
		})
	}
}

var (
	call  = regexp.MustCompile(`^\d+ +(\w+)\(`)
	inode = regexp.MustCompile(`^\d+ +\w+\(\d+<[^>\[]*\[(\d+)`)
)

// readTraces complains of each call with a secret that is no message to the session
// bus. It returns how many of those there are, and how many calls of each name.
func readTraces(t *testing.T, s *session, secrets []string) (found int, calls map[string]int) {
	t.Helper()
	calls = make(map[string]int)
	files, err := filepath.Glob(filepath.Join(s.traces, "trace*"))
	if err != nil || len(files) < 4 { // two attempts to sign in, one to forward, one to sign out
		t.Fatalf("there are %d traces, %v", len(files), err)
	}
	bus := fmt.Sprintf("sun_path=%q", filepath.Join(s.Runtime, "bus"))
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		sockets := make(map[string]bool) // by inode, those that are connected to the bus
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			line := lines.Text()
			name := call.FindStringSubmatch(line)
			if name == nil {
				continue
			}
			calls[name[1]]++
			of := inode.FindStringSubmatch(line)
			if name[1] == "connect" && of != nil && strings.Contains(line, bus) {
				sockets[of[1]] = true
			}
			for _, secret := range secrets {
				switch {
				case !strings.Contains(line, secret):
				case of != nil && sockets[of[1]] && name[1] != "connect":
					found++
				default:
					t.Errorf("a secret leaves by %.300s", line)
				}
			}
		}
		if err := lines.Err(); err != nil {
			t.Error(err)
		}
		f.Close()
	}
	return found, calls
}
