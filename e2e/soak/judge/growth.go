package judge

import (
	"fmt"
	"slices"
	"time"
)

// Usage is what a process uses at one moment.
type Usage struct {
	At         time.Time
	RSS, PSS   int64 // bytes
	Files      int   // open descriptors
	Threads    int
	Goroutines int `json:",omitempty"` // where they were counted
}

// Bound says how much of something there may be at the end, of what there was before.
type Bound struct {
	Share float64 // more than 1 lets it grow by a share
	More  float64 // and by so many
}

// Bounds are those of what a process uses.
type Bounds struct{ Memory, Files, Threads, Goroutines Bound }

func (b Bound) of(before float64) float64 { return before*b.Share + b.More }

// MedianOf returns the median of each of the figures.
func MedianOf(all []Usage) Usage {
	if len(all) == 0 {
		return Usage{}
	}
	middle := func(of func(Usage) int64) int64 {
		var values []int64
		for _, u := range all {
			values = append(values, of(u))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return Usage{
		At:      all[len(all)-1].At,
		RSS:     middle(func(u Usage) int64 { return u.RSS }),
		PSS:     middle(func(u Usage) int64 { return u.PSS }),
		Files:   int(middle(func(u Usage) int64 { return int64(u.Files) })),
		Threads: int(middle(func(u Usage) int64 { return int64(u.Threads) })),
	}
}

// Compare finds what has grown between two moments. Figures that are zero before were
// not taken.
func (j *Judge) Compare(what string, before, after Usage, b Bounds) {
	for _, f := range []struct {
		name          string
		before, after float64
		bound         Bound
		unit          float64
	}{
		{"resident memory, MiB", float64(before.RSS), float64(after.RSS), b.Memory, 1 << 20},
		{"proportional memory, MiB", float64(before.PSS), float64(after.PSS), b.Memory, 1 << 20},
		{"open files", float64(before.Files), float64(after.Files), b.Files, 1},
		{"threads", float64(before.Threads), float64(after.Threads), b.Threads, 1},
		{"goroutines", float64(before.Goroutines), float64(after.Goroutines), b.Goroutines, 1},
	} {
		most := f.bound.of(f.before)
		if f.before == 0 || f.bound == (Bound{}) || f.after <= most {
			continue
		}
		j.Violate(Violation{after.At, Growth, "", fmt.Sprintf(
			"%s, %s: %.1f at the end, %.1f before; up to %.1f is flat", f.name, what, f.after/f.unit, f.before/f.unit, most/f.unit)})
	}
}
