package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// The bodies of requests and answers that are no values of their own.
type (
	tunnelList struct {
		Tunnels []Status `json:"tunnels"`
	}
	everything struct {
		Tunnels  []Status  `json:"tunnels"`
		Profiles []Profile `json:"profiles"`
	}
	newTunnels struct {
		Tunnels []Spec `json:"tunnels"`
	}
	tunnelIDs struct {
		IDs []string `json:"ids"`
	}
	moving struct {
		Before string `json:"before,omitempty"` // empty means behind all
	}
	starting struct {
		// On, when it is there, are the local ports to listen on instead.
		On *[]Instead `json:"on,omitempty"`
	}
	swapping struct {
		Pod string `json:"pod,omitempty"` // empty means the best other one
	}
	extending struct {
		For Duration `json:"for"`
	}
	trial struct {
		Tunnel Spec     `json:"tunnel"`
		Within Duration `json:"within,omitzero"` // 0 means 10 s
	}
	testResult struct {
		Ports []PortTest `json:"ports"`
	}
	freePort struct {
		Listen []string `json:"listen,omitempty"`
		From   uint16   `json:"from"`
	}
	portFound struct {
		Port uint16 `json:"port"`
	}
	eventList struct {
		Events []Event `json:"events"`
	}
	connList struct {
		Connections []Conn `json:"connections"`
	}
	profileName struct {
		Name string `json:"name"`
	}
)

// testMost is how long a test may take at most: the answer has to go out too.
const testMost = answerWithin - 5*time.Second

// idOf is the tunnel in a request's path, and nameOf what else is named there.
func idOf(r *http.Request) tunnels.ID { return tunnels.ID(r.PathValue("id")) }
func nameOf(r *http.Request) string   { return r.PathValue("id") }

// engineRoutes are those of the role of the tunnels.
func (s *Server) engineRoutes(e Engine) []route {
	return append(append(append(s.commonRoutes(), tunnelRoutes(e)...), profileRoutes(e)...), s.longRoutes(e)...)
}

func tunnelRoutes(e Engine) []route {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []route{
		{get, "/v1/list", asking(func(r *http.Request) (any, error) {
			all, ps, err := e.List(r.Context())
			return everything{listed(all), orEmpty(each(ps, ProfileOf))}, err
		})},
		{get, "/v1/tunnels", asking(func(r *http.Request) (any, error) {
			all, _, err := e.List(r.Context())
			return tunnelList{listed(all)}, err
		})},
		{post, "/v1/tunnels", posting(maxList, func(r *http.Request, in newTunnels) (any, error) { return add(r.Context(), e, in) })},
		{get, "/v1/tunnels/{id}", asking(func(r *http.Request) (any, error) { return one(r.Context(), e, idOf(r)) })},
		{put, "/v1/tunnels/{id}", posting(maxList, func(r *http.Request, in Spec) (any, error) { return nil, change(e, idOf(r), in) })},
		{del, "/v1/tunnels/{id}", asking(func(r *http.Request) (any, error) { return nil, e.Remove(r.Context(), idOf(r)) })},
		{post, "/v1/tunnels/{id}/move", posting(maxBytes, func(r *http.Request, in moving) (any, error) {
			return nil, e.Move(idOf(r), tunnels.ID(in.Before))
		})},
		{post, "/v1/tunnels/{id}/start", posting(maxBytes, func(r *http.Request, in starting) (any, error) {
			if in.On == nil {
				return nil, e.Start(r.Context(), idOf(r))
			}
			return nil, e.StartOn(r.Context(), idOf(r), parseInstead(*in.On))
		})},
		{post, "/v1/tunnels/{id}/stop", posting(maxBytes, func(r *http.Request, _ struct{}) (any, error) {
			return nil, e.Stop(r.Context(), idOf(r))
		})},
		{post, "/v1/tunnels/{id}/kick", posting(maxBytes, func(r *http.Request, _ struct{}) (any, error) {
			e.Kick(idOf(r))
			return nil, nil
		})},
		{post, "/v1/tunnels/{id}/swap", posting(maxBytes, func(r *http.Request, in swapping) (any, error) {
			return nil, e.Swap(idOf(r), in.Pod)
		})},
		{post, "/v1/tunnels/{id}/extend", posting(maxBytes, func(r *http.Request, in extending) (any, error) {
			return nil, e.Extend(idOf(r), time.Duration(in.For))
		})},
		{get, "/v1/tunnels/{id}/timeline", asking(func(r *http.Request) (any, error) {
			return eventList{orEmpty(each(e.Timeline(idOf(r)), EventOf))}, nil
		})},
		{get, "/v1/tunnels/{id}/connections", asking(func(r *http.Request) (any, error) {
			return connList{orEmpty(each(e.Connections(idOf(r)), ConnOf))}, nil
		})},
		{get, "/v1/tunnels/{id}/recent", asking(func(r *http.Request) (any, error) {
			return connList{orEmpty(each(e.Recent(idOf(r)), ConnOf))}, nil
		})},
		{post, "/v1/test", posting(maxList, func(r *http.Request, in trial) (any, error) { return try(r.Context(), e, in) })},
		{post, "/v1/next-free", posting(maxBytes, func(r *http.Request, in freePort) (any, error) {
			port, err := e.NextFree(r.Context(), in.Listen, in.From)
			return portFound{port}, err
		})},
	}
}

func profileRoutes(e Engine) []route {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []route{
		{get, "/v1/profiles", asking(func(r *http.Request) (any, error) {
			_, ps, err := e.List(r.Context())
			return Profiles{orEmpty(each(ps, ProfileOf))}, err
		})},
		{post, "/v1/profiles", posting(maxBytes, func(r *http.Request, in profileName) (any, error) {
			p, err := e.CreateProfile(r.Context(), in.Name)
			return ProfileOf(p), err
		})},
		{http.MethodPatch, "/v1/profiles/{id}", posting(maxBytes, func(r *http.Request, in Change) (any, error) {
			return nil, e.ChangeProfile(r.Context(), nameOf(r), profiles.Change(in))
		})},
		{del, "/v1/profiles/{id}", asking(func(r *http.Request) (any, error) {
			d, err := e.DeleteProfile(r.Context(), nameOf(r))
			return DeletedOf(d), err
		})},
		{post, "/v1/profiles/{id}/duplicate", posting(maxBytes, func(r *http.Request, in profileName) (any, error) {
			p, err := e.DuplicateProfile(r.Context(), nameOf(r), in.Name)
			return ProfileOf(p), err
		})},
		{post, "/v1/profiles/{id}/restore", posting(maxList, func(r *http.Request, in Deleted) (any, error) {
			return nil, restore(r.Context(), e, nameOf(r), in)
		})},
		{get, "/v1/settings", asking(func(*http.Request) (any, error) { return e.Settings(), nil })},
		{put, "/v1/settings", posting(maxBytes, func(r *http.Request, in workspace.Settings) (any, error) {
			return nil, e.SetSettings(r.Context(), in)
		})},
		{post, "/v1/guests", posting(maxList, func(r *http.Request, in Guests) (any, error) {
			p, err := e.Bring(r.Context(), in.Parse())
			return ProfileOf(p), err
		})},
		{del, "/v1/guests/{id}", asking(func(r *http.Request) (any, error) { return nil, e.Dismiss(r.Context(), nameOf(r)) })},
	}
}

// longRoutes are those whose answers go on, and the end of all.
func (s *Server) longRoutes(e Engine) []route {
	holds := newHolds()
	return []route{
		{http.MethodGet, "/v1/events", func(w http.ResponseWriter, r *http.Request) { s.events(w, r, e) }},
		{http.MethodPost, "/v1/hold", func(w http.ResponseWriter, r *http.Request) { s.hold(w, r, e, holds) }},
		{http.MethodDelete, "/v1/hold/{id}", asking(func(r *http.Request) (any, error) {
			return nil, holds.release(r.Context(), nameOf(r))
		})},
		{http.MethodPost, "/v1/quit", posting(maxBytes, func(*http.Request, struct{}) (any, error) {
			if s.quit == nil {
				return nil, &tunnels.Error{
					Op: "quit", Err: errors.New("this Culvert has a window"), Hint: "Quit it there.",
					Cause: tunnels.CauseInvalid, Permanent: true,
				}
			}
			s.quit()
			return nil, nil
		})},
	}
}

func listed(s tunnels.Snapshot) []Status { return orEmpty(each(s, StatusOf)) }

// orEmpty returns a list that is [] in JSON where there is none.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// one returns a tunnel.
func one(ctx context.Context, e Engine, id tunnels.ID) (any, error) {
	all, _, err := e.List(ctx)
	if err != nil {
		return nil, err
	}
	st, ok := all.Find(id)
	if !ok {
		return nil, &tunnels.Error{Err: fmt.Errorf("there is no tunnel %q", id), Cause: tunnels.CauseNotFound, Permanent: true}
	}
	return StatusOf(st), nil
}

// add gives IDs to new tunnels that have none.
func add(ctx context.Context, e Engine, in newTunnels) (any, error) {
	specs := each(in.Tunnels, Spec.Parse)
	out := tunnelIDs{IDs: []string{}}
	for i := range specs {
		if specs[i].ID == "" {
			specs[i].ID = tunnels.NewID()
		}
		out.IDs = append(out.IDs, string(specs[i].ID))
	}
	return out, e.Add(ctx, specs)
}

// change puts the tunnel that the path names.
func change(e Engine, id tunnels.ID, in Spec) error {
	spec := in.Parse()
	if spec.ID == "" {
		spec.ID = id
	}
	if spec.ID != id {
		return another(string(id), in.ID)
	}
	return e.Put(spec)
}

func restore(ctx context.Context, e Engine, id string, in Deleted) error {
	if in.Profile.ID != id {
		return another(id, in.Profile.ID)
	}
	d, err := in.Parse()
	if err != nil {
		return err
	}
	return e.RestoreProfile(ctx, d)
}

// another is the error of a body whose ID is not the path's.
func another(path, body string) error {
	return &tunnels.Error{
		Op: "id", Err: fmt.Errorf("the path names %q and the body %q", path, body), Hint: "Name the same in both.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// try tests a tunnel that need not be there.
func try(ctx context.Context, e Engine, in trial) (any, error) {
	if in.Within > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, min(time.Duration(in.Within), testMost))
		defer cancel()
	}
	ports, err := e.Test(ctx, in.Tunnel.Parse())
	return testResult{orEmpty(each(ports, PortTestOf))}, err
}
