package ui

import (
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// viaAuto is the key of the choice that leaves the transport to the program.
const viaAuto = "auto"

// viaOptions are the transports that one may choose for a tunnel.
func viaOptions() []parts.Option {
	return []parts.Option{
		{Key: viaAuto, Text: lang.L("Best for the cluster"), Note: lang.L("finds out by itself")},
		{Key: string(tunnels.ViaSPDY), Text: "SPDY"},
		{Key: string(tunnels.ViaWebSocket), Text: "WebSocket", Note: lang.L("through strict proxies")},
		{Key: string(tunnels.ViaNode), Text: "Node", Note: lang.L("needs the right to nodes/proxy")},
	}
}

func viaKey(v tunnels.Via) string {
	if v == tunnels.ViaAuto {
		return viaAuto
	}
	return string(v)
}

func viaOf(key string) tunnels.Via {
	if key == viaAuto {
		return tunnels.ViaAuto
	}
	return tunnels.Via(key)
}
