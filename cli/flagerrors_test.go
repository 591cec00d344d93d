package cli

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestWrongFlagsAndWordsSayWhatIsMeant(t *testing.T) {
	k := newBench(t)
	for line, want := range map[string]string{
		"up --detatch":            "unknown flag: --detatch; did you mean --detach?",
		"up --wiat":               "did you mean --wait?",
		"list --frobnicate":       "unknown flag: --frobnicate\n",
		"wait web --timeout 5":    `--timeout "5" is no time: write it with its unit, as 30s or 2m`,
		"up --wait=abc":           `--wait "abc" is no time`,
		"up --wait 5s":            "with a time it is --wait=5s",
		"forward svc/web 80 -o x": `"x" is not an output format`,
		"wait":                    "it is not said what to wait for",
		"start":                   " or up?",
		"stop":                    "down",
		"ps":                      "did you mean list or",
		"exec":                    "run",
	} {
		k.do(line, ExitUsage)
		if !strings.Contains(k.errs.String(), want) {
			t.Errorf("%s says %q, want %q", line, k.errs.String(), want)
		}
	}
}

func TestNobodyReadsTheAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		status int
		says   string
	}{
		"a reader that has enough": {syscall.EPIPE, ExitOK, ""},
		"a full disk":              {syscall.ENOSPC, ExitError, "culvert: write the answer: no space left on device\nLook whether"},
	} {
		t.Run(name, func(t *testing.T) {
			var errs strings.Builder
			d := Deps{Version: "test", Out: writer(func([]byte) (int, error) {
				return 0, &os.PathError{Op: "write", Path: os.Stdout.Name(), Err: tt.err}
			}), Err: &errs}
			if status := execute(t.Context(), d, []string{"completion", "kubectl"}); status != tt.status || !strings.HasPrefix(errs.String(), tt.says) || tt.says == "" && errs.Len() > 0 {
				t.Errorf("status %d and %q, want %d and %q", status, errs.String(), tt.status, tt.says)
			}
		})
	}
}

func TestWithoutAWindowTheCommandsAreShown(t *testing.T) {
	var errs strings.Builder
	status := execute(t.Context(), Deps{Version: "test", Out: io.Discard, Err: &errs}, nil)
	if status != ExitOK || !strings.Contains(errs.String(), "no window") {
		t.Errorf("status %d and %q", status, errs.String())
	}
}

// writer is a writer that is a function.
type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
