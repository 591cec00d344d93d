package loginstart

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func entry(program string, args ...string) Entry {
	return Entry{ID: "io.culvert.Culvert", Name: "Culvert", Comment: "Keeps port-forwards running", Program: program, Args: args}
}

func TestDesktopFile(t *testing.T) {
	want := `[Desktop Entry]
Type=Application
Version=1.5
Name=Culvert
Comment=Keeps port-forwards running
TryExec=/usr/bin/culvert
Exec=/usr/bin/culvert --hidden
Icon=io.culvert.Culvert
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
`
	if got := desktopFile(entry("/usr/bin/culvert", "--hidden")); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

func TestExecLine(t *testing.T) {
	tests := []struct {
		name    string
		command []string
		want    string // in the file
	}{
		{"plain", []string{"/usr/bin/culvert", "--hidden"}, `/usr/bin/culvert --hidden`},
		{"a space", []string{"/opt/my apps/culvert"}, `"/opt/my apps/culvert"`},
		{"a dollar and a quote", []string{`/a$b/"c"`}, `"/a\\$b/\\"c\\""`},
		{"a backslash", []string{`/a\b`}, `"/a\\\\b"`},
		{"a percent sign", []string{"/50%/culvert"}, `/50%%/culvert`},
		{"nothing", []string{"/x", ""}, `/x ""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := entry(tt.command[0], tt.command[1:]...)
			text := desktopFile(e)
			if !strings.Contains(text, "\nExec="+tt.want+"\n") {
				t.Errorf("Exec is not %s in\n%s", tt.want, text)
			}
			if got := desktopCommand(text); !slices.Equal(got, tt.command) {
				t.Errorf("it is read as %q, want %q", got, tt.command)
			}
		})
	}
}

func TestDesktopCommand(t *testing.T) {
	const head = "[Desktop Entry]\nType=Application\nExec=/usr/bin/culvert --hidden %U\n"
	command := []string{"/usr/bin/culvert", "--hidden"}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"on", head, command},
		{"hidden", head + "Hidden=true\n", nil},
		{"switched off by GNOME", head + "X-GNOME-Autostart-enabled=false\n", nil},
		{"keys of another group", head + "[Desktop Action New]\nExec=/bin/false\nHidden=true\n", command},
		{"comments and spaces", "# Hidden=true\n\n[Desktop Entry]\n Exec = /usr/bin/culvert --hidden\n", command},
		{"a link", "[Desktop Entry]\nType=Link\nExec=/usr/bin/culvert\n", nil},
		{"empty", "", nil},
		{"no entry", "Exec=/usr/bin/culvert\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := desktopCommand(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("it starts %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlist(t *testing.T) {
	e := entry(`/Applications/A & B <x>.app/Contents/MacOS/culvert`, "--hidden")
	text := plist(e)
	for _, want := range []string{
		"<key>Label</key>\n\t<string>io.culvert.Culvert</string>",
		"<string>/Applications/A &amp; B &lt;x&gt;.app/Contents/MacOS/culvert</string>\n\t\t<string>--hidden</string>",
		"<key>RunAtLoad</key>\n\t<true/>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	on := []string{e.Program, "--hidden"}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"as written", text, on},
		{"disabled", strings.Replace(text, "<dict>", "<dict><key>Disabled</key><true/>", 1), nil},
		{"not at login", strings.Replace(text, "<true/>", "<false/>", 1), nil},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := plistCommand(tt.text)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("it starts %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	if _, err := plistCommand("<plist><dict>"); err == nil {
		t.Error("a broken file is read")
	}
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		command []string
		want    string
	}{
		{[]string{`C:\culvert.exe`, "--hidden"}, `C:\culvert.exe --hidden`},
		{[]string{`C:\Program Files\Culvert\culvert.exe`, "--hidden"}, `"C:\Program Files\Culvert\culvert.exe" --hidden`},
		{[]string{`a b\`}, `"a b\\"`},
		{[]string{`a\"b`}, `"a\\\"b"`},
		{[]string{""}, `""`},
	}
	for _, tt := range tests {
		if got := commandLine(tt.command); got != tt.want {
			t.Errorf("%q is written %s, want %s", tt.command, got, tt.want)
		}
	}
	for line, want := range map[string]string{
		`"C:\Program Files\Culvert\culvert.exe" --hidden`: `C:\Program Files\Culvert\culvert.exe`,
		`C:\culvert.exe --hidden`:                         `C:\culvert.exe`,
		` "C:\x`:                                          `C:\x`,
		``:                                                ``,
	} {
		if got := firstWord(line); got != want {
			t.Errorf("%s starts %q, want %q", line, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	e := entry("/usr/bin/culvert")
	if on, err := e.compare([]string{"/usr/bin/culvert", "--hidden"}); !on || err != nil {
		t.Errorf("its own entry is %t, %v", on, err)
	}
	if on, err := e.compare(nil); on || err != nil {
		t.Errorf("no entry is %t, %v", on, err)
	}
	on, err := e.compare([]string{"/old/culvert"})
	var elsewhere *ElsewhereError
	if !on || !errors.As(err, &elsewhere) || elsewhere.Program != "/old/culvert" {
		t.Errorf("another program is %t, %v", on, err)
	}
}
