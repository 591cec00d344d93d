package exchange

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"culvert/tunnels/command"
)

// decode returns the text that data is: UTF-8, or UTF-16 with the mark that
// PowerShell writes before it.
func decode(data []byte) (text string, notes []string, err error) {
	if len(data) > MaxSize {
		return "", nil, refuse("Take out of it what is to be imported.", "it is larger than %d MiB", MaxSize>>20)
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		text, err = decode16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, err = decode16(data[2:], binary.BigEndian)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\x1f\x8b")), bytes.HasPrefix(data, []byte("7z\xbc\xaf")):
		return "", nil, refuse("Unpack it, and choose the file in it.", "this is an archive")
	default:
		text = string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	}
	if err != nil {
		return "", nil, err
	}
	if strings.Contains(text, "\x00") {
		return "", nil, refuse(understood, "this is no text")
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		if 10*strings.Count(text, "\uFFFD") > utf8.RuneCountInString(text) {
			return "", nil, refuse(understood, "this is no text")
		}
		notes = append(notes, "Some letters cannot be read: save the file as UTF-8 if names are wrong.")
	}
	return text, notes, nil
}

func decode16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", refuse("Save it as UTF-8.", "this text is not whole: half a letter is missing")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// shown is s without what cannot be shown or would turn the direction of what stands
// beside it, and with at most so many letters.
func shown(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > most {
		s = strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
	}
	return s
}

// shownName is what is left of a name.
func shownName(s string) string { return shown(s, 100) }

// said is a text as a sentence.
func said(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	if first, _, _ := strings.Cut(s, " "); !strings.ContainsAny(first, "./:_-") {
		s = string(unicode.ToUpper(r)) + s[n:]
	}
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".!?…", last) {
		s += "."
	}
	return s
}

// looksSecret says whether a name has a token in it, or an address with a password.
func looksSecret(s string) bool {
	return command.Secret(s) || len(s) > 20 && strings.Contains(s, "eyJ") && strings.Count(s, ".") >= 2 || strings.Contains(s, "sha256~")
}
