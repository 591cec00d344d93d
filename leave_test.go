//go:build !nogui

package main

import (
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLeave(t *testing.T) {
	tests := []struct {
		name  string
		hangs string // the step that never ends
		ended []string
		takes time.Duration
	}{
		{"in order", "", []string{"say so", "tunnels", "clusters", "lock"}, 0},
		{"a step that hangs", "tunnels", []string{"say so"}, leaveWithin},
		{"a step that hangs at last", "lock", []string{"say so", "tunnels", "clusters"}, leaveWithin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var ended []string
				hang := make(chan struct{})
				end := newLeaving()
				for _, name := range []string{"lock", "clusters", "tunnels", "say so"} {
					end.later(func() {
						if name == tt.hangs {
							<-hang
						}
						mu.Lock()
						defer mu.Unlock()
						ended = append(ended, name)
					})
				}
				began := time.Now()
				var wg sync.WaitGroup
				for range 3 { // a signal, the window and the toolkit may all ask for it
					wg.Go(end.leave)
				}
				wg.Wait()
				mu.Lock()
				if took := time.Since(began); took != tt.takes || !reflect.DeepEqual(ended, tt.ended) {
					t.Errorf("after %v these have ended: %v", took, ended)
				}
				mu.Unlock()
				close(hang)
			})
		})
	}
}
