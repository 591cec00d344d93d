package workspace

import (
	"slices"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest"
)

// TestPassing: a process that is passing notes the random ports that it had, and
// leaves what ran as others have noted it.
func TestPassing(t *testing.T) {
	tests := map[string]struct {
		before []tunnels.ID // ran when the last process ended
		starts []tunnels.ID // by who is passing
		beside []tunnels.ID // by another process that runs at the same time
		edit   string       // of the profile, while who is passing runs
		want   []tunnels.ID // ran, by the file
		ports  []place      // of which random ports are known
	}{
		"nothing ran":         {nil, []tunnels.ID{"dev/a"}, nil, "", nil, []place{"dev/a"}},
		"something ran":       {[]tunnels.ID{"dev/a"}, []tunnels.ID{"dev/c"}, nil, "", []tunnels.ID{"dev/a"}, []place{"dev/a", "dev/c"}},
		"the same ran":        {[]tunnels.ID{"dev/a"}, []tunnels.ID{"dev/a"}, nil, "", []tunnels.ID{"dev/a"}, []place{"dev/a"}},
		"another one beside":  {nil, []tunnels.ID{"dev/a"}, []tunnels.ID{"dev/c"}, "", []tunnels.ID{"dev/c"}, []place{"dev/a", "dev/c"}},
		"the same one beside": {nil, []tunnels.ID{"dev/a"}, []tunnels.ID{"dev/a"}, "", []tunnels.ID{"dev/a"}, []place{"dev/a"}},
		"what ran is gone":    {[]tunnels.ID{"dev/a"}, []tunnels.ID{"dev/c"}, nil, oneTunnel, []tunnels.ID{"dev/a"}, []place{"dev/a", "dev/c"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for the disk
			d := newDesk(t, threeTunnels)
			d.listen = new(tunneltest.Network).Listen
			first := d.open()
			d.ok(first.SetSettings(t.Context(), Settings{Restore: true}))
			d.start(first, tt.before...)
			first.Close()

			d.passing = true
			passing := d.open()
			if ids := passing.ToRestore(); ids != nil {
				t.Errorf("it is to restore %v", ids)
			}
			d.passing = false
			d.start(passing, tt.starts...)
			if tt.beside != nil {
				d.listen = new(tunneltest.Network).Listen
				beside := d.open()
				d.start(beside, tt.beside...)
				d.until("it is written", func() bool { return slices.Equal(d.runs(), tt.beside) })
			}
			if tt.edit != "" {
				d.write("dev", tt.edit)
				d.until("it is seen", func() bool { return len(passing.Snapshot()) == 1 })
			}
			d.until("its ports are written", func() bool { return slices.Equal(d.havePorts(), tt.ports) })
			if got := d.runs(); !slices.Equal(got, tt.want) {
				t.Errorf("while it runs, %v run by the file, want %v", got, tt.want)
			}
			passing.Close()
			if got := d.runs(); !slices.Equal(got, tt.want) {
				t.Errorf("after its end, %v run by the file, want %v", got, tt.want)
			}
			if got := d.havePorts(); !slices.Equal(got, tt.ports) {
				t.Errorf("after its end, ports of %v are known, want %v", got, tt.ports)
			}
		})
	}
}

// havePorts returns of which tunnels random ports are known, by the file.
func (d *desk) havePorts() []place {
	kept, _, err := readState(d.file("state/state.json"))
	d.ok(err)
	var all []place
	for at, p := range kept {
		if len(p.Ports) > 0 {
			all = append(all, at)
		}
	}
	slices.Sort(all)
	return all
}
