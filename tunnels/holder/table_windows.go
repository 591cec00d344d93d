package holder

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

// What iphlpapi.h says of GetExtendedTcpTable.
const (
	ownerPIDListener = 3 // TCP_TABLE_OWNER_PID_LISTENER
	tableTries       = 8 // it may grow between two calls
)

// row4 is MIB_TCPROW_OWNER_PID, row6 is MIB_TCP6ROW_OWNER_PID. Addresses and ports
// are in the network's order.
type (
	row4 struct {
		state      uint32
		local      [4]byte
		localPort  [4]byte // the first two
		remote     [4]byte
		remotePort [4]byte
		pid        uint32
	}
	row6 struct {
		local       [16]byte
		localScope  uint32
		localPort   [4]byte
		remote      [16]byte
		remoteScope uint32
		remotePort  [4]byte
		state       uint32
		pid         uint32
	}
)

type listener struct {
	at  netip.AddrPort
	pid int
}

// listeners returns all listeners of both families.
func listeners() ([]listener, error) {
	var out []listener
	four, err := table[row4](windows.AF_INET)
	if err != nil {
		return nil, err
	}
	for _, r := range four {
		out = append(out, listener{netip.AddrPortFrom(netip.AddrFrom4(r.local), portOf(r.localPort)), int(r.pid)})
	}
	six, err := table[row6](windows.AF_INET6)
	if err != nil {
		return nil, err
	}
	for _, r := range six {
		out = append(out, listener{netip.AddrPortFrom(netip.AddrFrom16(r.local), portOf(r.localPort)), int(r.pid)})
	}
	return out, nil
}

func portOf(b [4]byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }

// table returns the rows of a family's table, which has their number before them.
func table[row any](family uint32) ([]row, error) {
	proc := windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")
	if err := proc.Find(); err != nil {
		return nil, err
	}
	size := uint32(16 << 10)
	for range tableTries {
		buf := make([]uint32, size/4+1)
		size = uint32(len(buf) * 4)
		code, _, _ := proc.Call(uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&size)), 0,
			uintptr(family), ownerPIDListener, 0)
		switch windows.Errno(code) {
		case 0:
			n := int(buf[0])
			if most := (len(buf) - 1) * 4 / int(unsafe.Sizeof(*new(row))); n > most {
				return nil, fmt.Errorf("the system's table of listeners has %d rows in room for %d", n, most)
			}
			if n == 0 {
				return nil, nil
			}
			return append([]row(nil), unsafe.Slice((*row)(unsafe.Pointer(&buf[1])), n)...), nil
		case windows.ERROR_INSUFFICIENT_BUFFER: // size tells how much it wants
		default:
			return nil, windows.Errno(code)
		}
	}
	return nil, fmt.Errorf("the system's table of listeners grows while it is read")
}
