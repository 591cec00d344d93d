package cli

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"culvert/tunnels"
)

// browserWithin is how long the program that opens the browser is waited for. Some
// end at once, others with the browser.
const browserWithin = 3 * time.Second

// browserCommand is the command by which a system opens an address.
func browserCommand(system, url string) []string {
	switch system {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", url}
	case "darwin":
		return []string{"open", url}
	}
	return []string{"xdg-open", url}
}

// openBrowser opens an address in the user's browser, which goes on after this
// program.
func openBrowser(url string) error {
	words := browserCommand(runtime.GOOS, url)
	cmd := exec.Command(words[0], words[1:]...) //nolint:noctx // the browser outlives whoever opens it, and so has no pipe to us
	if err := cmd.Start(); err != nil {
		return noBrowser(url, fmt.Errorf("%s cannot be started: %w", words[0], reasonless(err)))
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // it ends with the browser, or this program
	t := time.NewTimer(browserWithin)
	defer t.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return noBrowser(url, fmt.Errorf("%s: %s", words[0], openerText(err)))
		}
	case <-t.C:
	}
	return nil
}

// openerText says what the exit status of xdg-open means.
func openerText(err error) string {
	if e, ok := errors.AsType[*exec.ExitError](err); ok && runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		switch e.ExitCode() {
		case 3:
			return "no browser was found"
		case 4:
			return "the browser could not be started"
		}
	}
	return err.Error()
}

// reasonless leaves the path out of an error of starting a program.
func reasonless(err error) error {
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return e.Err
	}
	return err
}

func noBrowser(url string, err error) error {
	return &tunnels.Error{Op: "open the browser", Err: err, Hint: "Open it yourself: " + url}
}
