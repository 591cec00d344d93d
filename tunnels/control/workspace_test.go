package control

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest"
	"culvert/tunnels/workspace"
)

// TestWorkspaceAtADistance: what one process does to the tunnels of another, a third
// one sees well within 50 ms, and the other way round.
func TestWorkspaceAtADistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cluster, network := &tunneltest.Backend{}, &tunneltest.Network{}
		port := tunnels.Port{Number: 80}
		cluster.SetPods(nil, tunnels.Endpoint{
			Pod: "web-0", UID: "web-0", Ready: true, Since: time.Now(),
			Ports: map[tunnels.Port]tunnels.PortResult{port: {Number: 80}},
		})
		space := workspace.Open(workspace.Options{
			Manager: tunnels.NewManager(cluster, tunnels.Options{Listen: network.Listen}), Warn: func(err error) { t.Error(err) },
		})
		defer space.Close()
		b := &bench{T: t, pipes: newPipes()}
		b.server = serverOn(b.pipes, Options{Warn: func(err error) { t.Error(err) }})
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.server.ServeEngine(space)
		}()
		defer func() {
			b.server.Close()
			<-done
		}()
		script, window := b.remote(), b.remote()
		defer script.Close()
		defer window.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen, seenThere := newLatest[tunnels.Snapshot](), newLatest[tunnels.Snapshot]()
		go window.Watch(ctx, seen.set)
		go space.Watch(ctx, seenThere.set)
		stateIn := func(l *latest[tunnels.Snapshot]) tunnels.State {
			s, _, _ := l.get()
			st, _ := s.Find("t")
			return st.State
		}
		time.Sleep(time.Second)
		spec := someSpec("t")
		spec.Mappings = spec.Mappings[:1]
		steps := []struct {
			name string
			do   func() error
			want tunnels.State
		}{
			{"a script starts", func() error { return script.Start(ctx, "t") }, tunnels.Ready},
			{"the window stops", func() error { return window.Stop(ctx, "t") }, tunnels.Stopped},
			{"the first starts", func() error { return space.Start(ctx, "t") }, tunnels.Ready},
		}
		if err := script.Put(spec); err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			time.Sleep(time.Second)
			before := time.Now()
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			for stateIn(seen) != step.want || stateIn(seenThere) != step.want {
				if time.Since(before) > 50*time.Millisecond {
					t.Fatalf("%s: after %v it is %v in the window and %v at the first", step.name, time.Since(before), stateIn(seen), stateIn(seenThere))
				}
				time.Sleep(time.Millisecond)
				synctest.Wait()
			}
		}
		if got, want := window.Timeline("t"), space.Timeline("t"); !alike(got, want) {
			t.Errorf("the timeline is\n%+v instead of\n%+v", got, want)
		}
		got, ps, err := window.List(ctx)
		want, wantPs, _ := space.List(ctx)
		if err != nil || !alike(got, want) || !alike(ps, wantPs) {
			t.Errorf("listed %+v, %+v, %v", got, ps, err)
		}
		gone, err := script.DeleteProfile(ctx, ps[0].ID)
		if err != nil || len(gone.Profile.Tunnels) != 1 {
			t.Fatalf("deleted %+v, %v", gone, err)
		}
		if err := window.RestoreProfile(ctx, gone); err != nil {
			t.Fatal(err)
		}
		back, _, err := script.List(ctx)
		if err != nil || len(back) != 1 || back[0].Spec.ID != "t" {
			t.Errorf("restored %+v, %v", back, err)
		}
	})
}
