package ui

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// mostWarnings is how many warnings wait for the user to dismiss them; of more the
// oldest are dropped.
const mostWarnings = 8

// hearWarnings takes in what Deps.Warnings tells, until ctx is done.
func (a *App) hearWarnings(ctx context.Context) {
	for {
		select {
		case err := <-a.deps.Warnings: // never, where it is nil
			a.do(func() { a.warn(err) })
		case <-ctx.Done():
			return
		}
	}
}

// warn tells of something that went wrong in the background, in the banner: it has
// no place of its own. What was dismissed is told again when it happens again.
func (a *App) warn(err error) {
	key := warningKey(err)
	delete(a.dismissed, key)
	a.warnings = append(slices.DeleteFunc(a.warnings, func(e error) bool { return warningKey(e) == key }), err)
	a.warnings = slices.Delete(a.warnings, 0, max(0, len(a.warnings)-mostWarnings))
	a.apply()
}

func warningKey(err error) string { return "warning " + err.Error() }

// warningFacts has one fact for each warning, the newest first.
func warningFacts(in bannerInput) []bannerView {
	var out []bannerView
	for _, err := range slices.Backward(in.warnings) {
		b := bannerView{key: warningKey(err), title: sentence(err.Error()), advice: true, button: lang.L("Copy")}
		var e *tunnels.Error
		if errors.As(err, &e) && e.Hint != "" {
			b.text = sentence(e.Hint)
		}
		b.copies = b.title
		if b.text != "" {
			b.copies += " " + b.text
		}
		out = append(out, b)
	}
	return out
}
