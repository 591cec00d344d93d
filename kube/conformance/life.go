package conformance

import (
	"io"
	"net/http"
	"testing"
)

func lifeExpectations() []expectation {
	return []expectation{
		{"a pod is deleted and comes back", deleteAndCreate},
	}
}

// deleteAndCreate follows a pod's end and return on a watch and through a
// session that was open before.
func deleteAndCreate(t *testing.T, c *client) {
	old := c.get(t, c.pods(c.Pod)).object
	version := c.get(t, c.pods()).object.Metadata.ResourceVersion
	w := c.watch(t, "resourceVersion="+version+"&fieldSelector=metadata.name%3D"+c.Pod)
	s := c.open(t, c.Pod)
	f := s.start(t, portEcho)
	f.send(t, "x")
	f.receive(t, 1)

	a := c.do(t, c.admin, http.MethodDelete, c.pods(c.Pod)+"?gracePeriodSeconds=1", nil)
	if a.code != http.StatusOK || a.object.Kind != "Pod" || a.object.Metadata.DeletionTimestamp == nil {
		t.Fatalf("the deletion is answered with %d %s", a.code, a.text)
	}
	unready := false
	for first := true; ; first = false {
		e, ok := w.next(t)
		if !ok {
			t.Fatal("the watch ends before the pod is gone")
		}
		m := e.Object.Metadata
		if m.UID != old.Metadata.UID || m.DeletionTimestamp == nil {
			t.Errorf("the event %s has the metadata %+v", e.Type, m)
		}
		unready = unready || e.Object.pod(t).condition("Ready") == "False"
		if e.Type == "DELETED" {
			if first {
				t.Error("the pod is deleted without being marked first")
			}
			break
		}
		if e.Type != "MODIFIED" {
			t.Errorf("the event is %s", e.Type)
		}
	}
	if !unready {
		t.Error("the pod ends without becoming unready")
	}
	c.get(t, c.pods(c.Pod)).wantStatus(t, http.StatusNotFound, "NotFound", `pods "`+c.Pod+`" not found`)

	if data := readToEnd(t, f.data); data != "" {
		t.Errorf("the open connection gets %q", data)
	}
	after := s.start(t, portEcho)
	_, _ = io.WriteString(after.data, "anybody?") // the session may have ended
	if data, text := after.rest(t); data != "" || text == "" {
		t.Errorf("a connection to the pod that is gone gets %q and the error %q", data, text)
	}

	if err := c.Create(c.ctx); err != nil {
		t.Fatal(err)
	}
	e, ok := w.next(t)
	if !ok || e.Type != "ADDED" || e.Object.Metadata.Name != c.Pod || e.Object.Metadata.UID == old.Metadata.UID {
		t.Errorf("the new pod's event is %s %+v", e.Type, e.Object.Metadata)
	}
	if got := c.get(t, c.pods(c.Pod)).object; got.Metadata.UID == old.Metadata.UID || got.pod(t).condition("Ready") != "True" {
		t.Errorf("the new pod is %+v", got)
	}
	c.open(t, c.Pod).wantEcho(t)
}
