package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/tunnels/holder"
)

func TestFormRowsOfPorts(t *testing.T) {
	tests := []struct {
		ports string
		rows  []portRow
	}{
		{"", []portRow{{}}},
		{"5000", []portRow{{"5000", "5000"}}},
		{"6000:5000 :9090", []portRow{{"6000", "5000"}, {"", "9090"}}},
		{"http 80:http", []portRow{{"same", "http"}, {"80", "http"}}},
		{"5000 :", []portRow{{"5000", "5000"}, {}}},
		{"6000: :Abc", []portRow{{"6000", ""}, {"", "Abc"}}},
	}
	for _, tt := range tests {
		f := form{ports: tt.ports}
		if got := f.rows(); !slices.Equal(got, tt.rows) {
			t.Errorf("%q has the rows %v, want %v", tt.ports, got, tt.rows)
		}
		if got := pairsOf(f.rows()); got != tt.ports {
			t.Errorf("%q comes back as %q", tt.ports, got)
		}
	}
	f := form{ports: "5000 :9090"}
	for want, got := range map[string]string{
		"5000 :9090 :": f.setRow(2, portRow{}), "7000:5000 :9090": f.setRow(0, portRow{"7000", "5000"}),
		":9090": f.dropRow(0), "5000 9090": f.setRow(1, portRow{"9090", "9090"}), ":5000 :9090": f.setRow(0, portRow{"random", "5000"}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if f := (form{ports: "5000 : 6000:"}); f.livePorts() != "" || len(f.mappings()) != 1 {
		t.Errorf("of pairs that are not finished it says %q", f.livePorts())
	}
	if f := (form{ports: "abc:"}); !strings.HasPrefix(f.livePorts(), "“abc” is not a number") {
		t.Errorf("of a local port that is none it says %q", f.livePorts())
	}
}

func TestFormVerdicts(t *testing.T) {
	snap := tunnels.Snapshot{readyStatus(spec("web", "", "", "p", "6000:5000")), stopped(spec("db", "", "", "p", "5432"))}
	busy := portTrial{done: true, err: &tunnels.Error{Cause: tunnels.CausePortBusy}}
	with := func(p holder.Process, err error) portTrial {
		t := busy
		t.process, t.found = p, err
		return t
	}
	tests := []struct {
		pair  string
		id    tunnels.ID
		trial portTrial
		want  string
	}{
		{":9090", "", portTrial{}, "kept once picked"},
		{"http", "", portTrial{}, "known once it is found"},
		{"7000", "", portTrial{}, "looking…"},
		{"7000", "", portTrial{done: true}, "free"},
		{"7000:", "", portTrial{done: true}, "free"},
		{"6000", "", portTrial{done: true}, "taken by web"},
		{"6000", "web", busy, "its own already"},
		{"5432", "", portTrial{done: true}, "wanted by db too"},
		{"7000", "", with(holder.Process{PID: 812, Name: "nginx"}, nil), "taken by nginx (pid 812)"},
		{"7000", "", with(holder.Process{PID: 812}, nil), "taken by process 812"},
		{"7000", "", with(holder.Process{}, holder.ErrUnknown), "taken by another program"},
		{"7000", "", with(holder.Process{}, holder.ErrFree), "taken a moment ago"},
		{"80", "", portTrial{done: true, err: &tunnels.Error{Cause: tunnels.CausePrivileged}}, "needs rights below 1024"},
		{"7000", "", portTrial{done: true, err: &tunnels.Error{Cause: tunnels.CauseNoAddress}}, "cannot be had here"},
		{"7000:Abc", "", portTrial{done: true}, ""},
		{":", "", portTrial{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.pair+" "+tt.want, func(t *testing.T) {
			f := form{id: tt.id, ports: tt.pair}
			v := f.verdict(f.rows()[0], snap, tt.trial)
			if v.text != tt.want {
				t.Errorf("the verdict is %q", v.text)
			}
			if bad := strings.HasPrefix(tt.want, "taken"); bad != (v.glyph == "needs") && !strings.HasPrefix(tt.want, "needs") && !strings.HasPrefix(tt.want, "cannot") {
				t.Errorf("its glyph is %q", v.glyph)
			}
		})
	}
}

func TestSheetTriesPorts(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.ports = map[uint16]*tunnels.Error{7000: {Cause: tunnels.CausePortBusy}}
	w.holder = holder.Process{PID: 812, Name: "nginx"}
	w.app.newTunnel()
	e := w.app.editor
	verdict := func(i int) string { return e.sheet.view.ports.verdicts[i].text }
	test.Type(e.sheet.ports.rows[0].local.Entry, "7000")
	w.until("the holder is named", func() bool { return verdict(0) == "taken by nginx (pid 812)" })
	e.sheet.ports.rows[0].local.SetText("7001")
	w.until("another port is free", func() bool { return verdict(0) == "free" })
	test.Tap(e.sheet.adder)
	if len(e.form.rows()) != 2 || !e.sheet.ports.rows[1].local.Visible() {
		t.Fatalf("the rows are %v", e.form.rows())
	}
	e.sheet.ports.rows[1].local.SetText("8000:5000")
	e.sheet.ports.rows[0].remote.OnChoose("5000")
	if e.form.ports != "7001:5000 8000:5000" {
		t.Errorf("the ports are %q", e.form.ports)
	}
	test.Tap(e.sheet.ports.rows[0].drop)
	if e.form.ports != "8000:5000" || e.sheet.ports.rows[1].local.Visible() {
		t.Errorf("with a row removed the ports are %q", e.form.ports)
	}
}

func TestSheetTestsTheWay(t *testing.T) {
	f := newFakeTunnels()
	f.block = make(chan struct{})
	m := tunnels.Mapping{Local: 6000, Remote: tunnels.Port{Number: 5000}}
	f.trial = []tunnels.PortTest{{Mapping: m, Pod: "web-7d4b9c6f5-x2x9k", Took: 41e6}}
	w := newWorld(t, f, newFakeCatalog())
	w.app.newTunnel()
	e := w.app.editor
	test.Tap(e.sheet.tester)
	if e.trial.stop != nil || !e.sheet.view.bad.any() {
		t.Fatal("a form that is not whole is tested")
	}
	e.set(func(f *form) { f.pod, f.ports = "svc/web", "6000:5000" })
	test.Tap(e.sheet.tester)
	if e.sheet.frame.busy.Text() == "" || e.sheet.tester.Label() == "Test" {
		t.Error("nothing says that it goes on")
	}
	test.Tap(e.sheet.tester)
	if e.sheet.frame.busy.Text() != "" || e.trial.stop != nil {
		t.Error("it cannot be stopped")
	}
	close(f.block)
	test.Tap(e.sheet.tester)
	w.until("the answer is told", func() bool { _, text := e.sheet.verdict.Box(); return text != "" })
	if _, got := e.sheet.verdict.Box(); got != "web-7d4b9…x2x9k answers on 5000 in 41 ms" {
		t.Errorf("it tells %q", got)
	}
	e.set(func(f *form) { f.ports = "6001:5000" })
	if e.sheet.verdict.Visible() {
		t.Error("it tells what was, of a form that has changed")
	}
	f.fail = &tunnels.Error{Err: errors.New("the API server does not answer"), Hint: "check the network"}
	test.Tap(e.sheet.tester)
	w.until("the error is told", func() bool {
		_, text := e.sheet.verdict.Box()
		return text == "The API server does not answer. Check the network."
	})
}

func TestDuplicateTakesFreePorts(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.duplicate("web")
	e := w.app.editor
	w.until("the port is another one", func() bool { return e.form.ports == "6001:5000 :9090" })
	if got := e.sheet.portsNote.Text(); got != "6000 is another tunnel's: 6001 is the next free one." {
		t.Errorf("below the ports stands %q", got)
	}
	w.app.escape()
	if len(w.app.drafts) != 0 {
		t.Error("what the program changed is kept as a draft")
	}
}
