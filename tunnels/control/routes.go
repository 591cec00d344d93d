package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"culvert/tunnels"
)

// host is the one name by which the server answers.
const host = "culvert"

// speaks are the versions of the protocol, the newest last.
func speaks() []string { return []string{"v1"} }

// fault is what is answered when something is wrong.
type fault struct {
	Error
	Speaks []string `json:"speaks,omitempty"`
}

func says(text string) fault { return fault{Error: Error{Text: text}} }

// route is one method of one path, in which a part in braces is a name that stands
// for anything but a slash.
type route struct {
	method, path string
	serve        http.HandlerFunc
}

// match returns the parts of a path that stand for names, without their escapes.
func (t route) match(path string) (names map[string]string, ok bool) {
	want, have := strings.Split(t.path, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	for i, w := range want {
		name, variable := strings.CutPrefix(w, "{")
		if !variable {
			if w != have[i] {
				return nil, false
			}
			continue
		}
		part, err := url.PathUnescape(have[i])
		if err != nil {
			return nil, false
		}
		if names == nil {
			names = make(map[string]string)
		}
		names[strings.TrimSuffix(name, "}")] = part
	}
	return names, true
}

// commonRoutes are those of both roles.
func (s *Server) commonRoutes() []route {
	return []route{
		{http.MethodGet, "/v1/version", asking(func(*http.Request) (any, error) { return s.version(), nil })},
		{http.MethodGet, "/v1/openapi.yaml", describe},
	}
}

func (s *Server) windowRoutes(h Handler) []route {
	return append(s.commonRoutes(),
		route{http.MethodPost, "/v1/raise", posting(maxBytes, func(r *http.Request, _ struct{}) (any, error) {
			return nil, h.Raise(r.Context())
		})},
		route{http.MethodPost, "/v1/args", posting(maxBytes, func(r *http.Request, a Args) (any, error) {
			return h.Args(r.Context(), a)
		})},
	)
}

// logRequest logs what is asked for; questions are for who wants to know all.
func (s *Server) logRequest(r *http.Request) {
	level := slog.LevelInfo
	if r.Method == http.MethodGet {
		level = slog.LevelDebug
	}
	if s.log != nil {
		s.log.Log(r.Context(), level, "asked over the control socket", "method", r.Method, "path", r.URL.EscapedPath())
	}
}

// handler answers what is no request for one of the routes itself.
func (s *Server) handler(routes []route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.contain(w)
		var serve http.HandlerFunc
		var methods []string
		for _, t := range routes {
			names, ok := t.match(r.URL.EscapedPath())
			if !ok {
				continue
			}
			methods = append(methods, t.method)
			if t.method == r.Method {
				serve = t.serve
				for name, value := range names {
					r.SetPathValue(name, value)
				}
			}
		}
		switch {
		case r.Host != host || r.Header.Get("Origin") != "":
			f := says("this is for the user's own processes, and not for browsers")
			f.Hint = "Ask for http://" + host + "/, without an Origin."
			refuse(w, http.StatusForbidden, f)
		case methods == nil:
			f := says("there is no such path")
			f.Speaks = speaks()
			refuse(w, http.StatusNotFound, f)
		case serve == nil:
			w.Header().Set("Allow", strings.Join(methods, ", "))
			refuse(w, http.StatusMethodNotAllowed, says("use "+strings.Join(methods, " or ")))
		case s.isLeaving():
			refuse(w, http.StatusServiceUnavailable, says(errLeaving.Error()))
		default:
			s.logRequest(r)
			serve(w, r)
		}
	})
}

// contain answers for a handler that has panicked.
func (s *Server) contain(w http.ResponseWriter) {
	if p := recover(); p != nil {
		s.warn(fmt.Errorf("control socket: %w", tunnels.PanicError(s.crashes.Caught("the control socket", p))))
		refuse(w, http.StatusInternalServerError, says("Culvert has failed to do that"))
	}
}

// posting is a route whose body is an In of so many bytes at most. What f returns is
// the answer's body; without one there is none.
func posting[In any](most int64, f func(*http.Request, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if decode(w, r, most, &in) {
			reply(w, r, func(r *http.Request) (any, error) { return f(r, in) })
		}
	}
}

// asking is a route without a body.
func asking(f func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { reply(w, r, f) }
}

func reply(w http.ResponseWriter, r *http.Request, f func(*http.Request) (any, error)) {
	allRead(w)
	out, err := f(r)
	switch {
	case err != nil:
		failed(w, err)
	case out == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		answer(w, http.StatusOK, out)
	}
}

// allRead lets a request go on for longer than it may take to send its body: else its
// context would end then.
func allRead(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // who has no deadlines needs none
}

// decode reads the body strictly, and answers itself when it is wrong.
func decode(w http.ResponseWriter, r *http.Request, most int64, v any) bool {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, says("the body is no application/json"))
		return false
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something is behind it")
			if _, ok := errors.AsType[*http.MaxBytesError](more); ok {
				err = more
			}
		}
	}
	if err == nil {
		return true
	}
	status := http.StatusBadRequest
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status = http.StatusRequestEntityTooLarge
	}
	refuse(w, status, says(fmt.Sprintf("the body is wrong: %v", err)))
	return false
}

// failed answers with an error of the handler: one that the user can act on is none
// of the server's.
func failed(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if _, ok := errors.AsType[*tunnels.Error](err); ok {
		status = http.StatusUnprocessableEntity
	}
	refuse(w, status, fault{Error: *ErrorOf(tunnels.AsError(err))})
}

func refuse(w http.ResponseWriter, status int, f fault) { answer(w, status, f) }

// answer writes v. That it cannot be written is noticed by who reads.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
