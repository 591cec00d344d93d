package profiles

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
)

func TestFind(t *testing.T) {
	list := []Profile{
		{ID: "dev", Name: "Development"},
		{ID: "demo", Name: "demo"},
		{ID: "shop", Name: "Shop"},
		{ID: "shop-2", Name: "shop"},
		{ID: "data", Name: "dev"},
		{ID: "a", Name: "Same"},
		{ID: "b", Name: "Same"},
		{ID: "p", Name: "Twin"},
		{ID: "q", Name: "TWIN"},
	}
	tests := map[string]struct {
		word, want string
		cause      tunnels.Cause
		hint       string
	}{
		"the ID goes before the name":        {"dev", "dev", 0, ""},
		"a name":                             {"Development", "dev", 0, ""},
		"a name in another case":             {"DEVELOPMENT", "dev", 0, ""},
		"an ID goes before another's name":   {"shop", "shop", 0, ""},
		"the case decides between two names": {"Twin", "p", 0, ""},
		"two with the name":                  {"Same", "", tunnels.CauseInvalid, "Say which one: a or b."},
		"two with the name in other cases":   {"twin", "", tunnels.CauseInvalid, "Say which one: p or q."},
		"letters that were swapped":          {"dmeo", "", tunnels.CauseNotFound, "Do you mean demo?"},
		"the beginning":                      {"devel", "", tunnels.CauseNotFound, "Do you mean Development or dev?"},
		"nothing near":                       {"kubernetes", "", tunnels.CauseNotFound, "There are Development, demo, Shop, shop, dev, Same and 2 more."},
		"nothing":                            {"", "", tunnels.CauseNotFound, "There are Development, demo, Shop, shop, dev, Same and 2 more."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := Find(list, tt.word)
			if p.ID != tt.want || (err == nil) != (tt.want != "") {
				t.Fatalf("found %q (%v), want %q", p.ID, err, tt.want)
			}
			checkRefusal(t, err, tt.cause, tt.hint)
		})
	}
	_, err := Find(nil, "dev")
	checkRefusal(t, err, tunnels.CauseNotFound, "There are none yet.")
}

func checkRefusal(t *testing.T, err error, cause tunnels.Cause, hint string) {
	t.Helper()
	if err == nil {
		return
	}
	if e := tunnels.AsError(err); e.Cause != cause || e.Hint != hint {
		t.Errorf("the error is %v (%v: %q), want %v: %q", e, e.Cause, e.Hint, cause, hint)
	}
}

func TestFindTunnel(t *testing.T) {
	list := []Profile{{ID: "dev", Name: "Development"}, {ID: "shop", Name: "Shop"}, {ID: ".guest-1", Name: "web/site", Guest: true}}
	at := func(id tunnels.ID, profile, name, target, mappings string, bound ...uint16) tunnels.Status {
		to, err := tunnels.ParseTarget(target)
		if err != nil {
			t.Fatal(err)
		}
		ms, err := tunnels.ParseMappings(strings.Fields(mappings))
		if err != nil {
			t.Fatal(err)
		}
		st := tunnels.Status{Spec: tunnels.Spec{ID: id, Profile: profile, Name: name, Target: to, Mappings: ms}}
		for _, p := range bound {
			st.Bound = append(st.Bound, tunnels.Bound{Addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), p)})
		}
		return st
	}
	all := tunnels.Snapshot{
		at("dev/web", "dev", "web", "svc/web", "8080:80"),
		at("dev/web#2", "dev", "web", "pod/web-0", "8081:80"),
		at("dev/db", "dev", "Postgres", "svc/db", ":5432", 40000),
		at("shop/web", "shop", "web", "svc/web", "8080:80"),
		at("shop/x", "shop", "", "deploy/api", "9090"),
		at(".guest-1/api", ".guest-1", "API", "sts/api", "9091"),
		at("8081", "shop", "8080", "svc/port", "7000"),
		at("twice", "shop", "svc/db", "svc/port", "7001"),
	}
	tests := map[string]struct {
		word  string
		want  tunnels.ID
		cause tunnels.Cause
		hint  string
	}{
		"ID":                             {"dev/web#2", "dev/web#2", 0, ""},
		"an ID before a local port":      {"8081", "8081", 0, ""},
		"title":                          {"Postgres", "dev/db", 0, ""},
		"title in another case":          {"postgres", "dev/db", 0, ""},
		"a title before a local port":    {"8080", "8081", 0, ""},
		"a title before a target":        {"svc/db", "twice", 0, ""},
		"the case decides":               {"api", "shop/x", 0, ""},
		"profile's name and title":       {"shop/WEB", "shop/web", 0, ""},
		"profile's other name and title": {"development/postgres", "dev/db", 0, ""},
		"a profile with a slash":         {"web/site/api", ".guest-1/api", 0, ""},
		"target":                         {"statefulset/api", ".guest-1/api", 0, ""},
		"a port that it listens on":      {"40000", "dev/db", 0, ""},
		"a port that it is to listen on": {":9091", ".guest-1/api", 0, ""},
		"several titles":                 {"web", "", tunnels.CauseInvalid, "Say which one: dev/web, dev/web#2 or Shop/web."},
		"several targets":                {"service/web", "", tunnels.CauseInvalid, "Say which one: dev/web or Shop/web."},
		"several ports":                  {":8080", "", tunnels.CauseInvalid, "Say which one: dev/web or Shop/web."},
		"near":                           {"postgers", "", tunnels.CauseNotFound, "Do you mean Postgres?"},
		"near in a profile":              {"shop/wbe", "", tunnels.CauseNotFound, "Do you mean Shop/web?"},
		"near a target":                  {"deploy/ap", "", tunnels.CauseNotFound, "Do you mean deploy/api?"},
		"nothing":                        {"", "", tunnels.CauseNotFound, "There are web, Postgres, api, API, 8080 and svc/db."},
		"no port":                        {"99999", "", tunnels.CauseNotFound, "There are web, Postgres, api, API, 8080 and svc/db."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st, err := FindTunnel(all, list, tt.word)
			if st.Spec.ID != tt.want || (err == nil) != (tt.want != "") {
				t.Fatalf("found %q (%v), want %q", st.Spec.ID, err, tt.want)
			}
			checkRefusal(t, err, tt.cause, tt.hint)
		})
	}
}

// TestWordsFindWhatTheyAreFor: what an error proposes is found.
func TestWordsFindWhatTheyAreFor(t *testing.T) {
	list := []Profile{{ID: "a", Name: "Same"}, {ID: "b", Name: "Same"}}
	var all tunnels.Snapshot
	for _, id := range []tunnels.ID{"1", "2", "3"} {
		all = append(all, tunnels.Status{Spec: tunnels.Spec{ID: id, Name: "web", Profile: "a"}})
	}
	all[2].Spec.Profile = "b"
	words := wordsFor(all, all, list)
	if !slices.Equal(words, []string{"1", "2", "3"}) {
		t.Errorf("the words are %q", words)
	}
	for i, word := range words {
		if st, err := FindTunnel(all, list, word); err != nil || st.Spec.ID != all[i].Spec.ID {
			t.Errorf("%q is %q (%v)", word, st.Spec.ID, err)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"dev", "dve", 1}, {"dev", "div", 1}, {"dev", "deev", 1}, {"abcd", "badc", 2}, {"größe", "grösse", 2},
	}
	for _, tt := range tests {
		if got := distance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("from %q to %q it is %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
