package profiles

import (
	"fmt"
	"slices"
	"strings"
)

// maxSlug bounds the name that is made for a file, in bytes, without a number.
const maxSlug = 64

// devices are names that Windows gives to no file, whatever comes behind a dot.
var devices = [...]string{
	"con", "prn", "aux", "nul",
	"com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
}

// folded are letters that people write without their marks where they cannot have
// them.
var folded = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "å", "a",
	"à", "a", "á", "a", "â", "a", "ã", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "i", "í", "i", "î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o",
	"ù", "u", "ú", "u", "û", "u", "ý", "y", "ÿ", "y", "ł", "l", "š", "s", "ž", "z", "č", "c", "ř", "r",
)

// slug returns the ID for a profile of that name: letters, digits, hyphens and
// underscores that any file system takes.
func slug(name string) string {
	var b strings.Builder
	for _, r := range folded.Replace(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	s := strings.Trim(b.String(), "-")
	switch {
	case strings.Trim(s, "_") == "":
		return "profile"
	case slices.Contains(devices[:], s):
		return "profile-" + s
	}
	return s
}

// free returns the ID, or with the first number behind it that is not taken.
func free(id string, taken func(string) bool) string {
	try := id
	for n := 2; taken(try); n++ {
		try = fmt.Sprintf("%s-%d", id, n)
	}
	return try
}
