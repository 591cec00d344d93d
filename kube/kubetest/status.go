package kubetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// status is the API's answer to a request that failed.
type status struct {
	Kind       string         `json:"kind"`
	APIVersion string         `json:"apiVersion"`
	Metadata   struct{}       `json:"metadata"`
	Status     string         `json:"status"`
	Message    string         `json:"message,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Details    *statusDetails `json:"details,omitempty"`
	Code       int            `json:"code"`
}

type statusDetails struct {
	Name              string        `json:"name,omitempty"`
	Group             string        `json:"group,omitempty"`
	Kind              string        `json:"kind,omitempty"`
	Causes            []statusCause `json:"causes,omitempty"`
	RetryAfterSeconds int           `json:"retryAfterSeconds,omitempty"`
}

type statusCause struct {
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

func newStatus(code int, reason, message string) *status {
	return &status{Kind: "Status", APIVersion: "v1", Status: "Failure", Message: message, Reason: reason, Code: code}
}

func badRequest(format string, args ...any) *status {
	return newStatus(http.StatusBadRequest, "BadRequest", fmt.Sprintf(format, args...))
}

func notFound(group, resource, name string) *status {
	return newStatus(http.StatusNotFound, "NotFound", fmt.Sprintf("%s %q not found", qualified(group, resource), name)).
		about(group, resource, name)
}

// noResource is the answer when there is no such resource.
func noResource() *status {
	return newStatus(http.StatusNotFound, "NotFound", "the server could not find the requested resource").about("", "", "")
}

func methodNotAllowed() *status {
	return newStatus(http.StatusMethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource").
		about("", "", "")
}

func expired(message string) *status { return newStatus(http.StatusGone, "Expired", message) }

// about names the object that the failure is about.
func (st *status) about(group, resource, name string) *status {
	st.Details = &statusDetails{Group: group, Kind: resource, Name: name}
	return st
}

func (st *status) retryAfter(d time.Duration) *status {
	if d <= 0 {
		return st
	}
	if st.Details == nil {
		st.Details = &statusDetails{}
	}
	st.Details.RetryAfterSeconds = int((d + time.Second - 1) / time.Second)
	return st
}

func (st *status) write(w http.ResponseWriter) {
	if st.Details != nil && st.Details.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(st.Details.RetryAfterSeconds))
	}
	writeJSON(w, st.Code, st)
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // the client may have left
}
