package kubetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// watchLimit is how long a watch lasts that sets no limit itself.
const watchLimit = 45 * time.Minute

// watchEvent is one line of a watch.
type watchEvent struct {
	Type   string `json:"type"`
	Object any    `json:"object"`
}

// watcher is one watch request under way.
type watcher struct {
	listing
	bookmarks bool
	enc       *json.Encoder
	flush     func()
}

// watch streams changes until the client leaves, the time is over or the server
// ends it. Like a real API server it reports a version that is too old inside
// the stream.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, q request, res resource, user *account) *status {
	l, st := s.newListing(q, r, res, user)
	if st != nil {
		return st
	}
	v := r.URL.Query()
	at, st := parseVersion(v)
	if st != nil {
		return st
	}
	limit := watchLimit
	if text := v.Get("timeoutSeconds"); text != "" {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return badRequest("timeoutSeconds %q is not a count", text)
		}
		if n > 0 {
			limit = time.Duration(n) * time.Second
		}
	}
	initial := v.Get("sendInitialEvents")
	if initial == "true" && (v.Get("resourceVersionMatch") != "NotOlderThan" || v.Get("allowWatchBookmarks") != "true") {
		return newStatus(http.StatusUnprocessableEntity, "Invalid",
			"sendInitialEvents requires resourceVersionMatch NotOlderThan and allowWatchBookmarks")
	}

	ended := s.watchesEnded()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	wt := watcher{listing: l, bookmarks: v.Get("allowWatchBookmarks") == "true", enc: json.NewEncoder(w), flush: func() {}}
	if f, ok := w.(http.Flusher); ok {
		wt.flush = f.Flush
	}
	wt.flush()

	if initial == "true" || (at == 0 && initial != "false") {
		objects, now, _ := s.store.snapshot(res.name, 0)
		for _, o := range objects {
			if l.match(o) && !wt.send("ADDED", l.item(*o, true)) {
				return nil
			}
		}
		if at = now; initial == "true" && !wt.bookmark(at, true) {
			return nil
		}
		wt.flush()
	} else if at == 0 {
		at = s.store.now()
	}
	s.follow(r, wt, at, limit, ended)
	return nil
}

func (s *Server) follow(r *http.Request, wt watcher, at uint64, limit time.Duration, ended <-chan struct{}) {
	over := time.NewTimer(limit)
	defer over.Stop()
	bookmark := time.NewTicker(s.opts.BookmarkEvery)
	defer bookmark.Stop()
	for {
		events, now, changed, known := s.store.since(wt.res.name, at)
		if !known {
			wt.send("ERROR", expired(fmt.Sprintf("too old resource version: %d (%d)", at, s.store.oldest())))
			wt.flush()
			return
		}
		for _, e := range events {
			if !wt.change(e) {
				return
			}
		}
		at = max(at, now)
		wt.flush()
		select {
		case <-changed:
		case <-bookmark.C:
			if wt.bookmarks && !wt.bookmark(at, false) {
				return
			}
			wt.flush()
		case <-over.C:
			if wt.bookmarks {
				wt.bookmark(at, false)
			}
			return
		case <-r.Context().Done():
			return
		case <-ended:
			return
		}
	}
}

// change sends an event as it looks through the selector: an object that no
// longer matches is deleted as far as this client goes.
func (wt watcher) change(e event) bool {
	was := e.before != nil && wt.match(e.before)
	is := e.after != nil && wt.match(e.after)
	switch {
	case is && was:
		return wt.send("MODIFIED", wt.item(*e.after, true))
	case is:
		return wt.send("ADDED", wt.item(*e.after, true))
	case was:
		last := *e.before
		if e.after != nil {
			last = *e.after
		}
		last.Metadata.ResourceVersion = version(e.version)
		return wt.send("DELETED", wt.item(last, true))
	}
	return true
}

func (wt watcher) bookmark(at uint64, initialEnd bool) bool {
	o := object{Metadata: objectMeta{ResourceVersion: version(at)}}
	if initialEnd {
		o.Metadata.Annotations = map[string]string{"k8s.io/initial-events-end": "true"}
	}
	return wt.send("BOOKMARK", wt.item(o, true))
}

// send reports whether the client is still there.
func (wt watcher) send(kind string, o any) bool {
	return wt.enc.Encode(watchEvent{Type: kind, Object: o}) == nil
}
