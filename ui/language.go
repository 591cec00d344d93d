package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"

	"culvert/assets"
)

// What stands in catalogues under a name of its own, in English.
const (
	dayFormat     = "Mon 2 Jan 2006"
	shortFormat   = "2 Jan 2006"
	minuteFormat  = "2 Jan 2006 15:04"
	listSeparator = ", "
)

// SpeakUsersLanguage loads the translations: from then on the window's texts are in the
// language of a code, as in workspace.Languages, or for "" in that of the user's system if
// there is a catalogue of it, and else in English.
// It has to be called before [New], by the goroutine that calls it, and while nobody reads
// the environment. After an error texts may be in English.
func SpeakUsersLanguage(code string) error {
	// The toolkit has no call for it: it goes by the environment, or by the system alone.
	defer pretend(code)()
	defer saidBefore.forget()
	if err := lang.AddTranslationsFS(assets.Translations()); err != nil {
		return fmt.Errorf("read the translations: %w", err)
	}
	system := lang.SystemLocale()
	spoken := catalogueOf(system)
	switch {
	case code != "" && spoken != code:
		return speakAs(code, system)
	case spoken == "":
		// The toolkit has catalogues of its own in more languages, and complains about each
		// text that is in none of them.
		return speakAs("en", system)
	}
	spokenCode.Store(&spoken)
	return nil
}

// spokenCode is the code of the language that the window speaks; nil for English.
var spokenCode atomic.Pointer[string]

// languageReport says which language the window speaks, and which one the system does.
func languageReport() string {
	code := "en"
	if s := spokenCode.Load(); s != nil {
		code = *s
	}
	return code + " (the system's: " + string(lang.SystemLocale()) + ")"
}

// pretend has the system's language be that of a code, if it is one that goes by the
// environment; the function that it returns ends that.
func pretend(code string) func() {
	if code == "" {
		return func() {}
	}
	if code == "zh-Hans" {
		code = "zh_CN"
	}
	type variable struct {
		name, was string
		set       bool
	}
	var before []variable
	for _, name := range []string{"LC_ALL", "LANGUAGE"} {
		was, set := os.LookupEnv(name)
		before = append(before, variable{name, was, set})
		_ = os.Setenv(name, code) // it fails for names that none of these is
	}
	return func() {
		for _, v := range before {
			if v.set {
				_ = os.Setenv(v.name, v.was)
			} else {
				_ = os.Unsetenv(v.name)
			}
		}
	}
}

// speakAs has the texts of a language stand for those of the system's, whichever that is.
// The toolkit's own few stay in the system's.
func speakAs(code string, system fyne.Locale) error {
	data, err := catalogueIn(code)
	if err != nil {
		return err
	}
	as := system
	if spoken := catalogueOf(system); spoken != "" {
		as = fyne.Locale(spoken)
	}
	if err := lang.AddTranslationsForLocale(data, as); err != nil {
		return fmt.Errorf("say %s for %s: %w", code, system, err)
	}
	spokenCode.Store(&code)
	return nil
}

// catalogueOf returns the code of the catalogue that the toolkit takes for a language;
// empty for none.
func catalogueOf(l fyne.Locale) string {
	tag, err := language.Parse(l.LanguageString())
	if err != nil {
		return "en" // the toolkit takes it
	}
	tags := []language.Tag{language.English, language.German, language.French, language.SimplifiedChinese}
	_, i, sure := language.NewMatcher(tags).Match(tag)
	if sure < language.High {
		return ""
	}
	return tags[i].String()
}

// catalogueIn returns all texts in a language, each that has several forms in every form
// that a language can have.
func catalogueIn(code string) ([]byte, error) {
	english := code == "en"
	if english {
		code = "de" // it has all keys
	}
	files, folder := assets.Translations()
	data, err := files.ReadFile(folder + "/" + code + ".json")
	if err != nil {
		return nil, fmt.Errorf("read the translations: %w", err)
	}
	var texts map[string]any
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil, fmt.Errorf("read the translations: %w", err)
	}
	for text, said := range texts {
		forms, several := said.(map[string]any)
		switch {
		case several && english:
			texts[text] = everyForm(map[string]any{"other": text})
		case several:
			texts[text] = everyForm(forms)
		case english:
			texts[text] = text
		}
	}
	if english {
		texts["date.day"], texts["date.short"], texts["date.minute"] = dayFormat, shortFormat, minuteFormat
		texts["list.separator"], texts["font.family"] = listSeparator, "Inter"
	}
	return json.Marshal(texts)
}

// everyForm fills in the forms that a text lacks.
func everyForm(forms map[string]any) map[string]any {
	out := make(map[string]any)
	for _, name := range strings.Fields("zero one two few many other") {
		if out[name] = forms[name]; out[name] == nil {
			out[name] = forms["other"]
		}
	}
	return out
}
