package soak

import (
	"fmt"
	"time"

	"culvert/e2e/soak/judge"
)

// busy is the share of a run's time in which Culvert or the judge may be ready to run and
// get no processor. When it is more, the machine had so much else to do that times say
// nothing of Culvert.
const busy = 0.1

// Verdict is how a run went.
type Verdict string

// The verdicts.
const (
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Inconclusive Verdict = "inconclusive" // only times are wrong, on a machine that was busy
)

// Verdict says how the run went. A run that was inconclusive has not passed.
func (r *Report) Verdict() Verdict {
	if r.Error != "" {
		return Failed
	}
	if len(r.Violations) == 0 {
		return Passed
	}
	for _, v := range r.Violations {
		if v.Kind != judge.State && v.Kind != judge.Recovery {
			return Failed
		}
	}
	if r.lateShare() > busy {
		return Inconclusive
	}
	return Failed
}

// lateShare is the share of the time in which the machine was late.
func (r *Report) lateShare() float64 {
	if r.Minutes == 0 {
		return 0
	}
	return r.Figures.Starved.Seconds() / (r.Minutes * time.Minute.Seconds())
}

// verdict is the cell of the table.
func (r *Report) verdict() string {
	switch v := r.Verdict(); {
	case v == Passed:
		return string(Passed)
	case v == Inconclusive:
		return fmt.Sprintf("**inconclusive**: the machine was busy for %.0f %% of the time; %d times were too long", 100*r.lateShare(), len(r.Violations))
	case r.Error != "":
		return "**ended early**: " + cell(r.Error)
	}
	return fmt.Sprintf("**%d violations**, the first: %s", len(r.Violations), cell(r.Violations[0].String()))
}
