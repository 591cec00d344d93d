package tunnels

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsNotSeenIsTold: a tunnel that serves says that its target is not watched
// any more, but not while that may pass by itself.
func TestWhatIsNotSeenIsTold(t *testing.T) {
	tests := map[string]struct {
		err  *Error
		want string
	}{
		"nothing wrong": {nil, ""},
		"may pass":      {&Error{Err: errors.New("no answer"), Cause: CauseUnreachable}, ""},
		"nonsense":      {&Error{Err: errors.New("the server sends nonsense"), Hint: "Check the URL.", Cause: CauseProtocol}, "the server sends nonsense. Check the URL."},
		"for the user":  {&Error{Err: errors.New("it redirects"), Hint: "Sign in.", Cause: CauseSignIn, Permanent: true}, "it redirects. Sign in."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			said := candidates{err: tt.err}.unseen()
			if (said == "") != (tt.want == "") || !strings.HasSuffix(said, tt.want) {
				t.Errorf("it says %q", said)
			}
			f := facts{standing: standing{phase: Ready, unseen: said}, warnings: []string{"other"}}
			if got := f.allWarnings(); slices.Contains(got, said) != (said != "") || got[0] != "other" {
				t.Errorf("the warnings are %q", got)
			}
			f.phase = Reconnecting
			if got := f.allWarnings(); len(got) != 1 {
				t.Errorf("without a session the warnings are %q", got)
			}
		})
	}
}
