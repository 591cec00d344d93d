package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// trial is what the Test button has found out about what stands in the sheet.
type trial struct {
	stop   context.CancelFunc // of the one that is under way; nil for none
	result trialView
}

// trialView is what a trial has to tell.
type trialView struct {
	lines []trialLine
}

// trialLine is a sentence about a port, or about all.
type trialLine struct {
	ok   bool
	text string
}

// trialOf tells what a trial came to. Ports that answer share a line.
func trialOf(tests []tunnels.PortTest, err error) trialView {
	if err != nil {
		return trialView{[]trialLine{{false, complaint(err)}}}
	}
	var out trialView
	var answer []string
	var pod string
	var took time.Duration
	for _, t := range tests {
		if t.Err != nil {
			out.lines = append(out.lines, trialLine{false, complaint(t.Err)})
			continue
		}
		answer = append(answer, t.Mapping.Remote.String())
		pod, took = t.Pod, max(took, t.Took)
	}
	if len(answer) > 0 {
		told := lang.L("{{.Pod}} answers on {{.Ports}} in {{.Time}}", vars{"Pod": podShort(pod), "Ports": strings.Join(answer, ", "), "Time": trialTime(took)})
		out.lines = append([]trialLine{{true, told}}, out.lines...)
	}
	return out
}

// podShort cuts the middle of a pod's name, and keeps its last six letters.
func podShort(name string) string {
	const most, head, tail = 18, 9, 6
	if len(name) <= most {
		return name
	}
	return name[:head] + "…" + strings.TrimLeft(name[len(name)-tail:], "-")
}

func trialTime(d time.Duration) string {
	if d < time.Second {
		return lang.L("{{.N}} ms", vars{"N": max(d.Milliseconds(), 1)})
	}
	return lang.L("{{.N}} s", vars{"N": d.Round(100 * time.Millisecond).Seconds()})
}

// test tries what stands in the sheet, or stops that.
func (e *editor) test() {
	if e.trial.stop != nil {
		e.endTrial()
		e.apply()
		return
	}
	spec, bad := e.form.spec(e.old)
	if bad.any() {
		e.tried = true
		e.apply()
		e.sheet.focusFirst(bad)
		return
	}
	ctx, stop := context.WithCancel(e.app.ctx)
	e.trial = trial{stop: stop}
	e.apply()
	e.app.spawn(func(context.Context) {
		tests, err := e.app.deps.Tunnels.Test(ctx, spec)
		if ctx.Err() != nil {
			return
		}
		e.app.do(func() {
			if ctx.Err() == nil && e.app.editor == e {
				stop()
				e.trial = trial{result: trialOf(tests, err)}
				e.apply()
			}
		})
	})
}

// endTrial forgets a trial: it is of what stood there before.
func (e *editor) endTrial() {
	if e.trial.stop != nil {
		e.trial.stop()
	}
	e.trial = trial{}
}
