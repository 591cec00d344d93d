package demopod

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

type pageData struct {
	Pod, Method, Path, Host, Now string
	Port                         uint16
	Up                           time.Duration
	Count                        uint64
}

// page answers every path with the pod's name: HTML for browsers, two lines of
// text for everything else. The header X-Pod carries the name, too.
func (s *Server) page(svc Service) http.Handler {
	html := template.Must(template.New("page").Parse(pageHTML))
	var count atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		d := pageData{
			Pod: s.pod, Port: svc.Port, Method: r.Method, Path: r.URL.Path, Host: r.Host,
			Now: now.Format("15:04:05"), Up: now.Sub(s.started).Round(time.Second), Count: count.Add(1),
		}
		w.Header().Set("X-Pod", s.pod)
		w.Header().Set("Cache-Control", "no-store")
		if !strings.Contains(r.Header.Get("Accept"), "text/html") {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = fmt.Fprintf(w, "Hello from pod %s, port %d.\n%s %s · request %d · up %s\n", // the client may have left
				d.Pod, d.Port, d.Method, d.Path, d.Count, d.Up)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = html.Execute(w, d) // the client may have left
	})
}

const pageHTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{{.Pod}}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; margin: 0 }
p { opacity: .75; margin: .25rem 0 1.5rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; font-variant-numeric: tabular-nums }
dt { opacity: .6 } dd { margin: 0; overflow-wrap: anywhere }
</style>
<p>Hello from pod</p>
<h1>{{.Pod}}</h1>
<p>You reached it through a port-forward.</p>
<dl>
<dt>Port in the pod</dt><dd>{{.Port}}</dd>
<dt>You asked</dt><dd>{{.Host}}</dd>
<dt>Request</dt><dd>{{.Method}} {{.Path}}</dd>
<dt>Number</dt><dd>{{.Count}}</dd>
<dt>Time</dt><dd>{{.Now}}</dd>
<dt>Up for</dt><dd>{{.Up}}</dd>
</dl>
</html>
`
