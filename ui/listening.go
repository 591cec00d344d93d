package ui

import (
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

const (
	everywhere = "0.0.0.0 ::"
	// listenOther is the key of the choice to type addresses.
	listenOther = "other"
)

// listenOptions are the ways to listen that one may choose.
func listenOptions() []parts.Option {
	return []parts.Option{
		{Key: tunnels.Localhost, Text: lang.L("This computer only"), Note: lang.L("127.0.0.1 and ::1")},
		{Key: "127.0.0.1", Text: lang.L("This computer, IPv4 only"), Note: "127.0.0.1"},
		{Key: "::1", Text: lang.L("This computer, IPv6 only"), Note: "::1"},
		{Key: everywhere, Text: lang.L("All interfaces"), Note: lang.L("0.0.0.0 and ::")},
	}
}

// listenChoices are the options and the choice to type addresses.
func listenChoices() []parts.Option {
	return append(listenOptions(), parts.Option{Key: listenOther, Text: lang.L("Other: type addresses")})
}

func listenKey(listen string) string {
	if listen == "" {
		return tunnels.Localhost
	}
	return listen
}

// listenChoice is the option that fits what a form listens on.
func listenChoice(listen string) string {
	key := listenKey(listen)
	for _, o := range listenOptions() {
		if o.Key == key {
			return key
		}
	}
	return listenOther
}
