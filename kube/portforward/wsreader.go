package portforward

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// What begins a WebSocket frame (RFC 6455, 5.2).
const (
	wsFin        = 0x80
	wsReserved   = 0x70
	wsOpcode     = 0x0f
	wsMasked     = 0x80
	wsLength     = 0x7f
	wsLength16   = 126 // two bytes of length follow
	wsLength64   = 127 // eight do
	wsMaxControl = 125 // a control frame's payload
)

// Opcodes.
const (
	wsContinuation = 0x0
	wsText         = 0x1
	wsBinary       = 0x2
	wsClose        = 0x8
	wsPing         = 0x9
	wsPong         = 0xa
)

// Status codes of a close frame (RFC 6455, 7.4).
const (
	wsNormal        = 1000
	wsProtocolError = 1002
	wsNoStatus      = 1005 // never sent: the frame has none
	wsAbnormal      = 1006 // never sent: there was no close frame
)

// closeError is the end of a WebSocket that was not an orderly one.
type closeError struct {
	code   int
	reason string
}

func (e *closeError) Error() string {
	switch {
	case e.code == wsAbnormal:
		return "the WebSocket ended without a close frame (status 1006)"
	case e.reason == "":
		return fmt.Sprintf("the WebSocket was closed with status %d", e.code)
	}
	return fmt.Sprintf("the WebSocket was closed with status %d: %s", e.code, e.reason)
}

// wsReader takes the payload out of a server's binary messages, whatever their
// borders. It holds back nothing and allocates for no length that a frame
// claims. One goroutine may use it.
type wsReader struct {
	br   *bufio.Reader
	pong func(payload []byte) // answers a ping; payload is valid during the call

	left   uint64 // bytes of the data frame under way
	within bool   // a message has begun whose last frame has not come yet
	paid   bool   // bytes have come since the last frame without any
	err    error  // sticky
	idle   idle

	small [wsMaxControl]byte
}

// Read implements [io.Reader]. It returns io.EOF after an orderly close frame, a
// *closeError after another one or none at all, and a *frameError when the peer
// broke the protocol.
func (r *wsReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.left == 0 {
		if r.err == nil {
			r.err = r.frame()
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	n, err := r.br.Read(p[:min(uint64(len(p)), r.left)])
	r.left -= uint64(n)
	if err != nil {
		r.err = abnormal(err)
		err = r.err
	}
	return n, err
}

// frame reads the head of the next frame, and all of a control frame.
func (r *wsReader) frame() error {
	var head [2]byte
	if err := r.full(head[:]); err != nil {
		return err
	}
	fin, opcode, length := head[0]&wsFin != 0, head[0]&wsOpcode, uint64(head[1]&wsLength)
	if head[0]&wsReserved != 0 {
		return &frameError{"a WebSocket frame with reserved bits"}
	}
	if head[1]&wsMasked != 0 {
		return &frameError{"a masked WebSocket frame from a server"}
	}
	// An API server ends each large message with an empty frame, which is no idle one.
	if opcode >= wsClose || length == 0 && !r.paid {
		if err := r.idle.frame(0); err != nil {
			return err
		}
	}
	if opcode < wsClose {
		r.paid = length > 0
	}
	if opcode >= wsClose {
		if !fin || length > wsMaxControl {
			return &frameError{"a WebSocket control frame that is too long or in pieces"}
		}
		return r.control(opcode, int(length))
	}
	if err := r.begins(opcode); err != nil {
		return err
	}
	r.within = !fin
	var err error
	r.left, err = r.length(length)
	return err
}

// begins tells whether a data frame may come now.
func (r *wsReader) begins(opcode byte) error {
	switch {
	case opcode == wsText:
		return &frameError{"a text message in the WebSocket tunnel"}
	case opcode == wsBinary && r.within:
		return &frameError{"a WebSocket message inside another one"}
	case opcode == wsContinuation && !r.within:
		return &frameError{"the rest of a WebSocket message without its beginning"}
	case opcode != wsBinary && opcode != wsContinuation:
		return &frameError{fmt.Sprintf("a WebSocket frame of the unknown kind %d", opcode)}
	}
	return nil
}

// length reads what follows of a data frame's length.
func (r *wsReader) length(short uint64) (uint64, error) {
	var long [8]byte
	switch short {
	case wsLength16:
		err := r.full(long[:2])
		return uint64(binary.BigEndian.Uint16(long[:])), err
	case wsLength64:
		err := r.full(long[:])
		length := binary.BigEndian.Uint64(long[:])
		if err == nil && length>>63 != 0 {
			err = &frameError{"a WebSocket frame with a negative length"}
		}
		return length, err
	}
	return short, nil
}

// control handles a control frame, whose payload it reads.
func (r *wsReader) control(opcode byte, length int) error {
	payload := r.small[:length]
	if err := r.full(payload); err != nil {
		return err
	}
	switch opcode {
	case wsClose:
		return closed(payload)
	case wsPing:
		r.pong(payload)
	case wsPong: // nobody asked
	default:
		return &frameError{fmt.Sprintf("a WebSocket control frame of the unknown kind %d", opcode)}
	}
	return nil
}

// closed returns what a close frame means; never nil.
func closed(payload []byte) error {
	if len(payload) == 0 {
		return io.EOF
	}
	if len(payload) == 1 {
		return &frameError{"a WebSocket close frame with half a status"}
	}
	code, reason := int(binary.BigEndian.Uint16(payload)), payload[2:]
	switch {
	case !sendable(code):
		return &frameError{fmt.Sprintf("a WebSocket close frame with the status %d", code)}
	case !utf8.Valid(reason):
		return &frameError{"a WebSocket close frame whose reason is no text"}
	case code == wsNormal:
		return io.EOF
	}
	return &closeError{code: code, reason: oneLine(string(reason))}
}

// sendable tells whether a status may be in a close frame.
func sendable(code int) bool {
	switch {
	case code == 1004 || code == wsNoStatus || code == wsAbnormal:
		return false
	case code >= wsNormal && code <= 1014:
		return true
	}
	return code >= 3000 && code <= 4999
}

func (r *wsReader) full(p []byte) error {
	_, err := io.ReadFull(r.br, p)
	return abnormal(err)
}

// abnormal makes an end without a close frame tell from an orderly one.
func abnormal(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &closeError{code: wsAbnormal}
	}
	return err
}
