package ui

import (
	"encoding/json"
	"testing"
)

func TestHowTheTableIsKeptForTheNextRun(t *testing.T) {
	type kept struct {
		Group  grouping
		Sort   sortOrder
		Folded []groupKey
	}
	tests := []struct {
		name string
		is   kept
		want string
	}{
		{"as at first", kept{}, `{"Group":"context","Sort":"own","Folded":null}`},
		{
			"all kinds of groups",
			kept{groupByTag, sortOrder{byConns, true}, []groupKey{
				{context: "default/api.example.net:6443/dev"}, {by: groupByNamespace, context: "a/b", name: "shop"}, {by: groupByTag, name: "a/b"}, {by: groupByTag}, {by: groupByNone},
			}},
			`{"Group":"tag","Sort":"-connections","Folded":["context/default/api.example.net:6443/dev","namespace/a/b/shop","tag/a/b","tag/","none"]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.is)
			if err != nil || string(got) != tt.want {
				t.Fatalf("it is kept as %s (%v), want %s", got, err, tt.want)
			}
			var back kept
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			again, _ := json.Marshal(back)
			if string(again) != tt.want {
				t.Errorf("it comes back as %s", again)
			}
		})
	}
	for _, bad := range []string{`{"Group":"colour"}`, `{"Sort":"-"}`, `{"Folded":["namespace/x"]}`, `{"Folded":["x/y"]}`} {
		if err := json.Unmarshal([]byte(bad), new(kept)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
