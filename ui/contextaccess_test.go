package ui

import (
	"testing"

	"culvert/kube"
)

func TestContextsAreHeadedByTheirFiles(t *testing.T) {
	contexts := []kube.Context{
		{Name: "a", File: "/home/me/.kube/config"},
		{Name: "b", File: "/home/me/.kube/config"},
		{Name: "c", File: "/home/melanie/okd.yaml"},
		{Name: "d", Origin: kube.OriginSignedIn},
		{Name: "e"},
	}
	want := []struct{ head, note string }{
		{"~/.kube/config", "2 contexts"}, {"", ""}, {"/home/melanie/okd.yaml", "1 context"}, {"Signed in with Culvert", "1 context"}, {"", ""},
	}
	var cards []contextCard
	for _, c := range contexts {
		cards = append(cards, contextCard{name: c.Name})
	}
	headed(cards, contexts, "/home/me")
	for i, w := range want {
		if cards[i].head != w.head || cards[i].headNote != w.note {
			t.Errorf("%s has the head %q %q, want %q %q", cards[i].name, cards[i].head, cards[i].headNote, w.head, w.note)
		}
	}
}
