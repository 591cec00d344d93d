package loginstart

import (
	"strings"
)

// desktopFile returns the entry as a file of the Desktop Entry Specification 1.5.
func desktopFile(e Entry) string {
	lines := []string{
		"[Desktop Entry]",
		"Type=Application",
		"Version=1.5",
		"Name=" + desktopString(e.Name),
		"Comment=" + desktopString(e.Comment),
		"TryExec=" + desktopString(e.Program),
		"Exec=" + desktopString(execLine(append([]string{e.Program}, e.Args...))),
		"Icon=" + desktopString(e.ID),
		"Terminal=false",
		"StartupNotify=false",
		"X-GNOME-Autostart-enabled=true",
	}
	return strings.Join(lines, "\n") + "\n"
}

// desktopString escapes a value of type string.
func desktopString(s string) string {
	s = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s)
	if strings.HasPrefix(s, " ") {
		s = `\s` + s[1:]
	}
	return s
}

// execReserved are the characters for which the specification asks for quotes.
const execReserved = " \t\n\"'\\><~|&;$*?#()`"

// execLine returns a command as the key Exec wants it, before it is escaped as a
// string. A % is written twice: it would stand for a file to open.
func execLine(command []string) string {
	words := make([]string, len(command))
	for i, w := range command {
		w = strings.ReplaceAll(w, "%", "%%")
		if w == "" || strings.ContainsAny(w, execReserved) {
			w = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(w) + `"`
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}

// desktopCommand returns what a desktop file starts at login; nil where it starts
// nothing. Desktops switch such files off in ways of their own.
func desktopCommand(text string) []string {
	keys := desktopKeys(text)
	off := strings.EqualFold(keys["Hidden"], "true") || strings.EqualFold(keys["X-GNOME-Autostart-enabled"], "false") ||
		keys["Type"] != "" && keys["Type"] != "Application"
	if off {
		return nil
	}
	return execWords(desktopUnescape(keys["Exec"]))
}

// desktopKeys are the keys of the group that counts.
func desktopKeys(text string) map[string]string {
	keys := make(map[string]string)
	group := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			group = line
		case group == "[Desktop Entry]":
			if k, v, ok := strings.Cut(line, "="); ok {
				keys[strings.TrimSpace(k)] = strings.TrimSpace(v)
			}
		}
	}
	return keys
}

// desktopUnescape is the inverse of desktopString.
func desktopUnescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(s)
}

// execWords is the inverse of execLine; what stands for files to open is left out.
func execWords(s string) []string {
	var words []string
	var word strings.Builder
	inWord, quoted := false, false
	end := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\' && i+1 < len(s):
			i++
			word.WriteByte(s[i])
		case c == '"':
			quoted, inWord = !quoted, true
		case c == '%' && i+1 < len(s):
			i++
			if s[i] == '%' {
				word.WriteByte('%')
				inWord = true
			}
		case c == ' ' && !quoted:
			end()
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	end()
	return words
}
