package portforward

import (
	"bytes"
	"math"
	"strconv"
	"testing"

	"github.com/moby/spdystream/spdy"
)

// TestOpening: any number of streams is read as it was written by what servers
// read with.
func TestOpening(t *testing.T) {
	var o opening
	var sent bytes.Buffer
	framer, err := spdy.NewFramer(&bytes.Buffer{}, &sent)
	if err != nil {
		t.Fatal(err)
	}
	id := spdy.StreamId(1)
	for i, port := range []uint16{1, 80, 8080, math.MaxUint16, 80} {
		if i == 3 {
			o.requests = math.MaxUint64 - 2
			id = maxStreamID - 6
		}
		before := o.requests
		sent.Write(o.append(nil, id, id+2, port))
		for _, kind := range []string{"error", "data"} {
			frame, err := framer.ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			syn, ok := frame.(*spdy.SynStreamFrame)
			if !ok || syn.CFHeader.Flags != 0 || syn.AssociatedToStreamId != 0 || syn.Priority != 0 || syn.Slot != 0 {
				t.Fatalf("got %+v", frame)
			}
			h := syn.Headers
			if len(h) != 3 || h.Get("streamType") != kind || h.Get("port") != strconv.Itoa(int(port)) ||
				h.Get("requestID") != strconv.FormatUint(before+1, 10) {
				t.Errorf("headers %v", h)
			}
			if kind == "data" {
				if syn.StreamId != id+2 {
					t.Errorf("the data stream is %d, want %d", syn.StreamId, id+2)
				}
				continue
			}
			if syn.StreamId != id {
				t.Errorf("the error stream is %d, want %d", syn.StreamId, id)
			}
			frame, err = framer.ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			if fin, ok := frame.(*spdy.DataFrame); !ok || fin.StreamId != id || fin.Flags != spdy.DataFlagFin || len(fin.Data) > 0 {
				t.Errorf("got %+v, want the end of the error stream", frame)
			}
		}
		id += 4
		if i == 3 {
			id = maxStreamID - 2
		}
	}
	if sent.Len() > 0 {
		t.Errorf("%d bytes too many", sent.Len())
	}
}
