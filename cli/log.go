package cli

import (
	"context"
	"log/slog"
	"math"
	"os"

	"culvert/cli/logfile"
	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// silent is a level that nothing has.
const silent = slog.Level(math.MaxInt16)

// withLog returns d with a log, if it has none: what verbosity asks for goes to stderr,
// and what is done with tunnels also to the log file. No secret gets there.
func (d Deps) withLog(level slog.Leveler) Deps {
	if d.Log != nil {
		return d
	}
	var handlers []slog.Handler
	if d.Err != nil {
		handlers = append(handlers, slog.NewTextHandler(d.Err, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutSecrets}))
	}
	if d.LogFile != "" {
		file := logfile.New(d.LogFile, d.warn)
		text := slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: withoutSecrets})
		handlers = append(handlers, text.WithAttrs([]slog.Attr{slog.Int("pid", os.Getpid())}))
	}
	d.Log = slog.New(slog.NewMultiHandler(handlers...))
	return d
}

// begin logs that a verb begins, which keeps tunnels.
func (d Deps) begin(verb string) { d.Log.Info("begin", "verb", verb, "version", d.Version) }

// logging returns warn so that it logs too.
func (d Deps) logging(warn func(error)) func(error) {
	return func(err error) {
		warn(err)
		d.Log.Warn("warning", "error", err)
	}
}

// withoutSecrets takes out of a log's attribute what may be a secret.
func withoutSecrets(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(kube.WithoutSecrets(v.String()))
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			a.Value = slog.StringValue(kube.WithoutSecrets(err.Error()))
		}
	default:
	}
	return a
}

// NewManager returns a manager whose events are logged, and given to events unless that
// is nil. A nil log drops them.
func NewManager(b tunnels.Backend, l *slog.Logger, crashes *crash.Reporter, events func(tunnels.Event)) *tunnels.Manager {
	if l == nil {
		return tunnels.NewManager(b, tunnels.Options{Events: events, Crashes: crashes})
	}
	var m *tunnels.Manager // set before there is a tunnel that anything could happen to
	title := func(id tunnels.ID) string {
		st, _ := m.Snapshot().Find(id)
		return st.Spec.Title()
	}
	log := eventLog(l, title)
	m = tunnels.NewManager(b, tunnels.Options{Crashes: crashes, Events: func(e tunnels.Event) {
		if events != nil { // first, as a disk may be slow
			events(e)
		}
		log(e)
	}})
	return m
}

// eventLog returns what logs events, which is not to be called concurrently. A client that
// fails again and again for the same reason is told of once, but for -v=2.
func eventLog(l *slog.Logger, title func(tunnels.ID) string) func(tunnels.Event) {
	last := make(map[tunnels.ID]string) // why a connection of a tunnel failed last
	return func(e tunnels.Event) {
		level, what := wordsOf(e)
		switch e.Kind {
		case tunnels.EventFailed, tunnels.EventCrash:
			if why := e.Err.Error(); last[e.Tunnel] == why {
				level = slog.LevelDebug
			} else {
				last[e.Tunnel] = why
			}
		case tunnels.EventState, tunnels.EventSession:
			delete(last, e.Tunnel)
		default:
		}
		logEvent(l, level, what, title, e)
	}
}

// logEvent logs one event, of a tunnel whose title is asked for if need be.
func logEvent(l *slog.Logger, level slog.Level, what string, title func(tunnels.ID) string, e tunnels.Event) {
	if !l.Enabled(context.Background(), level) {
		return
	}
	attrs := []slog.Attr{slog.String("tunnel", title(e.Tunnel))}
	add := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	add("reason", e.Reason)
	add("transport", e.Transport)
	if e.Kind == tunnels.EventSession {
		attrs = append(attrs, slog.Duration("took", e.Took))
	}
	add("text", e.Warning)
	add("pod", e.Pod)
	if e.Addr.IsValid() {
		add("address", e.Addr.String())
	}
	if e.Mapping != (tunnels.Mapping{}) {
		add("remote", e.Mapping.Remote.String())
	}
	if e.Err != nil {
		add("error", e.Err.Error())
	}
	l.LogAttrs(context.Background(), level, what, attrs...)
}

// wordsOf says what has happened, and how much that matters: what tells of each connection
// is for -v=2 alone.
func wordsOf(e tunnels.Event) (slog.Level, string) {
	switch e.Kind {
	case tunnels.EventState:
		if e.State == tunnels.NeedsUser {
			return slog.LevelWarn, "tunnel needs the user"
		}
		return slog.LevelInfo, "tunnel is " + e.State.String()
	case tunnels.EventBound:
		return slog.LevelInfo, "listening"
	case tunnels.EventUnbound:
		return slog.LevelWarn, "cannot listen"
	case tunnels.EventConn:
		return slog.LevelDebug, "connection"
	case tunnels.EventFailed:
		return slog.LevelInfo, "connection failed"
	case tunnels.EventSession:
		return slog.LevelInfo, "session is ready"
	case tunnels.EventLost:
		return slog.LevelWarn, "session has ended"
	case tunnels.EventCrash:
		return slog.LevelError, "a part of Culvert has failed"
	case tunnels.EventWarning:
	}
	return slog.LevelWarn, "warning"
}
