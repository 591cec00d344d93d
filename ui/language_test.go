package ui

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"
	"golang.org/x/image/font/sfnt"

	"culvert/assets"
	"culvert/tunnels/workspace"
	"culvert/ui/parts"
)

// languages are those that the window speaks beside English, with what a system calls
// them.
var languages = map[string]string{"de": "de_AT.UTF-8", "fr": "fr_CA.UTF-8", "zh-Hans": "zh_CN.UTF-8"}

// catalogue returns all that the window says in a language.
func catalogue(t *testing.T, name string) map[string][]string {
	t.Helper()
	files, folder := assets.Translations()
	data, err := files.ReadFile(folder + "/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]string)
	for key, said := range raw {
		switch said := said.(type) {
		case string:
			out[key] = []string{said}
		case map[string]any:
			for _, form := range said {
				out[key] = append(out[key], form.(string))
			}
		}
	}
	return out
}

// speak has the window speak a language until the test ends.
func speak(t *testing.T, locale string) {
	t.Helper()
	t.Cleanup(func() { speakNow(t) }) // after the environment has been put back
	for _, name := range []string{"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		t.Setenv(name, locale)
	}
	speakNow(t)
}

func speakNow(t *testing.T) {
	t.Helper()
	if err := SpeakUsersLanguage(""); err != nil {
		t.Fatal(err)
	}
}

func TestEachLanguageIsSpoken(t *testing.T) {
	for name, locale := range languages {
		t.Run(name, func(t *testing.T) {
			said := catalogue(t, name)
			speak(t, locale)
			for _, key := range []string{"Preferences…", "Start all", "date.day"} {
				if got := lang.L(key); got != said[key][0] || got == key {
					t.Errorf("%q is %q", key, got)
				}
			}
			if got := plural(3, "1 selected", "{{.N}} selected", nil); !slices.ContainsFunc(said["{{.N}} selected"], func(s string) bool {
				return got == strings.ReplaceAll(s, "{{.N}}", "3")
			}) {
				t.Errorf("three are %q", got)
			}
		})
	}
}

// TestLanguagesNobodySpeaks: whoever has none of ours gets English.
func TestLanguagesNobodySpeaks(t *testing.T) {
	for _, locale := range []string{"C", "C.UTF-8", "POSIX", "en_GB.UTF-8", "pt_BR.UTF-8", "ja_JP.UTF-8", "x"} {
		t.Run(locale, func(t *testing.T) {
			speak(t, locale)
			for key, want := range map[string]string{"Start all": "Start all", "date.day": dayFormat, "{{.N}} running": "3 running"} {
				if got := lang.X(key, key, vars{"N": 3}); got != want && (key != "date.day" || got != key) {
					t.Errorf("%q is %q", key, got)
				}
			}
			if got := plural(3, "1 selected", "{{.N}} selected", nil); got != "3 selected" {
				t.Errorf("three are %q", got)
			}
		})
	}
}

// TestALanguageIsChosen: it is spoken whatever the system's is, and nobody else sees that.
func TestALanguageIsChosen(t *testing.T) {
	for _, locale := range []string{"C", "en_GB.UTF-8", "de_AT.UTF-8", "pt_BR.UTF-8"} {
		for _, code := range workspace.Languages() {
			t.Run(locale+" "+code, func(t *testing.T) {
				speak(t, locale)
				if err := SpeakUsersLanguage(code); err != nil {
					t.Fatal(err)
				}
				checkSpoken(t, code)
				for _, name := range []string{"LC_ALL", "LANGUAGE"} {
					if got := os.Getenv(name); got != locale {
						t.Errorf("%s is %q", name, got)
					}
				}
			})
		}
	}
}

// TestALanguageStandsForAnother as where the toolkit asks the system alone.
func TestALanguageStandsForAnother(t *testing.T) {
	for _, locale := range []string{"fr_CA.UTF-8", "it_IT.UTF-8"} {
		for _, code := range workspace.Languages() {
			t.Run(locale+" "+code, func(t *testing.T) {
				speak(t, locale)
				if err := speakAs(code, lang.SystemLocale()); err != nil {
					t.Fatal(err)
				}
				checkSpoken(t, code)
			})
		}
	}
}

func checkSpoken(t *testing.T, code string) {
	t.Helper()
	start, three := "Start all", []string{"3 selected"}
	if code != "en" {
		texts := catalogue(t, code)
		start, three = texts[start][0], nil
		for _, form := range texts["{{.N}} selected"] {
			three = append(three, strings.ReplaceAll(form, "{{.N}}", "3"))
		}
	}
	if got := lang.L("Start all"); got != start {
		t.Errorf("the text is %q, want %q", got, start)
	}
	if got := plural(3, "1 selected", "{{.N}} selected", nil); !slices.Contains(three, got) {
		t.Errorf("three are %q, want one of %q", got, three)
	}
}

// TestLanguagesToChooseFrom: each can be kept, and its name has glyphs.
func TestLanguagesToChooseFrom(t *testing.T) {
	segments := languageSegments()
	if len(segments) != 1+len(workspace.Languages()) {
		t.Errorf("%d languages are offered", len(segments))
	}
	inter := assets.Font("Inter-Medium.otf")
	for _, s := range segments {
		if err := (workspace.Settings{Language: s.Key}).Validate(); err != nil {
			t.Error(err)
		}
		data := inter
		if s.Font != nil {
			data = s.Font.Content()
		}
		font, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		var buf sfnt.Buffer
		for _, r := range s.Text {
			if i, err := font.GlyphIndex(&buf, r); err != nil || i == 0 {
				t.Errorf("there is no %q, of %q: run make fonts", r, s.Text)
			}
		}
	}
}

// TestEveryLetterHasAGlyph: the fonts that are built in draw all texts of all languages.
func TestEveryLetterHasAGlyph(t *testing.T) {
	for name := range languages {
		t.Run(name, func(t *testing.T) {
			said := catalogue(t, name)
			for _, weight := range []string{"Regular", "Medium", "SemiBold"} {
				font, err := sfnt.Parse(assets.Font(said["font.family"][0] + "-" + weight + ".otf"))
				if err != nil {
					t.Fatal(err)
				}
				var buf sfnt.Buffer
				missing := make(map[rune]string)
				for key, forms := range said {
					for _, r := range strings.Join(forms, "") {
						if i, err := font.GlyphIndex(&buf, r); err != nil || i == 0 {
							missing[r] = key
						}
					}
				}
				for r, key := range missing {
					t.Errorf("%s has no %q, of %q: run make fonts", weight, r, key)
				}
			}
		})
	}
}

// TestNoTextIsCut: what the window itself says has room in each language.
func TestNoTextIsCut(t *testing.T) {
	for name, locale := range languages {
		t.Run(name, func(t *testing.T) {
			speak(t, locale)
			said := catalogue(t, name)
			views := map[string]func(w *world){
				"table":       func(*world) {},
				"details":     func(w *world) { w.app.choose("web") },
				"form":        func(w *world) { w.app.newTunnel() },
				"preferences": func(w *world) { w.app.preferences() },
				"keys":        func(w *world) { w.app.showKeys() },
			}
			for view, open := range views {
				t.Run(view, func(t *testing.T) {
					w := newWorldOf(t, scene(), newFakeCatalog(), func(d *Deps) { d.Settings = &fakeSettings{} })
					w.app.deps.App.Settings().SetTheme(parts.NewTheme())
					w.app.window.Resize(fyne.NewSize(windowWidth, windowHeight))
					open(w)
					w.app.apply()
					for _, o := range append([]fyne.CanvasObject{w.app.window.Content()}, w.app.window.Canvas().Overlays().List()...) {
						for _, o := range test.LaidOutObjects(o) {
							if text, ok := o.(*canvas.Text); ok && o.Visible() {
								checkWhole(t, said, text.Text)
							}
						}
					}
				})
			}
		})
	}
}

// checkWhole fails for a text that is the beginning of one of the window's.
func checkWhole(t *testing.T, said map[string][]string, text string) {
	t.Helper()
	begins, cut := strings.CutSuffix(text, "…")
	if !cut || len([]rune(begins)) < 2 {
		return
	}
	for _, forms := range said {
		if slices.Contains(forms, text) {
			return
		}
	}
	for key, forms := range said {
		for _, form := range forms {
			if strings.HasPrefix(form, begins) && form != text && !strings.Contains(form, "{{") && !strings.HasSuffix(form, "…") {
				t.Errorf("%q is cut: %q of %q", text, form, key)
				return
			}
		}
	}
}
