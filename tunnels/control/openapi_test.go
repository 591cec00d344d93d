package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// TestDocumentHasAllRoutes: the document names what is served, on the socket on which
// it is, and nothing else.
func TestDocumentHasAllRoutes(t *testing.T) {
	s := serverOn(nil, Options{})
	served := make(map[string]string)
	for _, r := range s.windowRoutes(&answering{}) {
		served[r.method+" "+r.path] = "window"
	}
	for _, r := range s.engineRoutes(newFake()) {
		if key := r.method + " " + r.path; served[key] == "" {
			served[key] = "tunnels"
		} else {
			served[key] = "both"
		}
	}
	for _, op := range readDocument(t).operations() {
		key := op.method + " " + op.path
		if served[key] != op.tag {
			t.Errorf("%s is for %q in the document, and for %q in truth", key, op.tag, served[key])
		}
		delete(served, key)
	}
	for key := range served {
		t.Errorf("%s is not in the document", key)
	}
}

// TestDocumentHasAllFields: the schemas name the fields of the types, which of them
// are always there, and nothing else.
func TestDocumentHasAllFields(t *testing.T) {
	d := readDocument(t)
	types := map[string]any{
		"Nothing": struct{}{}, "Version": Version{}, "Args": Args{}, "Answer": Answer{}, "Error": Error{}, "Position": Position{},
		"Missing": Missing{}, "Fault": fault{}, "Mapping": Mapping{}, "Spec": Spec{}, "Instead": Instead{}, "Address": Address{},
		"Bound": Bound{}, "Unbound": Unbound{}, "PortErr": PortErr{}, "Number": Number{}, "Status": Status{}, "Conn": Conn{},
		"Event": Event{}, "PortTest": PortTest{}, "Profile": Profile{}, "Change": Change{}, "Deleted": Deleted{},
		"DeletedFile": DeletedFile{}, "Guests": Guests{}, "Settings": workspace.Settings{}, "TunnelList": tunnelList{},
		"Everything": everything{}, "NewTunnels": newTunnels{}, "TunnelIDs": tunnelIDs{}, "Moving": moving{}, "Starting": starting{},
		"Swapping": swapping{}, "Extending": extending{}, "Trial": trial{}, "TestResult": testResult{}, "FreePort": freePort{},
		"PortFound": portFound{}, "EventList": eventList{}, "ConnList": connList{}, "ProfileName": profileName{}, "Tunnels": Tunnels{},
		"Profiles": Profiles{}, "Dropped": Dropped{}, "Held": Held{},
	}
	for name, schema := range d.at(map[string]any(d), "components", "schemas").(map[string]any) {
		properties, ok := d.at(schema, "properties").(map[string]any)
		if !ok {
			continue // no object
		}
		if types[name] == nil {
			t.Errorf("%s is of no type", name)
			continue
		}
		required, _ := d.at(schema, "required").([]any)
		fields := fieldsOf(reflect.TypeOf(types[name]))
		for field, always := range fields {
			if properties[field] == nil {
				t.Errorf("%s.%s is not in the document", name, field)
			}
			if always != slices.Contains(required, any(field)) && name != "Args" { // of which others may leave some out
				t.Errorf("whether %s.%s is always there: %v", name, field, always)
			}
		}
		for field := range properties {
			if _, ok := fields[field]; !ok {
				t.Errorf("%s.%s is only in the document", name, field)
			}
		}
		delete(types, name)
	}
	for name := range types {
		t.Errorf("%s is not in the document", name)
	}
}

// fieldsOf returns the names that a struct has in JSON, and whether they are there
// always.
func fieldsOf(t reflect.Type) map[string]bool {
	out := make(map[string]bool)
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("json")
		if f.Anonymous && !ok {
			for name, always := range fieldsOf(f.Type) {
				out[name] = always
			}
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		out[name] = options == ""
	}
	return out
}

// asker talks to the socket as a script would.
type asker struct {
	t    *testing.T
	doc  document
	http *http.Client
	met  map[string]bool // operations that were answered well
}

func newAsker(t *testing.T, s *Server) *asker {
	tr := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dial(ctx, s.place.socket)
	}}
	return &asker{t: t, doc: readDocument(t), http: &http.Client{Transport: tr}, met: make(map[string]bool)}
}

// ask makes a request for an operation.
func (a *asker) ask(op operation, id string, body any) *http.Response {
	a.t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	path := strings.Replace(op.path, "{id}", url.PathEscape(id), 1)
	if op.path == "/v1/events" {
		path += "?of=tunnels,profiles,settings,event"
	}
	req, err := http.NewRequestWithContext(a.t.Context(), op.method, "http://culvert"+path, in)
	if err != nil {
		a.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// hold checks an answer against the document.
func (a *asker) hold(op operation, resp *http.Response) {
	a.t.Helper()
	key, status := op.method+" "+op.path, fmt.Sprint(resp.StatusCode)
	said := a.doc.at(op.node, "responses", status)
	if said == nil {
		said = a.doc.at(op.node, "responses", "default")
	}
	kind := resp.Header.Get("Content-Type")
	content, _ := a.doc.at(said, "content").(map[string]any)
	if content[kind] == nil && (kind != "" || content != nil) {
		a.t.Errorf("%s answers %s with %q", key, status, kind)
		return
	}
	a.met[key] = a.met[key] || resp.StatusCode < 300
	schema := a.doc.at(content[kind], "schema")
	switch kind {
	case "text/event-stream":
		a.holdStream(key, a.doc.at(content[kind], "x-messages").(map[string]any), resp.Body)
		return
	case "application/yaml", "":
		return
	}
	var v any
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		a.t.Errorf("%s: %v", key, err)
	}
	for _, wrong := range a.doc.check(schema, v, key+" "+status) {
		a.t.Error(wrong)
	}
}

// holdStream checks the messages of a stream until it has heard of all that it waits
// for.
func (a *asker) holdStream(key string, schemas map[string]any, body io.Reader) {
	a.t.Helper()
	in, wait := readMessages(body, 1<<20), map[string]bool{newsHeld: true}
	if strings.HasSuffix(key, "events") {
		wait = map[string]bool{newsTunnels: true, newsProfiles: true, newsSettings: true, newsEvent: true}
	}
	for len(wait) > 0 {
		m, err := in.next()
		if err != nil {
			a.t.Fatalf("%s: %v; it waits for %v", key, err, wait)
		}
		if m.name != "" {
			a.message(key, schemas, m)
			delete(wait, m.name)
		}
	}
}

func (a *asker) message(key string, schemas map[string]any, m message) {
	a.t.Helper()
	var v any
	if err := json.Unmarshal(m.data, &v); err != nil {
		a.t.Errorf("%s %s: %v", key, m.name, err)
	}
	for _, wrong := range a.doc.check(schemas[m.name], v, key+" "+m.name) {
		a.t.Error(wrong)
	}
}

// full is an engine all of whose answers have all fields.
type full struct {
	*fake
	t *testing.T
}

func (f full) Timeline(tunnels.ID) []tunnels.Event { return filled[[]tunnels.Event](f.t, 1) }
func (f full) Connections(tunnels.ID) []tunnels.Conn {
	return filled[[]tunnels.Conn](f.t, 1)
}

func (f full) CreateProfile(context.Context, string) (profiles.Profile, error) {
	return filled[profiles.Profile](f.t, 1), nil
}

func (f full) Test(context.Context, tunnels.Spec) ([]tunnels.PortTest, error) {
	return filled[[]tunnels.PortTest](f.t, 1), nil
}

func (f full) Follow(ctx context.Context, fn func(tunnels.Event)) error {
	for from := range 10 {
		fn(filled[tunnels.Event](f.t, from))
	}
	<-ctx.Done()
	return nil
}

// TestDocumentHolds: whatever is asked, the answer is as the document says; and so
// are the requests that are understood, and those that are not.
func TestDocumentHolds(t *testing.T) {
	d := dir(t)
	f := full{newFake(), t}
	f.tunnels.set(filled[tunnels.Snapshot](t, 1))
	f.profiles.set(filled[[]profiles.Profile](t, 1))
	existing := string(filled[tunnels.Snapshot](t, 1)[0].Spec.ID)
	window := first(t, d, &answering{})
	engine := engineAt(t, d, f, func(s *Server) { s.quit = func() {} })
	a := newAsker(t, window)
	inWindow, inTunnels := a.http, newAsker(t, engine).http
	for _, op := range a.doc.operations() {
		a.http = inTunnels
		if op.tag == "window" {
			a.http = inWindow
		}
		id := existing
		if op.path == "/v1/hold/{id}" {
			id = a.held(t)
		}
		schema := a.doc.at(op.node, "requestBody", "content", "application/json", "schema")
		if schema == nil {
			a.hold(op, a.ask(op, id, nil))
			a.hold(op, a.ask(op, "there is none", nil))
			continue
		}
		sample := a.doc.sample(schema)
		switch op.path { // what is named twice, and files, have to fit
		case "/v1/tunnels/{id}":
			id = sample.(map[string]any)["id"].(string)
		case "/v1/profiles/{id}/restore":
			id = sample.(map[string]any)["profile"].(map[string]any)["id"].(string)
			sample.(map[string]any)["file"].(map[string]any)["name"] = "a.yaml"
		}
		a.hold(op, a.ask(op, id, sample))
		for what, value := range a.doc.spoilt(schema) {
			resp := a.ask(op, id, value)
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("%s %s, whose body%s: %d", op.method, op.path, what, resp.StatusCode)
				continue
			}
			a.hold(op, resp)
		}
		f.fail(filled[*tunnels.Error](t, 3))
		a.hold(op, a.ask(op, id, sample))
		f.fail(nil)
	}
	for _, op := range a.doc.operations() {
		if key := op.method + " " + op.path; !a.met[key] {
			t.Errorf("%s was never answered well", key)
		}
	}
	for _, method := range []string{"GET", "POST", "BREW"} {
		a.hold(operation{method, "/v1/nothing", "both", map[string]any{"responses": a.faults()}}, a.ask(operation{method, "/v1/nothing", "", nil}, "", nil))
		a.hold(operation{method, "/v1/args", "both", map[string]any{"responses": a.faults()}}, a.ask(operation{method, "/v1/kick", "", nil}, "", nil))
	}
}

func (a *asker) faults() map[string]any {
	return map[string]any{"default": a.doc.at(map[string]any(a.doc), "components", "responses", "Fault")}
}

// held returns the name of a hold that is open.
func (a *asker) held(t *testing.T) string {
	resp := a.ask(operation{"POST", "/v1/hold", "", nil}, "", tunnelIDs{[]string{"a"}})
	m, err := readMessages(resp.Body, 1<<20).next()
	if err != nil {
		t.Fatal(err)
	}
	var h Held
	if err := json.Unmarshal(m.data, &h); err != nil {
		t.Fatal(err)
	}
	return h.Hold
}
