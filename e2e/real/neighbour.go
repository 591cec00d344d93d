package real

import (
	"errors"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// arpreq is the struct arpreq of linux/if_arp.h.
type arpreq struct {
	protocol unix.RawSockaddrInet4
	hardware sockaddr
	flags    int32
	netmask  sockaddr
	dev      [unix.IFNAMSIZ]byte
}

// sockaddr is the struct sockaddr of linux/socket.h.
type sockaddr struct {
	family uint16
	data   [14]byte
}

// Flags of an ARP entry, of the same header.
const (
	atfComplete  = 0x02
	atfPermanent = 0x04
)

// setNeighbour says for good which hardware address addr has, in the calling
// thread's network.
func setNeighbour(dev string, addr netip.Addr, hardware [6]byte) error {
	r := newARP(dev, addr)
	r.flags = atfComplete | atfPermanent
	r.hardware.family = unix.ARPHRD_ETHER
	copy(r.hardware.data[:], hardware[:])
	return r.do(unix.SIOCSARP)
}

// forgetNeighbour lets the kernel find out again. It is no error that nothing
// was known.
func forgetNeighbour(dev string, addr netip.Addr) error {
	if err := newARP(dev, addr).do(unix.SIOCDARP); err != nil && !errors.Is(err, unix.ENXIO) && !errors.Is(err, unix.ENOENT) {
		return err
	}
	return nil
}

func newARP(dev string, addr netip.Addr) *arpreq {
	r := &arpreq{protocol: unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: addr.As4()}}
	copy(r.dev[:unix.IFNAMSIZ-1], dev)
	return r
}

func (r *arpreq) do(request uintptr) error {
	if err := withSocket(func(fd int) error { return ioctl(fd, request, unsafe.Pointer(r)) }); err != nil {
		return fmt.Errorf("the neighbour on %s: %w", r.dev[:], err)
	}
	return nil
}
