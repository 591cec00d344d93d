package control

import (
	"errors"
	"testing"
	"time"

	"culvert/tunnels"
)

// TestFind: who looks for the first finds it, and is never first.
func TestFind(t *testing.T) {
	d := dir(t)
	find := func() (*Client, error) { return Find(t.Context(), Options{Dir: d, Version: "test", patience: long}) }
	for range 2 {
		if c, err := find(); c != nil || !errors.Is(err, ErrGone) {
			t.Fatalf("where nobody is, it finds %v, %v", c, err)
		}
	}
	s := first(t, d, &answering{})
	c, err := find()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Raise(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := Find(t.Context(), Options{Dir: d, Role: RoleTunnels, patience: long}); !errors.Is(err, ErrGone) {
		t.Errorf("in the other role the error is %v", err)
	}
	s.Close()
	if c, err := find(); c != nil || !errors.Is(err, ErrGone) {
		t.Errorf("after its end it finds %v, %v", c, err)
	}
}

// TestFindWaits for one that is leaving to be gone, and for one that has just begun.
func TestFindWaits(t *testing.T) {
	d := dir(t)
	p, err := findPlace(d, RoleWindow)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := tryLock(p)
	if err != nil || lock == nil {
		t.Fatal(lock, err)
	}
	_, err = Find(t.Context(), Options{Dir: d, patience: 10 * retryEvery})
	if e := tunnels.AsError(err); e == nil || errors.Is(err, ErrGone) || e.Hint == "" {
		t.Errorf("of one that does not serve it says %v", err)
	}
	found := make(chan error, 1)
	go func() {
		_, err := Find(t.Context(), Options{Dir: d, patience: long})
		found <- err
	}()
	select {
	case err := <-found:
		t.Fatalf("it has not waited: %v", err)
	case <-time.NewTimer(3 * retryEvery).C:
	}
	s, err := newServer(p, lock, Options{Warn: func(error) {}})
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(&answering{}) // until Close
	if err := <-found; err != nil {
		t.Error(err)
	}
	s.Leave()
	time.AfterFunc(3*retryEvery, s.Close)
	if _, err := Find(t.Context(), Options{Dir: d, patience: long}); !errors.Is(err, ErrGone) {
		t.Errorf("of one that is leaving it says %v", err)
	}
}

// TestClients counts who is connected.
func TestClients(t *testing.T) {
	d := dir(t)
	s := first(t, d, &answering{})
	if open, ever := s.Clients(); open != 0 || ever != 0 {
		t.Errorf("at first there are %d, and were %d", open, ever)
	}
	c := second(t, d)
	if err := c.Raise(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ever := s.Clients(); ever < 2 {
		t.Errorf("there were %d", ever)
	}
	for deadline := time.Now().Add(long); ; {
		if open, _ := s.Clients(); open == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("somebody stays connected")
		}
	}
}
