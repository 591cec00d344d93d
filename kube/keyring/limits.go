package keyring

import (
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
)

// What the systems take. Windows has CRED_MAX_CREDENTIAL_BLOB_SIZE, in bytes. On
// macOS the library (go-keyring 0.2.8) hands a whole command to security(1), of
// which a line may have as much, and the secret in base64 behind a prefix; it checks
// that only when it has started the program, which then stays.
const (
	mostOnWindows = 2560
	mostOnDarwin  = 4096
	darwinCommand = "add-generic-password -U -s  -a  -w go-keyring-base64:\n"
)

// fits returns errTooBig, with the sizes, for a secret that the system's keyring
// would not take.
func fits(service, name, secret string) error { return fitsOn(runtime.GOOS, service, name, secret) }

func fitsOn(system, service, name, secret string) error {
	var most int
	switch system {
	case "windows":
		most = mostOnWindows
	case "darwin":
		rest := len(darwinCommand) + quoted(service) + quoted(name)
		most = max(0, base64.StdEncoding.DecodedLen((mostOnDarwin-rest)/4*4)-2) // the padding
	default:
		return nil // the Secret Service sets no limit
	}
	if len(secret) > most {
		return fmt.Errorf("%w: it has %d bytes of at most %d", errTooBig, len(secret), most)
	}
	return nil
}

// quoted is how long a word is at most once it is quoted for a shell.
func quoted(word string) int { return len(`''`) + len(word) + 4*strings.Count(word, "'") }
