package real

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"

	"culvert/e2e/node"
)

// StartComponent starts a component that does not run. It does not wait until
// the component serves.
func (c *Cluster) StartComponent(name string) error {
	p := c.places.component(name)
	if p.Args == nil {
		return fmt.Errorf("there is no component %q", name)
	}
	c.mu.Lock()
	p.Args = slices.Concat(p.Args, c.more[name])
	c.mu.Unlock()
	return c.host.call("Start", p, nil)
}

// Kill ends a component as a crash would, with SIGKILL, and returns when it is
// gone. StartComponent starts it again.
func (c *Cluster) Kill(name string) error {
	return c.end(context.Background(), name, syscall.SIGKILL)
}

// StopComponent ends a component in good order and returns when it is gone.
// StartComponent starts it again.
func (c *Cluster) StopComponent(ctx context.Context, name string) error {
	return c.end(ctx, name, syscall.SIGTERM)
}

// Freeze stops a component in the middle of what it does, as a machine that is
// out of memory may. Its connections stay, and nobody answers. Thaw lets it go
// on.
func (c *Cluster) Freeze(name string) error {
	return c.host.call("Signal", node.Signal{Name: name, Signal: syscall.SIGSTOP}, nil)
}

// Thaw lets a frozen component go on. It is no error when it was not frozen.
func (c *Cluster) Thaw(name string) error {
	return c.host.call("Signal", node.Signal{Name: name, Signal: syscall.SIGCONT}, nil)
}

// Restart ends a component in good order and starts it again. It returns when
// the API server, or the node, is ready again.
func (c *Cluster) Restart(ctx context.Context, name string) error {
	if err := c.StopComponent(ctx, name); err != nil {
		return err
	}
	if err := c.StartComponent(name); err != nil {
		return err
	}
	return c.AwaitReady(ctx, name)
}

// RestartWith kills a component and starts it again with flags in addition to
// its usual ones, from now on and instead of those of an earlier call. It
// returns when the API server, or the node, is ready again.
func (c *Cluster) RestartWith(ctx context.Context, name string, flags ...string) error {
	if err := c.Kill(name); err != nil {
		return err
	}
	c.mu.Lock()
	if c.more == nil {
		c.more = make(map[string][]string)
	}
	c.more[name] = flags
	c.mu.Unlock()
	if err := c.StartComponent(name); err != nil {
		return err
	}
	return c.AwaitReady(ctx, name)
}

// TranslateWebSockets is a flag of the API server that makes it end WebSocket
// tunnels itself and speak SPDY to the kubelet, as it did before 1.36. Without
// it the tunnels go through to the kubelet.
const TranslateWebSockets = "--feature-gates=ExtendWebSocketsToKubelet=false"

// AwaitReady returns when a component that was just started serves.
func (c *Cluster) AwaitReady(ctx context.Context, name string) error {
	if err := c.awaitAPI(ctx); err != nil {
		return err
	}
	if name == Kubelet || name == Containerd {
		if err := c.awaitNode(ctx); err != nil {
			return err
		}
		return c.awaitRuntime(ctx)
	}
	return nil
}

// awaitRuntime returns when the kubelet answers, and containerd answers it. The
// node's condition would tell of neither for most of a minute.
func (c *Cluster) awaitRuntime(ctx context.Context) error {
	return retry(ctx, func() error {
		_, err := c.api.CoreV1().RESTClient().Get().AbsPath("/api/v1/nodes", NodeName, "proxy", "runningpods/").DoRaw(ctx)
		return err
	})
}

// end sends a signal to a component and waits for its end; one that does not
// heed it within 15 s is killed.
func (c *Cluster) end(ctx context.Context, name string, signal syscall.Signal) error {
	if err := c.host.call("Signal", node.Signal{Name: name, Signal: signal}, nil); err != nil {
		return err
	}
	ended := c.host.rpc.Go(node.Service+".Wait", name, &node.None{}, nil).Done
	patience := time.NewTimer(15 * time.Second)
	defer patience.Stop()
	for {
		select {
		case call := <-ended:
			return call.Error
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			if err := c.host.call("Signal", node.Signal{Name: name, Signal: syscall.SIGKILL}, nil); err != nil {
				return err
			}
		}
	}
}
