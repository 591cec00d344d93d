package hostile

import (
	"fmt"
	"net/http"
)

// leads redirects, with a status, to where to says.
func leads(code int, to func(*call) string) func(*call) {
	return func(c *call) {
		c.w.Header().Set("Location", to(c)+c.r.URL.Path)
		c.w.WriteHeader(code)
	}
}

func away(c *call) string    { return c.s.trap.url }
func plainly(c *call) string { return c.s.trap.plain }
func round(c *call) string   { return "https://" + c.s.addr }

func redirectTrials() []trial {
	const told = "redirects to"
	var out []trial
	for _, code := range []int{301, 302, 303, 307, 308} {
		out = append(out, trial{name: fmt.Sprint("redirect-", code), does: fmt.Sprintf("%d to another server, of the list", code), script: list(leads(code, away)), tells: told})
	}
	return append(out,
		trial{name: "redirect-watch", does: "307 to another server, of the watch", script: script{watch: leads(307, away)}, tells: told},
		trial{name: "redirect-plain", does: "307 to another server without TLS", script: list(leads(307, plainly)), tells: told},
		trial{name: "redirect-loop", does: "redirects in a circle", script: list(leads(302, round)), tells: told},
		trial{name: "redirect-upgrade", does: "307 to another server, of the way to the pod", script: upgrade(leads(307, away)), tells: told},
		trial{name: "redirect-upgrade-302", does: "302 to another server without TLS, of the way to the pod", script: upgrade(leads(302, plainly)), tells: told},
		trial{name: "redirect-websocket", via: "websocket", does: "302 to another server, of the WebSocket", script: upgrade(leads(http.StatusFound, away)), tells: told},
		trial{name: "redirect-bare", does: "302 without saying where", script: list(func(c *call) { c.w.WriteHeader(302) }), tells: "302"},
		trial{name: "redirect-refresh", does: "a page that leads a browser away", script: list(func(c *call) {
			c.w.Header().Set("Content-Type", "text/html")
			c.w.Header().Set("Refresh", "0; url="+c.s.trap.url)
			_, _ = fmt.Fprint(c.w, "<title>Go away</title>")
		}), tells: "page"},
	)
}
