package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"culvert/tools/audit/licences"
)

// product is the module that is packaged; its own licence stands apart.
const product = "culvert"

// notices are the licences and notices of all that is linked and built in, each text
// once.
func notices(modules []*licences.Module) []byte {
	of := make(map[string][]string) // who has a text
	var texts []string              // in the order in which they come
	for _, m := range modules {
		for _, f := range slices.Concat(m.Files, m.Notices) {
			if m.Path == product && f.Name == "LICENSE" {
				continue
			}
			who := fmt.Sprintf("%s %s", m.Path, f.Name)
			if m.Version != "" {
				who = fmt.Sprintf("%s %s, %s", m.Path, m.Version, f.Name)
			}
			text := strings.TrimSpace(strings.ReplaceAll(f.Text, "\r\n", "\n"))
			if of[text] == nil {
				texts = append(texts, text)
			}
			of[text] = append(of[text], who)
		}
	}
	var out strings.Builder
	out.WriteString("Culvert has the following in it. Each text is that of what stands above it.\n")
	for _, text := range texts {
		out.WriteString("\n" + strings.Repeat("=", 78) + "\n")
		for _, who := range of[text] {
			out.WriteString(who + "\n")
		}
		out.WriteString(strings.Repeat("-", 78) + "\n\n" + text + "\n")
	}
	return []byte(out.String())
}

// expression names the licences of all modules, as SPDX has it.
func expression(modules []*licences.Module) string {
	all := make(map[string]bool)
	for _, m := range modules {
		for _, name := range m.Names() {
			all[name] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), " AND ")
}
