package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"runtime/debug"

	"culvert/tunnels"
)

// host is the one name by which the server answers.
const host = "culvert"

// speaks are the versions of the protocol, the newest last.
func speaks() []string { return []string{"v1"} }

// fault is what is answered when something is wrong.
type fault struct {
	Error  string   `json:"error"`
	Hint   string   `json:"hint,omitempty"`
	Speaks []string `json:"speaks,omitempty"`
}

// route is one path.
type route struct {
	method string
	serve  func(http.ResponseWriter, *http.Request)
}

func (s *Server) routes(h Handler) http.Handler {
	paths := map[string]route{
		"/v1/version": {http.MethodGet, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.about) }},
		"/v1/raise":   {http.MethodPost, func(w http.ResponseWriter, r *http.Request) { raise(w, r, h) }},
		"/v1/args":    {http.MethodPost, func(w http.ResponseWriter, r *http.Request) { args(w, r, h) }},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.contain(w)
		r.Body = http.MaxBytesReader(w, r.Body, maxBytes)
		found, ok := paths[r.URL.Path]
		switch {
		case r.Host != host || r.Header.Get("Origin") != "":
			refuse(w, http.StatusForbidden, fault{Error: "this is for Culvert's own processes"})
		case !ok:
			refuse(w, http.StatusNotFound, fault{Error: "there is no such path", Speaks: speaks()})
		case r.Method != found.method:
			w.Header().Set("Allow", found.method)
			refuse(w, http.StatusMethodNotAllowed, fault{Error: "use " + found.method})
		case s.leaving.Load():
			refuse(w, http.StatusServiceUnavailable, fault{Error: errLeaving.Error()})
		default:
			found.serve(w, r)
		}
	})
}

// contain answers for a handler that has panicked.
func (s *Server) contain(w http.ResponseWriter) {
	if p := recover(); p != nil {
		s.warn(fmt.Errorf("control socket: panic: %v\n%s", p, debug.Stack()))
		refuse(w, http.StatusInternalServerError, fault{Error: "Culvert has failed to do that"})
	}
}

func raise(w http.ResponseWriter, r *http.Request, h Handler) {
	if !decode(w, r, &struct{}{}) {
		return
	}
	if err := h.Raise(r.Context()); err != nil {
		failed(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func args(w http.ResponseWriter, r *http.Request, h Handler) {
	var a Args
	if !decode(w, r, &a) {
		return
	}
	got, err := h.Args(r.Context(), a)
	if err != nil {
		failed(w, err)
		return
	}
	answer(w, http.StatusOK, got)
}

// decode reads the body strictly, and answers itself when it is wrong.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, fault{Error: "the body is no application/json"})
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
	refuse(w, status, fault{Error: fmt.Sprintf("the body is wrong: %v", err)})
	return false
}

// failed answers with an error of the handler.
func failed(w http.ResponseWriter, err error) {
	refuse(w, http.StatusInternalServerError, fault{Error: err.Error(), Hint: tunnels.AsError(err).Hint})
}

func refuse(w http.ResponseWriter, status int, f fault) { answer(w, status, f) }

// answer writes v. That it cannot be written is noticed by who reads.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
