package desktop

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"culvert/e2e/desk"
)

// notices is the desktop's service for notifications, which remembers them.
type notices struct {
	mu   sync.Mutex
	told []notice
}

type notice struct {
	title, text string
	at          time.Time
}

const notifications = "org.freedesktop.Notifications"

// startNotices starts the service.
func (s *session) startNotices() *notices {
	s.t.Helper()
	conn, err := dbus.Connect(s.BusAddress())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	n := &notices{}
	if err := conn.Export(bell{n}, "/org/freedesktop/Notifications", notifications); err != nil {
		s.t.Fatal(err)
	}
	if reply, err := conn.RequestName(notifications, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		s.t.Fatalf("become %s: %v, %v", notifications, reply, err)
	}
	return n
}

// about returns the notices in which a word is.
func (n *notices) about(word string) []notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(n.told), func(x notice) bool { return !strings.Contains(x.title+x.text, word) })
}

// bell is the service as programs call it.
type bell struct{ n *notices }

func (b bell) Notify(_ string, _ uint32, _, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	b.n.mu.Lock()
	defer b.n.mu.Unlock()
	b.n.told = append(b.n.told, notice{title, text, time.Now()})
	return uint32(len(b.n.told)), nil
}

func (bell) CloseNotification(uint32) *dbus.Error     { return nil }
func (bell) GetCapabilities() ([]string, *dbus.Error) { return []string{"body"}, nil }
func (bell) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return "bell", "culvert", "1", "1.2", nil
}

// A tunnel that fails for a while is told of once, and once when it works again;
// those of a quiet profile are not.
func TestNotifications(t *testing.T) {
	s := newSession(t)
	n := s.startNotices()
	port := s.keepShop()
	s.keep("quiet.yaml", `version: 1
notify: false
context: demo
namespace: data
tunnels:
  - name: postgres
    target: svc/postgres
    ports: [":5432"]
    autostart: true
`)
	w := s.open()
	for _, name := range []string{"web", "api", "postgres"} {
		w.Want("row:"+name, "Ready")
	}
	w.Click("row:api/toggle") // of one tunnel the words are clear
	w.Want("row:api", "Stopped")

	went := time.Now()
	s.cluster.Down()
	desk.Eventually(t, "a notice of the failure", func() error { return one(n.about("web")) })
	lost := n.about("web")[0]
	if after := lost.at.Sub(went); after < 9*time.Second || after > 20*time.Second {
		t.Errorf("it was told after %v, want some 10 s", after)
	}
	if lost.title != "web lost its connection" || lost.text == "" {
		t.Errorf("the notice says %q: %q", lost.title, lost.text)
	}

	if err := s.cluster.Up(); err != nil {
		t.Fatal(err)
	}
	w.Want("row:web", "Ready")
	w.Want("row:postgres", "Ready")
	desk.Eventually(t, "a notice of the recovery", func() error { return one(n.about("works again")) })
	if back := n.about("works again")[0]; back.title != "web works again" {
		t.Errorf("the notice says %q: %q", back.title, back.text)
	}
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
	if told := n.about("postgres"); len(told) > 0 {
		t.Errorf("a quiet profile was told of: %+v", told)
	}
	if told := n.about(""); len(told) != 2 {
		t.Errorf("there were %d notices, want 2: %+v", len(told), told)
	}
}

// one wants one notice.
func one(told []notice) error {
	if len(told) != 1 {
		return fmt.Errorf("there are %d", len(told))
	}
	return nil
}
