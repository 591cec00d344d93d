package loginstart

import (
	"errors"
	"fmt"
)

// Entry starts one program at login. All fields must be set.
type Entry struct {
	ID      string   // as io.culvert.Culvert; it names the file or value
	Name    string   // shown to the user
	Comment string   // what the program does, in a few words
	Program string   // its full path
	Args    []string // what it is given
}

// ElsewhereError says that a program starts at login, but another one than the
// entry's: it was moved, or another copy of it was chosen. Set mends it.
type ElsewhereError struct {
	Program string // what is started now
}

func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("%s starts at login instead", e.Program)
}

// errNoProgram says that the program does not know where it is.
var errNoProgram = errors.New("where this program is cannot be found out")

// compare returns what Enabled says of an entry that starts command.
func (e Entry) compare(command []string) (bool, error) {
	if len(command) == 0 {
		return false, nil
	}
	if command[0] != e.Program {
		return true, &ElsewhereError{command[0]}
	}
	return true, nil
}
