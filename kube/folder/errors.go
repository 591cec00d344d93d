package folder

import (
	"errors"
	"io/fs"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/durable"
)

// unreadable says what is wrong with a file.
func (f Folder) unreadable(name string, err error) *tunnels.Error {
	e := &tunnels.Error{
		Op: "read " + f.File(name), Err: reason(err),
		Hint:  "Correct the file, or move it away to begin afresh; until then Culvert leaves it as it is.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "Give yourself the right to read the file."
	case strings.Contains(err.Error(), "unknown field"):
		e.Hint = "Correct the file; if a newer Culvert has written it, use that one. Until then it is left as it is."
	}
	return e
}

// unwritable says why a file cannot be changed.
func (f Folder) unwritable(name string, err error) *tunnels.Error {
	return &tunnels.Error{
		Op: "write " + f.File(name), Err: reason(err),
		Hint:  "Check that the folder is yours, can be written to and has space left, then try again.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// reason leaves out the path, which the operation names, and puts a text into
// one line.
func reason(err error) error {
	err = durable.Reason(err)
	if line := strings.Join(strings.Fields(err.Error()), " "); line != err.Error() {
		return errors.New(line)
	}
	return err
}
