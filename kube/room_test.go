package kube

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestWeighIsAbout what the runtime takes for the same values.
func TestWeighIsAbout(t *testing.T) {
	const n = 20_000
	before := heapNow()
	pods := make([]Pod, n)
	var said int64
	for i := range pods {
		pods[i] = Pod{
			Context: "c", Namespace: strings.Clone("namespace"), Name: fmt.Sprintf("web-7d4b9c6f5-%d", i), UID: fmt.Sprintf("%036d", i),
			Ports: []ContainerPort{{Name: strings.Clone("http"), Number: 80, Protocol: "TCP", Container: strings.Clone("container")}},
		}
		said += weigh(&pods[i])
	}
	took := heapNow() - before
	if said < took*8/10 || said > took*15/10 {
		t.Errorf("%d bytes weigh %d", took, said)
	}
	runtime.KeepAlive(pods)
}

func heapNow() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestRoomIsShared: what the lists of one server keep is bounded all together, and
// given back.
func TestRoomIsShared(t *testing.T) {
	r := &room{most: 100}
	one, two := share{room: r}, share{room: r}
	if err := errors.Join(one.take(60), two.take(40)); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*excessError](two.take(1)); !ok {
		t.Error("there is room for more than there is")
	}
	one.end()
	if err := two.take(60); err != nil {
		t.Error(err)
	}
	two.end()
	if r.used != 0 {
		t.Errorf("%d are used", r.used)
	}
}

// TestRoomForManyPods: 50,000 of them, as a cluster tells them, fit in twice, in pages
// of 500.
func TestRoomForManyPods(t *testing.T) {
	const n = 50_000 // each of some 600 bytes
	requests := 0
	c := scripted(func(r *http.Request) (*http.Response, error) {
		var from int
		_, _ = fmt.Sscan(r.URL.Query().Get("continue"), &from)
		var b strings.Builder
		next := ""
		if from+pageSize < n {
			next = fmt.Sprint(from + pageSize)
		}
		fmt.Fprintf(&b, `{"kind":"PodList","metadata":{"resourceVersion":"5","continue":%q},"items":[`, next)
		for i := from; i < from+pageSize; i++ {
			if i > from {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, honestPod, i)
		}
		b.WriteString("]}")
		requests++
		return answer(http.StatusOK, b.String()), nil
	})
	t.Cleanup(c.Close)
	cl := c.clusters["c"]
	cl.room = &room{most: roomBytes}
	r := &reflector[podObject, *podObject, Pod]{clusters: c, key: feedKey{context: "c", resource: podsResource, namespace: "team"}, convert: func(k string, o *podObject) Pod { return o.pod(k) }}
	for range 2 {
		if _, err := r.list(t.Context(), cl); err != nil {
			t.Fatal(err)
		}
	}
	if r.items.len() != n || requests != 2*n/pageSize || cl.room.used != r.items.share.taken {
		t.Errorf("%d pods by %d requests, %d bytes, %d of the room", r.items.len(), requests, r.items.share.taken, cl.room.used)
	}
	t.Logf("%d bytes for a pod", cl.room.used/n)
	cl.room.most = cl.room.used + 1<<20
	if _, err := r.list(t.Context(), cl); err == nil || r.items.len() != n || cl.room.used != r.items.share.taken {
		t.Errorf("a list beyond the room: %v, %d pods are kept, %d bytes of the room", err, r.items.len(), cl.room.used)
	}
	e := cl.explain(action{op: "list"}, &excessError{what: "more", kept: true})
	if !strings.Contains(e.Hint, "fewer objects") {
		t.Errorf("the hint is %q", e.Hint)
	}
}

const honestPod = `{"metadata":{"name":"web-7d4b9c6f5-%05d","namespace":"team-production","uid":"0b1c2d3e-4f50-6172-8394-%012[1]d","resourceVersion":"4711","creationTimestamp":"2026-01-02T03:04:05Z",` +
	`"ownerReferences":[{"kind":"ReplicaSet","name":"web-7d4b9c6f5","uid":"0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0","controller":true}]},` +
	`"spec":{"nodeName":"ip-10-0-12-34.eu-central-1.compute.internal","containers":[{"name":"web","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"},{"name":"metrics","containerPort":9090,"protocol":"TCP"}]}]},` +
	`"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"web","ready":true,"restartCount":1,"state":{"running":{}}}]}}`

// TestManyValuesInOneObject: what is short in JSON and large in memory is bounded.
func TestManyValuesInOneObject(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"items":[{"spec":{"containers":[{"ports":[{}`+strings.Repeat(",{}", 250_000)+`]}]}}]}`)
	})
	cl := c.clusters["c"]
	r := &reflector[podObject, *podObject, Pod]{clusters: c, key: feedKey{context: "c", resource: podsResource, namespace: "team"}, convert: func(k string, o *podObject) Pod { return o.pod(k) }}
	if _, err := r.list(t.Context(), cl); err == nil || !strings.Contains(err.Error(), "values") {
		t.Errorf("got %v", err)
	}
}

// TestRoundsThatBreakAtOnceWaitLonger: a server that lists, and breaks each watch, is
// not asked four times in a second for ever.
func TestRoundsThatBreakAtOnceWaitLonger(t *testing.T) {
	for name, watch := range map[string]string{
		"gone":  `{"type":"ERROR","object":{"kind":"Status","code":410}}`,
		"error": `{"type":"ERROR","object":{"kind":"Status","code":500,"message":"no"}}`,
		"odd":   `{"type":"RENAMED","object":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			asked, _ := times(t, 2*time.Minute, func(r *http.Request) (*http.Response, error) {
				if isWatch(r) {
					return answer(http.StatusOK, watch), nil
				}
				return answer(http.StatusOK, onePod), nil
			})
			if n := len(asked); n < 10 || n > 70 {
				t.Errorf("the server was asked %d times in two minutes", n)
			}
		})
	}
}
