package demopod

import (
	"context"
	"net"
)

// Service is what one port does.
type Service struct {
	Port uint16
	Name string // as a pod declares it
	Kind Kind
}

// Kind says how a port behaves; see the table in the package comment.
type Kind uint8

// The kinds.
const (
	HTTP Kind = iota
	Echo
	Source
	Sink
	HalfClose
	Banner
	Reset
	Slow
	Late
	Stream
)

// The standard ports.
const (
	PortHTTP      = 8080
	PortEcho      = 9001
	PortSource    = 9002
	PortSink      = 9003
	PortHalfClose = 9004
	PortBanner    = 9005
	PortHTTPAlt   = 9006
	PortReset     = 9007
	PortNothing   = 9008 // nobody listens here
	PortSlow      = 9009
	PortLate      = 9010
	PortStream    = 9011
)

// Standard returns the services of the package comment's table.
func Standard() []Service {
	return []Service{
		{PortHTTP, "http", HTTP},
		{PortEcho, "echo", Echo},
		{PortSource, "source", Source},
		{PortSink, "sink", Sink},
		{PortHalfClose, "half-close", HalfClose},
		{PortBanner, "banner", Banner},
		{PortHTTPAlt, "http-alt", HTTP},
		{PortReset, "reset", Reset},
		{PortSlow, "slow", Slow},
		{PortLate, "late", Late},
		{PortStream, "stream", Stream},
	}
}

// handler serves one connection; the caller closes it. It returns soon after
// the connection is closed or ctx is done.
type handler func(ctx context.Context, pod string, c net.Conn)

func (k Kind) handler() handler {
	switch k {
	case Echo:
		return serveEcho
	case Source:
		return serveSource
	case Sink:
		return serveSink
	case HalfClose:
		return serveHalfClose
	case Banner:
		return serveBanner
	case Reset:
		return serveReset
	case Slow:
		return serveSlow
	case Late:
		return serveLate
	case Stream:
		return serveStream
	case HTTP:
	}
	return nil
}
