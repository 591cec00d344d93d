package ui

import (
	"errors"
	"io"
	"os"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// maxAuthority bounds a file of certificates, in bytes.
const maxAuthority = 1 << 20

// readAuthority reads a certificate file. Its error is an *tunnels.Error.
func readAuthority(path string) ([]byte, error) {
	data, err := readBounded(strings.TrimSpace(path))
	if err != nil {
		return nil, &tunnels.Error{
			Op: "read the certificate authority", Err: errors.New(lang.L("its file cannot be read: {{.Why}}", vars{"Why": err.Error()})),
			Hint:  lang.L("Choose the file with the cluster's authority, in PEM."),
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	return data, nil
}

// readBounded refuses what would never end, or is too large.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New(lang.L("it is no file"))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxAuthority+1))
	if err == nil && len(data) > maxAuthority {
		err = errors.New(lang.L("it is far too large"))
	}
	return data, err
}
