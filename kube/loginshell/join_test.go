package loginshell

import (
	"bytes"
	"slices"
	"testing"
)

func TestAdd(t *testing.T) {
	ours := []string{"PATH=/usr/bin:/bin", "HTTPS_PROXY=http://ours", "EMPTY="}
	for name, tt := range map[string]struct {
		shell map[string]string
		want  []string
	}{
		"nothing":   {nil, nil},
		"the same":  {map[string]string{"PATH": "/bin:/usr/bin", "HTTPS_PROXY": "http://theirs", "EMPTY": "full"}, nil},
		"a folder":  {map[string]string{"PATH": "/opt/bin:/usr/bin:/opt/bin"}, []string{"PATH=/usr/bin:/bin:/opt/bin"}},
		"relative":  {map[string]string{"PATH": ".:bin::/opt/bin"}, []string{"PATH=/usr/bin:/bin:/opt/bin"}},
		"more":      {map[string]string{"NO_PROXY": "a", "AWS_PROFILE": "b"}, []string{"AWS_PROFILE=b", "NO_PROXY=a"}},
		"its own":   {map[string]string{"SHLVL": "1", "PWD": "/", "_": "x", "TERM": "dumb", "PS1": "$ "}, nil},
		"our doing": {map[string]string{Guard: "1", "DISABLE_AUTO_UPDATE": "true"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Add(ours, tt.shell); !slices.Equal(got, tt.want) {
				t.Errorf("added are %q", got)
			}
		})
	}
	if got := Add(nil, map[string]string{"PATH": "/bin"}); !slices.Equal(got, []string{"PATH=/bin"}) {
		t.Errorf("without a PATH of ours added are %q", got)
	}
}

func FuzzParse(f *testing.F) {
	var b bytes.Buffer
	if err := Print(&b, "m"); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("\x00m\x00A=1\x00BASH_FUNC_f%%=() {\x00=x\x001=y\x00\x00m\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		env, err := parse(out, frame("m"))
		for name, value := range env {
			if err != nil || !isName(name) || bytes.ContainsRune([]byte(value), 0) {
				t.Errorf("%q=%q, %v", name, value, err)
			}
		}
	})
}
