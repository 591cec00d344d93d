package loginstart

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/windows/registry"
)

// The keys of the registry, of the user alone. In the second one Windows notes what
// its settings have switched off: a first byte that is odd.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// Enabled says whether the program starts at login. The error is an
// [*ElsewhereError] where another copy of it does.
func (e Entry) Enabled() (bool, error) {
	line, err := e.read()
	if err != nil || line == "" {
		return false, err
	}
	off, err := e.switchedOff()
	if err != nil || off {
		return false, err
	}
	program := firstWord(line)
	if strings.EqualFold(program, e.Program) { // names of files have no case here
		return true, nil
	}
	return e.compare([]string{program})
}

// Set has the program start at login, or no longer.
func (e Entry) Set(on bool) error {
	if on && e.Program == "" {
		return errNoProgram
	}
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("open the Run key: %w", err)
	}
	defer k.Close()
	if !on {
		if err := k.DeleteValue(e.ID); err != nil && !errors.Is(err, registry.ErrNotExist) {
			return fmt.Errorf("change the Run key: %w", err)
		}
		return nil
	}
	if err := k.SetStringValue(e.ID, commandLine(append([]string{e.Program}, e.Args...))); err != nil {
		return fmt.Errorf("change the Run key: %w", err)
	}
	return e.switchOn()
}

// read returns the command line; empty where there is none.
func (e Entry) read() (string, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open the Run key: %w", err)
	}
	defer k.Close()
	line, _, err := k.GetStringValue(e.ID)
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		return "", fmt.Errorf("read the Run key: %w", err)
	}
	return line, nil
}

// switchedOff says whether the user has switched the entry off in the settings of
// Windows.
func (e Entry) switchedOff() (bool, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open the key of approved programs: %w", err)
	}
	defer k.Close()
	value, _, err := k.GetBinaryValue(e.ID)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the key of approved programs: %w", err)
	}
	return len(value) > 0 && value[0]%2 == 1, nil
}

// switchOn takes back what switchedOff tells.
func (e Entry) switchOn() error {
	k, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the key of approved programs: %w", err)
	}
	defer k.Close()
	if err := k.DeleteValue(e.ID); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return fmt.Errorf("change the key of approved programs: %w", err)
	}
	return nil
}
