package control

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// message is one of a stream of events.
type message struct {
	name string
	data []byte
}

var errLongMessage = errors.New("a message is too long")

// messages reads a stream of events, as a browser's EventSource does: what it does
// not know of is left out. A sign of life is a message without a name.
type messages struct {
	in   *bufio.Reader
	most int // of a message, in bytes
}

func readMessages(r io.Reader, most int) *messages { return &messages{bufio.NewReader(r), most} }

// next blocks for the next message. The error is io.EOF at the end, also in the
// middle of a message, which is lost then.
func (m *messages) next() (message, error) {
	var out message
	size, lines := 0, 0
	for {
		line, err := m.line(m.most - size)
		if err != nil {
			return message{}, err
		}
		size += len(line) + 1
		switch {
		case len(line) == 0 && lines > 0:
			return out, nil
		case len(line) == 0:
			continue
		case line[0] == ':':
			lines++
			continue
		}
		lines++
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			out.name = string(value)
		case "data":
			if out.data != nil {
				out.data = append(out.data, '\n')
			}
			out.data = append(out.data, value...)
		}
	}
}

// line returns a line of so many bytes at most, without its end.
func (m *messages) line(most int) ([]byte, error) {
	var out []byte
	for {
		part, err := m.in.ReadSlice('\n')
		if len(out)+len(part) > most {
			return nil, errLongMessage
		}
		out = append(out, part...)
		switch {
		case err == nil:
			return bytes.TrimRight(out, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
