package real

import (
	"errors"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rtentry is the struct rtentry of linux/route.h.
type rtentry struct {
	_       uintptr
	dst     unix.RawSockaddrInet4
	gateway unix.RawSockaddrInet4
	mask    unix.RawSockaddrInet4
	flags   uint16
	_       int16
	_       uintptr
	_       uintptr
	metric  int16
	dev     *byte
	mtu     uintptr
	window  uintptr
	irtt    uint16
}

// Flags of a route, of the same header.
const (
	rtfUp      = 0x01
	rtfGateway = 0x02
	rtfHost    = 0x04
)

// addRoute leads to one host, through a gateway if that is valid. The route is
// the calling thread's network's. It is no error when it is there.
func addRoute(dev string, to, gateway netip.Addr) error {
	name := append([]byte(dev), 0)
	r := &rtentry{
		dst:   unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: to.As4()},
		mask:  unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: [4]byte{255, 255, 255, 255}},
		flags: rtfUp | rtfHost,
		dev:   &name[0],
	}
	if gateway.IsValid() {
		r.flags |= rtfGateway
		r.gateway = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: gateway.As4()}
	}
	err := withSocket(func(fd int) error { return ioctl(fd, unix.SIOCADDRT, unsafe.Pointer(r)) })
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("the route to %s on %s: %w", to, dev, err)
	}
	return nil
}

// setAddress gives a card of the calling thread's network one address, which
// nobody else has in its network. The unspecified one takes it away.
func setAddress(dev string, addr netip.Addr) error {
	i, err := unix.NewIfreq(dev)
	if err != nil {
		return err
	}
	set := func(request uint, value [4]byte) error {
		if err := i.SetInet4Addr(value[:]); err != nil {
			return err
		}
		return withSocket(func(fd int) error { return unix.IoctlIfreq(fd, request, i) })
	}
	if err := set(unix.SIOCSIFADDR, addr.As4()); err != nil || addr.IsUnspecified() {
		return err
	}
	return set(unix.SIOCSIFNETMASK, [4]byte{255, 255, 255, 255})
}

// setUp switches a card of the calling thread's network on or off. What is off
// has no routes.
func setUp(dev string, up bool) error {
	i, err := unix.NewIfreq(dev)
	if err != nil {
		return err
	}
	return withSocket(func(fd int) error {
		if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, i); err != nil {
			return err
		}
		flags := i.Uint16() &^ unix.IFF_UP
		if up {
			flags |= unix.IFF_UP
		}
		i.SetUint16(flags)
		return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, i)
	})
}

// withSocket calls do with a socket of the calling thread's network, which is
// what a network is set up through.
func withSocket(do func(fd int) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	return do(fd)
}

func ioctl(fd int, request uintptr, arg unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg)); errno != 0 {
		return errno
	}
	return nil
}
