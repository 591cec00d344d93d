package ui

import (
	"encoding/json"
	"fmt"

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
// language of the user's system if there is a catalogue of it, and else in English.
// It has to be called before [New], by the goroutine that calls it. After an error texts
// may be in English.
func SpeakUsersLanguage() error {
	if err := lang.AddTranslationsFS(assets.Translations()); err != nil {
		return fmt.Errorf("read the translations: %w", err)
	}
	system := lang.SystemLocale()
	if hasCatalogue(system) {
		return nil
	}
	// The toolkit has catalogues of its own in more languages, and complains about each
	// text that is in none of them.
	english, err := englishCatalogue()
	if err != nil {
		return err
	}
	if err := lang.AddTranslationsForLocale(english, system); err != nil {
		return fmt.Errorf("add English for %s: %w", system, err)
	}
	return nil
}

// hasCatalogue says whether the window's texts are there in a language.
func hasCatalogue(l fyne.Locale) bool {
	tag, err := language.Parse(l.LanguageString())
	if err != nil {
		return true // the toolkit takes English
	}
	_, _, sure := language.NewMatcher([]language.Tag{language.English, language.German, language.French, language.SimplifiedChinese}).Match(tag)
	return sure >= language.High
}

// englishCatalogue has all texts as they are.
func englishCatalogue() ([]byte, error) {
	files, folder := assets.Translations()
	data, err := files.ReadFile(folder + "/de.json")
	if err != nil {
		return nil, fmt.Errorf("read the translations: %w", err)
	}
	var texts map[string]any
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil, fmt.Errorf("read the translations: %w", err)
	}
	for text, said := range texts {
		texts[text] = text
		if _, forms := said.(map[string]any); forms {
			texts[text] = map[string]string{"other": text}
		}
	}
	texts["date.day"], texts["date.short"], texts["date.minute"] = dayFormat, shortFormat, minuteFormat
	texts["list.separator"], texts["font.family"] = listSeparator, "Inter"
	return json.Marshal(texts)
}
