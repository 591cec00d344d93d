package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/durable"
)

const (
	stateVersion = 1
	maxState     = 4 << 20 // bytes
	// forgetAfter is how long what is known of a tunnel is kept that is no more.
	forgetAfter = 30 * 24 * time.Hour
	// seenEvery is how exactly it is known when a tunnel was there last.
	seenEvery = 24 * time.Hour
)

// past is what is kept of one tunnel from one process to the next. Its map is
// immutable.
type past struct {
	// Context is where it led: what leads elsewhere by now is another tunnel.
	Context string `json:"context,omitempty"`
	// Ports are the random local ports, by mapping as in [tunnels.ParseMapping].
	Ports map[string]uint16 `json:"ports,omitempty"`
	// Running says that it was started and not stopped.
	Running bool `json:"running,omitempty"`
	// Seen is about when this was so last.
	Seen time.Time `json:"seen"`
}

// same says whether two differ in nothing but when they were seen.
func (p past) same(q past) bool {
	return p.Context == q.Context && p.Running == q.Running && maps.Equal(p.Ports, q.Ports)
}

// empty says whether there is nothing to keep.
func (p past) empty() bool { return len(p.Ports) == 0 && !p.Running }

// stateDoc is the file.
type stateDoc struct {
	Version int            `json:"version"`
	Tunnels map[place]past `json:"tunnels"`
}

var (
	errBroken = errors.New("it is broken")
	errNewer  = errors.New("a newer Culvert has written it")
)

// readState returns what a file holds and its bytes; nothing where there is no
// file. The error is errBroken or errNewer where these are the reason.
func readState(path string) (map[place]past, []byte, error) {
	data, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return make(map[place]past), nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var doc stateDoc
	if err := json.Unmarshal(data, &struct {
		Version *int `json:"version"`
	}{&doc.Version}); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	if doc.Version > stateVersion {
		return nil, nil, errNewer
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	if doc.Version != stateVersion {
		return nil, nil, fmt.Errorf("%w: it has the version %d", errBroken, doc.Version)
	}
	if doc.Tunnels == nil {
		doc.Tunnels = make(map[place]past)
	}
	return doc.Tunnels, data, nil
}

// readBounded takes no more than maxState.
func readBounded(path string) ([]byte, error) {
	data, err := durable.Read(path, maxState+1)
	if err == nil && len(data) > maxState {
		err = fmt.Errorf("%w: it has more than %d bytes", errBroken, maxState)
	}
	return data, err
}

// updateState changes the file while no other process does, and leaves out what
// has not been seen for long. A broken file is set aside, which warn tells; one of
// a newer version stays as it is, and is an error.
func updateState(ctx context.Context, path string, now time.Time, warn func(error), change func(map[place]past)) error {
	unlock, err := durable.Lock(ctx, path)
	if errors.Is(err, context.DeadlineExceeded) {
		err = durable.ErrBusy
	}
	if err != nil {
		return unwritable(path, err)
	}
	defer unlock()
	kept, before, err := readState(path)
	if errors.Is(err, errBroken) {
		warn(setAside(path, err))
		kept, before, err = readState(path)
	}
	if err != nil {
		return unreadable(path, err)
	}
	change(kept)
	maps.DeleteFunc(kept, func(_ place, p past) bool { return p.empty() || now.Sub(p.Seen) > forgetAfter })
	after, err := json.MarshalIndent(stateDoc{stateVersion, kept}, "", "  ")
	if err != nil {
		return unwritable(path, err)
	}
	after = append(after, '\n')
	if bytes.Equal(before, after) || before == nil && len(kept) == 0 {
		return nil
	}
	if err := durable.Write(path, after); err != nil {
		return unwritable(path, err)
	}
	return nil
}

// setAside gives a broken file another name and returns what is to be told of it.
func setAside(path string, why error) error {
	for n := 1; ; n++ {
		aside := path + ".broken-" + strconv.Itoa(n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		if err := os.Rename(path, aside); err != nil {
			return unwritable(path, err)
		}
		return &tunnels.Error{
			Err:   errors.New("the file with the random ports that tunnels had, and with what ran, was broken"),
			Hint:  "Tunnels get new random ports where they name none. The file is kept as " + aside + ".",
			Raw:   durable.Reason(why).Error(),
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
}

func unreadable(path string, err error) error {
	e := &tunnels.Error{
		Op: "read " + path, Err: durable.Reason(err),
		Hint:  "Give yourself the right to read the file, or move it away.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
	if errors.Is(err, errNewer) {
		e.Hint = "Use that Culvert, or move the file away; until then it is left as it is, and nothing is kept of random ports and of what runs."
	}
	return e
}

func unwritable(path string, err error) error {
	return &tunnels.Error{
		Op: "write " + path, Err: durable.Reason(err),
		Hint:  "Check that the folder is yours, can be written to and has space left.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// portsText writes ports as the file has them.
func portsText(ports map[tunnels.Mapping]uint16) map[string]uint16 {
	out := make(map[string]uint16, len(ports))
	for m, port := range ports {
		out[m.String()] = port
	}
	return out
}

// portsOf reads ports and leaves out what cannot be one.
func portsOf(text map[string]uint16) map[tunnels.Mapping]uint16 {
	out := make(map[tunnels.Mapping]uint16, len(text))
	for s, port := range text {
		if m, err := tunnels.ParseMapping(s); err == nil && port != 0 {
			out[m] = port
		}
	}
	return out
}

// portsFor returns those of ports whose mapping a spec has.
func portsFor(spec tunnels.Spec, ports map[string]uint16) map[string]uint16 {
	out := make(map[string]uint16)
	for s, port := range ports {
		if m, err := tunnels.ParseMapping(s); err == nil && slices.Contains(spec.Mappings, m) {
			out[s] = port
		}
	}
	return out
}
