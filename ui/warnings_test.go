package ui

import (
	"errors"
	"fmt"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
)

func TestWarningFacts(t *testing.T) {
	full := &tunnels.Error{Op: "profile dev", Err: errors.New(`the tunnel "web" was stopped`), Hint: "look at it"}
	got := warningFacts(bannerInput{warnings: []error{errors.New("no news from the folder"), fmt.Errorf("told: %w", full)}})
	want := []bannerView{
		{
			key: `warning told: profile dev: the tunnel "web" was stopped`, title: "told: profile dev: the tunnel “web” was stopped.", text: "Look at it.",
			button: "Copy", copies: "told: profile dev: the tunnel “web” was stopped. Look at it.", advice: true,
		},
		{key: "warning no news from the folder", title: "No news from the folder.", button: "Copy", copies: "No news from the folder.", advice: true},
	}
	if len(got) != len(want) {
		t.Fatalf("there are %+v", got)
	}
	for i := range want {
		if fmt.Sprintf("%+v", got[i]) != fmt.Sprintf("%+v", want[i]) {
			t.Errorf("fact %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestWarningsAreTold(t *testing.T) {
	warnings := make(chan error, 2)
	w := newWorldOf(t, newFakeTunnels(), newFakeCatalog(), func(d *Deps) { d.Warnings = warnings })
	tell := func(text string) {
		t.Helper()
		warnings <- errors.New(text)
		w.until(text+" is told", func() bool { return w.app.banner.view.key == "warning "+text })
	}
	tell("one")
	tell("two")
	test.Tap(w.app.banner.closer)
	if got := w.app.banner.view.title; got != "One." {
		t.Errorf("then it says %q", got)
	}
	tell("two") // once more
	for i := range 2 * mostWarnings {
		tell(fmt.Sprint("number ", i))
	}
	if n := len(w.app.warnings); n != mostWarnings {
		t.Errorf("%d are kept", n)
	}
}
