package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// filler fills values with what differs from field to field, so that a field that is
// forgotten on the way, or put into another's place, shows.
type filler struct {
	t *testing.T
	n int
}

func (f *filler) next() int {
	f.n++
	return f.n
}

func filled[T any](t *testing.T, from int) T {
	t.Helper()
	var v T
	f := filler{t, from}
	f.fill(reflect.ValueOf(&v).Elem())
	return v
}

func (f *filler) fill(v reflect.Value) {
	n := f.next()
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = time.Unix(1_700_000_000+int64(n), int64(n))
		return
	case *netip.AddrPort:
		*p = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(n >> 8), byte(n)}), uint16(n))
		return
	case *tunnels.Port:
		*p = tunnels.Port{Name: fmt.Sprint("p", n)}
		if n%2 == 0 {
			*p = tunnels.Port{Number: uint16(n)}
		}
		return
	case *tunnels.Kind:
		*p = tunnels.Kinds[n%len(tunnels.Kinds)]
		return
	case *tunnels.State:
		*p = tunnels.States[1+n%(len(tunnels.States)-1)]
		return
	case *tunnels.EventKind:
		*p = tunnels.EventKind(1 + n%int(tunnels.EventWarning))
		return
	case *tunnels.ConnState:
		*p = tunnels.ConnState(1 + n%int(tunnels.ConnEnded))
		return
	case *tunnels.Cause:
		*p = tunnels.Cause(1 + n%int(tunnels.CauseProtocol))
		return
	case *error:
		*p = fmt.Errorf("reason %d", n)
		return
	case *fs.FileMode:
		*p = fs.FileMode(n) & fs.ModePerm
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint(v.Type().Name(), n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(n))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 3 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	default:
		f.t.Fatalf("%v cannot be filled", v.Type())
	}
}

// crossing sends a value through JSON.
func crossing[W any](t *testing.T, w W) W {
	t.Helper()
	data, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	var back W
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&back); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return back
}

// same tells whether two values are the same but for how their errors are made.
func alike(a, b any) bool { return reflect.DeepEqual(plain(a), plain(b)) }

// plain replaces reasons of errors by their texts.
func plain(v any) any {
	c := reflect.New(reflect.TypeOf(v)).Elem()
	c.Set(copied(reflect.ValueOf(v)))
	return c.Interface()
}

func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	if v.Type() == reflect.TypeFor[error]() {
		if !v.IsNil() {
			out.Set(reflect.ValueOf(errors.New(v.Interface().(error).Error())))
		}
		return out
	}
	switch v.Kind() {
	case reflect.Struct:
		out.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copied(v.Field(i)))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copied(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(copied(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMap(v.Type()))
			for _, k := range v.MapKeys() {
				out.SetMapIndex(k, copied(v.MapIndex(k)))
			}
		}
	default:
		out.Set(v)
	}
	return out
}

func there[A, W any](t *testing.T, of func(A) W, back func(W) (A, error)) {
	t.Helper()
	for from := range 4 { // an empty value, and others in which each field is different
		var v A
		if from > 0 {
			v = filled[A](t, 100*from)
		}
		got, err := back(crossing(t, of(v)))
		if err != nil || !alike(v, got) {
			t.Errorf("%T: %v\nsent %+v\n got %+v", v, err, v, got)
		}
	}
}

func sure[W, A any](f func(W) A) func(W) (A, error) {
	return func(w W) (A, error) { return f(w), nil }
}

// TestCrossing: what crosses is the same on the other side, to the last field.
func TestCrossing(t *testing.T) {
	there(t, SpecOf, sure(Spec.Parse))
	there(t, StatusOf, Status.Parse)
	there(t, EventOf, Event.Parse)
	there(t, ConnOf, Conn.Parse)
	there(t, PortTestOf, sure(PortTest.Parse))
	there(t, ProfileOf, sure(Profile.Parse))
	there(t, func(c profiles.Change) Change { return Change(c) }, sure(func(c Change) profiles.Change { return profiles.Change(c) }))
	there(t, GuestsOf, sure(Guests.Parse))
	there(t, func(s workspace.Settings) workspace.Settings { return s }, sure(func(s workspace.Settings) workspace.Settings { return s }))
	there(t, DeletedOf, Deleted.Parse)
	for from := range 3 {
		e := filled[*tunnels.Error](t, 100*from)
		if got := crossing(t, ErrorOf(e)).Parse(); !alike(e, got) || got.Error() != e.Error() {
			t.Errorf("sent %+v, got %+v", e, got)
		}
	}
}

// TestDeletedCrosses: with its file, which no profile's values hold.
func TestDeletedCrosses(t *testing.T) {
	f := profiles.DeletedFile{Base: "dev.yaml", Data: []byte("name: x\n\xff"), Link: "../dev.yaml", Mode: 0o640}
	d, err := profiles.DeletedOf(filled[profiles.Profile](t, 1), f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := crossing(t, DeletedOf(d)).Parse()
	if err != nil || !reflect.DeepEqual(got.File(), f) || !alike(d.Profile, got.Profile) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, base := range []string{"../dev.yaml", "a/b.yaml", `a\b.yaml`, ".yaml", ".hidden.yaml", "dev", "/dev.yaml", "..", "a\nb.yaml"} {
		if _, err := (Deleted{File: DeletedFile{Name: base}}).Parse(); err == nil {
			t.Errorf("%q is taken for a profile's file", base)
		}
	}
}

// TestErrorsCross: what the window looks for in errors is there on the other side.
func TestErrorsCross(t *testing.T) {
	at := &profiles.Position{Line: 3, Column: 7, Err: errors.New("a colon is missing")}
	missing := &tunnels.MissingError{
		Kind: tunnels.KindService, Name: "wbe", Near: []string{"web"}, Text: "there is no wbe",
		Owner: tunnels.Target{Kind: tunnels.KindDeployment, Name: "web"},
	}
	for _, err := range []error{at, missing, fmt.Errorf("look: %w", at), fmt.Errorf("a %w and %w", at, missing), errors.New("op: op: x"), errors.New("")} {
		for _, op := range []string{"", "op"} {
			sent := &tunnels.Error{Op: op, Err: err}
			got := crossing(t, ErrorOf(sent)).Parse()
			if got.Error() != sent.Error() || got.Err.Error() != err.Error() {
				t.Errorf("%q is %q, and its reason %q", sent, got, got.Err)
			}
			wantAt, _ := errors.AsType[*profiles.Position](err)
			gotAt, _ := errors.AsType[*profiles.Position](got)
			wantMissing, _ := errors.AsType[*tunnels.MissingError](err)
			gotMissing, _ := errors.AsType[*tunnels.MissingError](got)
			if !alike(wantAt, gotAt) || !alike(wantMissing, gotMissing) {
				t.Errorf("%v holds %v, %v", err, gotAt, gotMissing)
			}
		}
	}
	if ErrorOf(nil) != nil || (*Error)(nil).Parse() != nil {
		t.Error("no error is one")
	}
}

// TestNames: all names differ, and are read as what they are.
func TestNames(t *testing.T) {
	for c := tunnels.CauseUnknown; c <= tunnels.CauseInternal; c++ {
		if causeOf(causeName(c)) != c {
			t.Errorf("cause %d is called %q", c, causeName(c))
		}
	}
	if c := tunnels.CauseInternal + 1; causeName(c) != "" {
		t.Errorf("there is another cause %q: let causeOf know it", causeName(c))
	}
	for k := tunnels.EventState; k <= tunnels.EventCrash; k++ {
		if got, err := kindOf(kindName(k)); got != k || err != nil {
			t.Errorf("event %d is called %q", k, kindName(k))
		}
	}
	if k := tunnels.EventCrash + 1; kindName(k) != "unknown" {
		t.Errorf("there is another kind %q: let kindOf know it", kindName(k))
	}
	for _, bad := range []any{Status{State: "flying"}, Event{Kind: "x", State: "ready"}, Event{Kind: "state"}, Conn{State: "open", Client: Address{Address: "x"}}} {
		var err error
		switch v := bad.(type) {
		case Status:
			_, err = v.Parse()
		case Event:
			_, err = v.Parse()
		case Conn:
			_, err = v.Parse()
		}
		if err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	for in, want := range map[string]string{"web": "pod/web", "service/web": "svc/web", "deployments.apps/x": "deploy/x", "vpn/x": "vpn/x", "/": "/"} {
		if got := targetOf(in).String(); got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
}
