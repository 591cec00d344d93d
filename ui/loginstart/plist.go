package loginstart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// plist returns the entry as a LaunchAgent: it starts once at login and is not
// started again when it ends.
func plist(e Entry) string {
	var out strings.Builder
	out.WriteString(xml.Header)
	out.WriteString(`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n")
	out.WriteString("<plist version=\"1.0\">\n<dict>\n")
	fmt.Fprintf(&out, "\t<key>Label</key>\n\t<string>%s</string>\n", xmlText(e.ID))
	out.WriteString("\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, word := range append([]string{e.Program}, e.Args...) {
		fmt.Fprintf(&out, "\t\t<string>%s</string>\n", xmlText(word))
	}
	out.WriteString("\t</array>\n\t<key>RunAtLoad</key>\n\t<true/>\n")
	out.WriteString("\t<key>LimitLoadToSessionType</key>\n\t<string>Aqua</string>\n")
	out.WriteString("\t<key>ProcessType</key>\n\t<string>Interactive</string>\n</dict>\n</plist>\n")
	return out.String()
}

func xmlText(s string) string {
	var out bytes.Buffer
	xml.Escape(&out, []byte(s))
	return out.String()
}

// plistCommand returns what a LaunchAgent starts at login; nil where it starts
// nothing.
func plistCommand(text string) ([]string, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	var words []string
	var key, in string
	load, off := false, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the entry for the login: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			in = t.Name.Local
			load = load || key == "RunAtLoad" && in == "true"
			off = off || key == "Disabled" && in == "true"
		case xml.EndElement:
			in = ""
		case xml.CharData:
			switch {
			case in == "key":
				key = string(t)
			case in == "string" && key == "Program" && len(words) == 0:
				words = []string{string(t)}
			case in == "string" && key == "ProgramArguments":
				words = append(words, string(t))
			}
		}
	}
	if off || !load {
		return nil, nil
	}
	return words, nil
}
