package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
)

// letters are states in scripts.
var letters = map[byte]tunnels.State{
	'.': tunnels.Ready, 'r': tunnels.Reconnecting, 'w': tunnels.Waiting, 'n': tunnels.NeedsUser,
	'd': tunnels.Degraded, 's': tunnels.Starting, 'x': tunnels.Stopped,
}

// stretch is a state for so many seconds, as "r12 .70".
func stretch(script string) string {
	var out strings.Builder
	for _, part := range strings.Fields(script) {
		n := 1
		if len(part) > 1 {
			if _, err := fmt.Sscanf(part[1:], "%d", &n); err != nil {
				panic(err)
			}
		}
		out.WriteString(strings.Repeat(part[:1], n))
	}
	return out.String()
}

func TestIncidents(t *testing.T) {
	quiet := func(s tunnels.Spec) bool { return s.Profile == "quiet" }
	tests := []struct {
		name    string
		scripts []string // of tunnels a, b, c…, a state each second
		seen    bool
		profile string
		want    []string // as "11: lost a b"
	}{
		{"all is well", []string{".100"}, false, "", nil},
		{"a short failure", []string{".5 r9 .100"}, false, "", nil},
		{"a failure and its recovery", []string{".5 r30 .100"}, false, "", []string{"15: lost a", "40: back a"}},
		{"each kind of failure", []string{".1 r20", ".1 w20", ".1 d20", ".1 n20"}, false, "", []string{"11: lost a b c d"}},
		{"from the start on", []string{"s5 w30"}, false, "", []string{"15: lost a"}},
		{"a slow start is none", []string{"s60 .10"}, false, "", nil},
		{"an attempt between failures is no recovery", []string{"r4 s3 r4 s3 r10 .20"}, false, "", []string{"16: lost a", "29: back a"}},
		{"stopped by the user", []string{"r20 x100"}, false, "", []string{"10: lost a"}},
		{"stopped before it was told", []string{"r8 x5 r8 .100"}, false, "", nil},
		{"what fails together is told together", []string{".1 r30 .40", ".4 r27 .40"}, false, "", []string{"11: lost a b", "36: back a b"}},
		{"a flapping tunnel is one incident", []string{strings.Repeat("r12 .8 ", 4) + ".100"}, false, "", []string{"10: lost a", "17: back a"}},
		{"short failures count together", []string{strings.Repeat("r3 .10 ", 5)}, false, "", []string{"40: lost a", "47: back a"}},
		{"failures far apart do not", []string{strings.Repeat("r3 .65 ", 5)}, false, "", nil},
		{"a long relapse is told again", []string{"r12 .20 r90 .20"}, false, "", []string{"10: lost a", "17: back a", "92: lost a", "127: back a"}},
		{"a new incident", []string{"r12 .80 r12 .80"}, false, "", []string{"10: lost a", "17: back a", "102: lost a", "109: back a"}},
		{"no storm", []string{".1 r300", ".20 r300", ".40 r300", ".55 r300"}, false, "", []string{"11: lost a", "71: lost b c d"}},
		{"recoveries are no storm", []string{"r20 .300", "r40 .300", "r60 .300"}, false, "", []string{"10: lost a b c", "25: back a", "85: back b c"}},
		{"what needs the user is seen in the window", []string{"n30 .30"}, true, "", nil},
		{"a lost connection is told all the same", []string{"r30 .30"}, true, "", []string{"10: lost a", "35: back a"}},
		{"a quiet profile", []string{"r30 .30"}, false, "quiet", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := newIncidents()
			var got []string
			var scripts []string
			longest := 0
			for _, s := range tt.scripts {
				scripts = append(scripts, stretch(s))
				longest = max(longest, len(scripts[len(scripts)-1]))
			}
			for sec := range longest {
				var snap tunnels.Snapshot
				for i, s := range scripts {
					st := stopped(spec(string(rune('a'+i)), "dev", "shop", "p", "80"))
					st.State, st.Spec.Profile = letters[s[min(sec, len(s)-1)]], tt.profile
					snap = append(snap, st)
				}
				r := in.look(noon.Add(time.Duration(sec)*time.Second), snap, quiet, tt.seen)
				for word, sts := range map[string][]tunnels.Status{"lost": r.lost, "back": r.back} {
					if len(sts) > 0 {
						got = append(got, fmt.Sprintf("%d: %s %s", sec, word, strings.ReplaceAll(namesOf(sts), ",", "")))
					}
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("told was %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSleepIsNoFailure(t *testing.T) {
	in := newIncidents()
	snap := tunnels.Snapshot{as(tunnels.Reconnecting, stopped(spec("a", "dev", "shop", "p", "80")))}
	loud := func(tunnels.Spec) bool { return false }
	in.look(noon, snap, loud, false)
	if r := in.look(noon.Add(8*time.Hour), snap, loud, false); !r.empty() {
		t.Errorf("after eight hours of sleep %+v was told", r)
	}
}

func TestNotices(t *testing.T) {
	names := targetNames{current: "staging"}
	one := func(name string, state tunnels.State, e *tunnels.Error) tunnels.Status {
		st := as(state, stopped(spec(name, "staging", "shop", name+"-0", "5432")))
		st.Err = e
		return st
	}
	all := func(state tunnels.State, list ...string) (out []tunnels.Status) {
		for _, n := range list {
			out = append(out, one(n, state, nil))
		}
		return out
	}
	reset := &tunnels.Error{Err: errors.New("the connection was reset"), Hint: "check the VPN", Cause: tunnels.CauseReset}
	signIn := &tunnels.Error{Err: errors.New("the token sha256~abcdef was refused, password=hunter2"), Cause: tunnels.CauseSignIn}
	hostile := one("<b>x</b>\x1b]0;", tunnels.Reconnecting, &tunnels.Error{Err: errors.New("a\nb\x00c " + strings.Repeat("long ", 200))})
	tests := []struct {
		name        string
		r           report
		title, text string
	}{
		{"one", report{lost: []tunnels.Status{one("postgres", tunnels.Reconnecting, reset)}}, "postgres lost its connection", "The connection was reset. Check the VPN."},
		{"one that needs the user, without secrets", report{lost: []tunnels.Status{one("pg", tunnels.NeedsUser, signIn)}}, "pg needs you: sign in", "The token (secret) was refused, (secret)"},
		{"one that waits", report{lost: []tunnels.Status{one("pg", tunnels.Waiting, nil)}}, "pg waits for a pod", "5432 → pg-0:5432"},
		{"one that half works", report{lost: []tunnels.Status{one("pg", tunnels.Degraded, nil)}}, "pg works only in part", "5432 → pg-0:5432"},
		{"several of one context", report{lost: all(tunnels.Reconnecting, "a1", "b1", "c1", "d1", "e1")}, "5 tunnels lost staging", "a1, b1, c1, d1 and 1 more"},
		{"several that need the user", report{lost: all(tunnels.NeedsUser, "a1", "b1")}, "2 tunnels need you", "a1, b1"},
		{"several of any kind", report{lost: append(all(tunnels.Waiting, "a1"), all(tunnels.Reconnecting, "b1")...)}, "2 tunnels have trouble", "a1, b1"},
		{"one is back", report{back: []tunnels.Status{readyStatus(spec("web", "dev", "shop", "web-1", "8080"))}}, "web works again", "127.0.0.1:8080"},
		{"several are back", report{back: all(tunnels.Ready, "a1", "b1")}, "2 tunnels work again", "a1, b1"},
		{
			"some are lost and some are back",
			report{lost: all(tunnels.Reconnecting, "a1"), back: all(tunnels.Ready, "b1", "c1")},
			"a1 lost its connection", "a1\nThese work again: b1, c1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := noticeOf(tt.r, names); got.title != tt.title || !strings.HasPrefix(got.text, tt.text) {
				t.Errorf("the notice is %q, want %q and %q", got, tt.title, tt.text)
			}
		})
	}
	if n := noticeOf(report{lost: []tunnels.Status{hostile}}, names); strings.ContainsAny(n.title+n.text, "\x1b\x00") || len(n.text) > 400 {
		t.Errorf("hostile texts become %q", n)
	}
}

func TestNothingIsToldWhereAllIsQuiet(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	s := &fakeSettings{}
	s.now.Quiet = true
	w.app.deps.Settings, w.app.deps.Notify = s, func(context.Context, string, string) { t.Error("it is told") }
	w.app.notify(notice{title: "x"}) // asks for the settings first
	w.until("the settings are known", func() bool { return w.app.settings.Load() != nil })
	w.app.notify(notice{title: "y"})
	if len(w.app.notices) != 0 {
		t.Error("it is told")
	}
}
