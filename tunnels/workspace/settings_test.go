package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnels"
)

func settingsOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettings(t *testing.T) {
	tests := map[string]struct {
		before string
		was    Settings
		set    Settings
		after  string
	}{
		"the first ones":           {"", Settings{}, Settings{Restore: true}, "version: 1\nrestore: true\n"},
		"comments alone":           {"# mine\n", Settings{}, Settings{Quiet: true}, "version: 1\n# mine\n\nquiet: true\n"},
		"as they are":              {"version: 1\nquiet: true\n", Settings{Quiet: true}, Settings{Quiet: true}, "version: 1\nquiet: true\n"},
		"one no more":              {"version: 1\nquiet: true\n", Settings{Quiet: true}, Settings{}, "version: 1\n"},
		"said and then changed":    {"version: 1\nquiet: false # loud\n", Settings{}, Settings{Quiet: true}, "version: 1\nquiet: true # loud\n"},
		"unknown fields, comments": {"# mine\nversion: 1\ncolour: red # warm\n", Settings{}, Settings{Restore: true}, "# mine\nversion: 1\ncolour: red # warm\nrestore: true\n"},
		"without a version":        {"restore: true\n", Settings{Restore: true}, Settings{Restore: true, CloseQuits: true}, "restore: true\ncloseQuits: true\n"},
		"a language":               {"version: 1\n", Settings{}, Settings{Language: "zh-Hans"}, "version: 1\nlanguage: zh-Hans\n"},
		"another language":         {"version: 1\nlanguage: de # mine\n", Settings{Language: "de"}, Settings{Language: "fr"}, "version: 1\nlanguage: fr # mine\n"},
		"the system's language":    {"language: de\nquiet: true\n", Settings{Language: "de", Quiet: true}, Settings{Quiet: true}, "quiet: true\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := settingsOf(t, tt.before)
			f, err := openSettings(path)
			if err != nil || f.get() != tt.was {
				t.Fatalf("they read as %+v, %v", f.get(), err)
			}
			if err := f.set(t.Context(), tt.set); err != nil {
				t.Fatal(err)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != tt.after {
				t.Errorf("the file holds %q, want %q, %v", data, tt.after, err)
			}
			again, err := openSettings(path)
			if err != nil || again.get() != tt.set || f.get() != tt.set {
				t.Errorf("they read as %+v, %v", again.get(), err)
			}
			if s, err := ReadSettings(path); err != nil || s != tt.set {
				t.Errorf("they are read as %+v, %v", s, err)
			}
		})
	}
}

// TestTwoWhoChangeSettings do not lose each other's change.
func TestTwoWhoChangeSettings(t *testing.T) {
	path := settingsOf(t, "version: 1\n")
	one, err := openSettings(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := openSettings(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.set(t.Context(), Settings{Restore: true}); err != nil {
		t.Fatal(err)
	}
	if err := other.set(t.Context(), Settings{Quiet: true}); err != nil {
		t.Fatal(err)
	}
	if want := (Settings{Restore: true, Quiet: true}); other.get() != want {
		t.Errorf("they are %+v", other.get())
	}
	if err := one.set(t.Context(), Settings{}); err != nil { // which takes back what it set itself
		t.Fatal(err)
	}
	if err := other.set(t.Context(), Settings{Restore: true, Quiet: true, CloseQuits: true}); err != nil {
		t.Fatal(err)
	}
	if want := (Settings{Quiet: true, CloseQuits: true}); other.get() != want {
		t.Errorf("they are %+v, and the file says %+v", other.get(), want)
	}
}

func TestSettingsThatAreLeftAlone(t *testing.T) {
	tests := map[string]struct{ text, says string }{
		"no YAML":              {"restore: [\n", "line"},
		"another type":         {"version: 1\nrestore: 7\n", "line 2"},
		"a list":               {"- restore\n", "no fields"},
		"a newer version":      {"version: 2\n", "newer Culvert"},
		"a language of nobody": {"version: 1\nlanguage: tlh\n", "line 2: language: \"tlh\" is unknown: use en,"},
		"a list of languages":  {"version: 1\nlanguage: [de]\n", "line 2"},
		"null and more":        {"null\n---\nrestore: true\n", "line"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := settingsOf(t, tt.text)
			f, err := openSettings(path)
			e := tunnels.AsError(err)
			if e == nil || e.Hint == "" || !strings.Contains(e.Error(), path) || !strings.Contains(e.Error(), tt.says) {
				t.Errorf("the error is %v", err)
			}
			if f.get() != (Settings{}) {
				t.Errorf("they are %+v", f.get())
			}
			if err := f.set(t.Context(), Settings{Quiet: true}); err == nil {
				t.Error("it was written")
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != tt.text || f.get() != (Settings{}) {
				t.Errorf("the file holds %q, %v", data, err)
			}
		})
	}
}

func TestSettingsInMemory(t *testing.T) {
	f, err := openSettings("")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.set(t.Context(), Settings{Quiet: true}); err != nil || !f.get().Quiet {
		t.Errorf("they are %+v, %v", f.get(), err)
	}
}

// TestLanguagesThatAreRefused: nobody has the program keep a language that it would refuse
// to read.
func TestLanguagesThatAreRefused(t *testing.T) {
	f, err := openSettings("")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range append(Languages(), "") {
		if err := f.set(t.Context(), Settings{Language: code}); err != nil || f.get().Language != code {
			t.Errorf("%q gives %+v, %v", code, f.get(), err)
		}
	}
	for _, code := range []string{"tlh", "DE", "de_DE", "zh"} {
		if e := tunnels.AsError(f.set(t.Context(), Settings{Language: code})); e == nil || e.Hint == "" || f.get().Language != "" {
			t.Errorf("%q gives %+v, %v", code, f.get(), e)
		}
	}
}
