package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/profiles"
)

func newProfilesEdit(d Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "edit PROFILE",
		Short: "Open the file of a profile in your editor, and check it afterwards",
		Long: "Opens the file of a profile in the editor that VISUAL or EDITOR names, and checks it once the editor has ended. When\n" +
			"something in it is wrong, the line and the column are told, and it can be edited again. The Culvert that runs takes\n" +
			"over what was changed, by itself; a file that is wrong changes nothing there.\n\n" +
			"Exit status: 0 when the file is right, 1 when it is not or the editor failed, 2 for a wrong command line,\n" +
			"3 when there is no such profile.",
		Example: "  culvert profiles edit shop-dev\n" +
			"  EDITOR='code --wait' culvert profiles edit shop-dev",
		Args:              oneProfile(),
		ValidArgsFunction: completeKept(d, 1, profileIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			var found profiles.Profile
			err := withProfile(cmd.Context(), d, args[0], func(_ keeper, _ kept, p profiles.Profile) error {
				found = p
				return hasFile(p)
			})
			if err != nil {
				return err
			}
			return editProfile(cmd.Context(), d, found)
		},
	}
}

// maxProfile bounds how much of an edited file is read, in bytes: more than a profile
// may have.
const maxProfile = 1<<20 + 1

// editProfile lets the user edit a file until it is right, or the user gives up.
func editProfile(ctx context.Context, d Deps, p profiles.Profile) error {
	before, _ := durable.Read(p.Path, maxProfile) // an editor tells why it cannot be read
	for {
		if err := d.edit(ctx, p.Path); err != nil {
			return err
		}
		data, err := durable.Read(p.Path, maxProfile)
		if err != nil {
			return &tunnels.Error{Op: "read " + p.Path, Err: durable.Reason(err), Hint: "Check that the editor has saved it there."}
		}
		_, err = profiles.Parse(p.ID, data)
		if err == nil {
			tellEdited(d, p, bytes.Equal(before, data))
			return nil
		}
		if !d.editAgain(ctx, p, err) {
			return wrongFile(p, err)
		}
	}
}

func tellEdited(d Deps, p profiles.Profile, same bool) {
	if same {
		fmt.Fprintf(d.Err, "%s is as it was.\n", p.Path)
		return
	}
	fmt.Fprintf(d.Err, "%s is right.\n", p.Path)
}

// wrongFile is the error of a file, with its place.
func wrongFile(p profiles.Profile, err error) *tunnels.Error {
	e := *tunnels.AsError(err)
	if at, ok := errors.AsType[*profiles.Position](err); ok {
		p.Line, p.Column, e.Err = at.Line, at.Column, at
	}
	e.Op = placeIn(p)
	return &e
}

// editAgain says what is wrong, and asks whether the user wants to mend it now.
func (d Deps) editAgain(ctx context.Context, p profiles.Profile, err error) bool {
	if d.Terminal == nil {
		return false
	}
	printError(d.Err, wrongFile(p, err))
	answer, err := d.Terminal.Ask(ctx, "Edit it again? [Y/n] ")
	return err == nil && (strings.TrimSpace(answer) == "" || isYes(answer))
}

// edit opens a file in the user's editor, and waits for its end.
func (d Deps) edit(ctx context.Context, path string) error {
	if d.Editor != nil {
		return d.Editor(ctx, path)
	}
	words, err := editorCommand(runtime.GOOS, os.Getenv)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], path)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return &tunnels.Error{Op: "edit " + path, Err: fmt.Errorf("%s: %w", words[0], reasonless(err)), Hint: "Name your editor in EDITOR, as EDITOR=vim; the file stays as the editor has left it."}
	}
	return nil
}

// editorCommand is the user's editor with its arguments. VISUAL and EDITOR are words
// of a shell, of which quotes are heeded, and nothing else is.
func editorCommand(system string, env func(string) string) ([]string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if v := strings.TrimSpace(env(name)); v != "" {
			words := splitWords(v)
			if len(words) == 0 {
				return nil, &tunnels.Error{Err: fmt.Errorf("%s names no program", name), Hint: "Set it to your editor, as vim or 'code --wait'."}
			}
			return words, nil
		}
	}
	if system == "windows" {
		return []string{"notepad"}, nil
	}
	for _, program := range []string{"editor", "vi", "nano"} {
		if _, err := exec.LookPath(program); err == nil {
			return []string{program}, nil
		}
	}
	return nil, &tunnels.Error{Err: errors.New("no editor was found"), Hint: "Name yours in EDITOR, as EDITOR=vim; or edit the file that `culvert profiles path` prints."}
}

// splitWords splits at spaces outside of quotes.
func splitWords(s string) []string {
	var out []string
	var word strings.Builder
	in, quote := false, rune(0)
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			in, quote = true, r
		case r == ' ' || r == '\t':
			if in {
				out = append(out, word.String())
			}
			word.Reset()
			in = false
		default:
			in = true
			word.WriteRune(r)
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}
