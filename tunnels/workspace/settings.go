package workspace

import (
	"fmt"
	"slices"

	"culvert/tunnels"
)

// Settings are what the user has chosen for the whole program. The zero value is
// what is so at first.
type Settings struct {
	// Restore says that what ran when the program ended runs again when it starts;
	// else only tunnels with AutoStart do.
	Restore bool `json:"restore,omitempty" yaml:"restore,omitempty"`
	// CloseQuits says that closing the window ends the program also where a tray
	// would keep it.
	CloseQuits bool `json:"closeQuits,omitempty" yaml:"closeQuits,omitempty"`
	// Quiet says that nobody is to be notified of anything.
	Quiet bool `json:"quiet,omitempty" yaml:"quiet,omitempty"`
	// Language is the code of what the window speaks from its next start on, as in
	// [Languages]; empty for the system's.
	Language string `json:"language,omitempty" yaml:"language,omitempty"`
}

// Languages returns the codes of what the window can be told to speak.
func Languages() []string { return []string{"en", "de", "fr", "zh-Hans"} }

// Validate returns an *tunnels.Error when a setting cannot be.
func (s Settings) Validate() error {
	if err := checkLanguage(s.Language); err != nil {
		return &tunnels.Error{Op: "settings", Err: err, Hint: "Correct it, and try again.", Cause: tunnels.CauseInvalid, Permanent: true}
	}
	return nil
}

func checkLanguage(code string) error {
	if code == "" || slices.Contains(Languages(), code) {
		return nil
	}
	return fmt.Errorf("language: %.40q is unknown: use en, de, fr or zh-Hans, or leave it out for the system's", code)
}
