package peers

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"culvert/e2e/real"
)

// accessRows are about who one is, and what lies before the API server.
func accessRows() []Row {
	return []Row{
		{
			Name: "SPDY is refused", Faults: "24",
			What: "A proxy before the API server answers 403 to upgrades to SPDY.",
			do:   refusedBy("spdy/3.1"),
		},
		{
			Name: "WebSockets are refused", Faults: "24",
			What: "A proxy before the API server answers 403 to upgrades to WebSockets.",
			do:   refusedBy("websocket"),
		},
		{
			Name: "token is rotated", Faults: "23, 56, 58",
			What: "The kubeconfig gets another token, the old one ends, and the connection to the API server is reset 2 s later.",
			do:   tokenRotated,
		},
		{
			Name: "certificate expires", Faults: "23, 58",
			What: "The client's certificate expires and the connection is reset; 5 s later the kubeconfig has a new one.",
			do:   certificateExpires,
		},
		{
			Name: "API server moves", Faults: "58",
			What: "The address of the API server is gone; 5 s later the kubeconfig has the new one.",
			do:   serverMoves,
		},
	}
}

func refusedBy(protocol string) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.front(ctx, protocol); err != nil {
			return err
		}
		return s.simply(ctx, "pod/"+pod, fmt.Sprint(echoPort))
	}
}

func tokenRotated(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	way, url, err := s.newLink(ctx, 0)
	if err != nil {
		return err
	}
	access, err := s.c.AccountAccess(ctx, "account", s.newName())
	if err != nil {
		return err
	}
	access.Server = url
	if err := s.access(access); err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	if _, err := s.c.RenewTokens(ctx, s.kubeconfig); err != nil {
		return err
	}
	pause(ctx, 2*time.Second)
	s.knock(knockEvery)
	way.Reset()
	s.settle(ctx, time.Now(), patience)
	return nil
}

// access writes the kubeconfig of the scene, in the place of the one that was.
func (s *scene) access(a real.Access) error {
	if s.kubeconfig == "" {
		s.kubeconfig = filepath.Join(s.home, s.newName()+".kubeconfig")
	}
	return real.Kubeconfig{a}.Write(s.kubeconfig)
}

// goodFor is how long a certificate lasts that expires: longer than the peers
// take to start.
const goodFor = 20 * time.Second

func certificateExpires(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	way, url, err := s.newLink(ctx, 0)
	if err != nil {
		return err
	}
	until := time.Now().Add(goodFor)
	admin := real.Identity{Name: "brief", Groups: []string{"system:masters"}, Until: until}
	for i := range 2 {
		access, err := s.c.Access("brief", admin)
		if err != nil {
			return err
		}
		access.Server = url
		if err := s.access(access); err != nil {
			return err
		}
		if i == 1 {
			break
		}
		if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
			return err
		}
		s.served(ctx)
		pause(ctx, time.Until(until)+time.Second)
		s.knock(knockEvery)
		way.Reset()
		pause(ctx, late)
		admin.Until = time.Time{}
	}
	s.settle(ctx, time.Now(), patience)
	return nil
}

func serverMoves(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	old, url, err := s.newLink(ctx, 0)
	if err != nil {
		return err
	}
	access, err := s.c.Access("moved", real.Identity{Name: "moved", Groups: []string{"system:masters"}})
	if err != nil {
		return err
	}
	access.Server = url
	if err := s.access(access); err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	s.knock(knockEvery)
	old.Close()
	pause(ctx, late)
	if _, access.Server, err = s.newLink(ctx, 0); err != nil {
		return err
	}
	if err := s.access(access); err != nil {
		return err
	}
	s.settle(ctx, time.Now(), patience)
	return nil
}
