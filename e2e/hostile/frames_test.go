package hostile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"strings"

	"github.com/moby/spdystream/spdy"
)

// control is a SPDY control frame that says to have so many bytes of payload.
func control(kind uint16, length int, payload []byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, 0x8003)
	out = binary.BigEndian.AppendUint16(out, kind)
	out = append(out, 0, byte(length>>16), byte(length>>8), byte(length))
	return append(out, payload...)
}

const (
	synStream = 1
	synReply  = 2
	rstStream = 3
	settings  = 4
	ping      = 6
	goAway    = 7
)

// numbers are 32-bit words.
func numbers(all ...uint32) []byte {
	var out []byte
	for _, n := range all {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

func whole(kind uint16, words ...uint32) []byte {
	payload := numbers(words...)
	return control(kind, len(payload), payload)
}

// data is the head of a DATA frame.
func data(stream uint32, length int) []byte {
	return append(numbers(stream), 0, byte(length>>16), byte(length>>8), byte(length))
}

// bomb is a SYN_REPLY whose headers unpack to 32 MiB.
func bomb(stream uint32) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(numbers(1, 1))
	_, _ = z.Write([]byte("a"))
	_, _ = z.Write(numbers(32 << 20))
	piece := []byte(strings.Repeat("x", 1<<20))
	for range 32 {
		_, _ = z.Write(piece)
	}
	_ = z.Close()
	body := append(numbers(stream), packed.Bytes()...)
	return control(synReply, min(len(body), 1<<24-1), body)
}

// opened are so many SYN_STREAMs of the server's.
func opened(n int) []byte {
	var out bytes.Buffer
	framer, err := spdy.NewFramer(&out, nil)
	if err != nil {
		panic(err)
	}
	for i := range n {
		if err := framer.WriteFrame(&spdy.SynStreamFrame{StreamId: spdy.StreamId(2*i + 2)}); err != nil {
			panic(err)
		}
	}
	return out.Bytes()
}

// message is the head of a WebSocket frame of a server.
func message(first byte, length uint64) []byte {
	return append([]byte{first, 127}, binary.BigEndian.AppendUint64(nil, length)...)
}
