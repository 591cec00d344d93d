package ui

import (
	"slices"
	"testing"
	"time"

	"culvert/tunnels"
)

// flowing is a meter that was told the counters of a tunnel "a" at some seconds.
type flowing struct {
	meter
	now   int
	total uint64
}

// tick goes on by some seconds in which so many bytes flow each.
func (f *flowing) tick(seconds int, perSecond uint64) {
	f.now += seconds
	f.total += uint64(seconds) * perSecond
	f.update(tunnels.Snapshot{{Spec: tunnels.Spec{ID: "a"}, In: f.total}}, noon.Add(time.Duration(f.now)*time.Second))
}

func TestTheMeterRemembersFiveMinutes(t *testing.T) {
	var f flowing
	f.tick(0, 0)
	f.tick(5, 0)
	if f.history("b") != nil {
		t.Error("a tunnel that never was has a history")
	}
	if f.history("a") != nil || f.curve("a") == nil || !f.curve("a").Flat() {
		t.Fatalf("before anything flows the history is %v", f.history("a"))
	}
	f.tick(1, 700)
	f.tick(3, 100) // the computer was busy: one measurement stands for three seconds
	held := f.history("a")
	want := []flow{{in: 700}, {in: 100}, {in: 100}, {in: 100}}
	if !slices.Equal(held, want) {
		t.Fatalf("the history is %v, want %v", held, want)
	}
	for range historyLength {
		f.tick(1, 5)
	}
	if h := f.history("a"); len(h) != historyLength || h[0] != (flow{in: 5}) {
		t.Errorf("the history has %d samples and begins with %v", len(h), h[0])
	}
	if !slices.Equal(held, want) {
		t.Errorf("a history that somebody holds has changed to %v", held)
	}
	f.tick(historyLength+1, 0)
	if f.history("a") != nil {
		t.Error("what is over is remembered for ever")
	}
}

func TestCurvesAreNewOnlyWhenTheyDiffer(t *testing.T) {
	var f flowing
	f.tick(0, 0)
	f.tick(1, 0)
	silent := f.curve("a")
	f.tick(1, 0)
	if f.curve("a") != silent {
		t.Error("silence is drawn anew")
	}
	f.tick(1, 9000)
	first := f.curve("a")
	f.tick(1, 9000)
	if first == silent || f.curve("a") == first || first.Flat() || first.Peak() != 9000 {
		t.Error("a rate is not drawn")
	}
	for range curveLength {
		f.tick(1, 0)
	}
	if f.curve("a") != silent {
		t.Error("after a minute of silence there is a curve")
	}
	f.update(nil, noon.Add(time.Hour))
	if len(f.last)+len(f.rates)+len(f.past)+len(f.curves) != 0 {
		t.Error("the meter remembers a tunnel that is gone")
	}
}
