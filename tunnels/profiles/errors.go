package profiles

import (
	"errors"

	"culvert/tunnels"
	"culvert/tunnels/durable"
)

var (
	errTooLarge = errors.New("it would have more than 1 MiB")
	errVanished = errors.New("it was removed in the same moment")
)

func noProfile(id string) *tunnels.Error {
	e := refused("profile "+clean(id), "Choose another profile, or make one.", "it does not exist any more")
	e.Cause = tunnels.CauseNotFound
	return e
}

func noTunnel(id tunnels.ID) *tunnels.Error {
	e := refused("tunnel "+clean(string(id)), "", "it is in no profile any more")
	e.Cause = tunnels.CauseNotFound
	return e
}

// unwritable says why a file cannot be changed.
func unwritable(base string, err error) *tunnels.Error {
	return &tunnels.Error{
		Op: "write " + base, Err: durable.Reason(err), Cause: tunnels.CauseInvalid, Permanent: true,
		Hint: "Check that the profiles' folder is yours, can be written to and has space left, then try again.",
	}
}
