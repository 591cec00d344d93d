package kube

import (
	"encoding/json"
	"testing"
)

func TestPodStatusAsKubectl(t *testing.T) {
	tests := []struct {
		name, object string
		want         summary
	}{
		{
			"running",
			`{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"restartCount":2,"state":{"running":{}}}]}}`,
			summary{"Running", 1, 1, 2},
		},
		{
			"pending", `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Pending"}}`,
			summary{"Pending", 0, 1, 0},
		},
		{
			"scheduling gated",
			`{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}}`,
			summary{"SchedulingGated", 0, 1, 0},
		},
		{
			"crash loop",
			`{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}`,
			summary{"CrashLoopBackOff", 0, 1, 7},
		},
		{
			"second init container",
			`{"spec":{"initContainers":[{"name":"i"},{"name":"j"}],"containers":[{"name":"a"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"running":{}}}],"containerStatuses":[{"name":"a","state":{"waiting":{"reason":"PodInitializing"}}}]}}`,
			summary{"Init:1/2", 0, 1, 0},
		},
		{
			"init container fails",
			`{"spec":{"initContainers":[{"name":"i"}],"containers":[{"name":"a"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":1,"state":{"terminated":{"exitCode":3}}}]}}`,
			summary{"Init:ExitCode:3", 0, 1, 1},
		},
		{
			"init container's image",
			`{"spec":{"initContainers":[{"name":"i"}],"containers":[{"name":"a"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"ErrImagePull"}}}]}}`,
			summary{"Init:ErrImagePull", 0, 1, 0},
		},
		{
			"sidecar",
			`{"spec":{"initContainers":[{"name":"s","restartPolicy":"Always"}],"containers":[{"name":"a"}]},"status":{"phase":"Running","initContainerStatuses":[{"name":"s","ready":true,"started":true,"restartCount":1,"state":{"running":{}}}],"containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}}]}}`,
			summary{"Running", 2, 2, 1},
		},
		{
			"completed",
			`{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}}]}}`,
			summary{"Completed", 0, 1, 0},
		},
		{
			"one of two completed",
			`{"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}},{"name":"b","ready":true,"state":{"running":{}}}]}}`,
			summary{"NotReady", 1, 2, 0},
		},
		{
			"killed",
			`{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"signal":9,"exitCode":137}}}]}}`,
			summary{"Signal:9", 0, 1, 0},
		},
		{
			"terminating",
			`{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}}]}}`,
			summary{"Terminating", 1, 1, 0},
		},
		{
			"terminating when done",
			`{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}}]}}`,
			summary{"Completed", 0, 1, 0},
		},
		{
			"node lost",
			`{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","reason":"NodeLost"}}`,
			summary{"Unknown", 0, 1, 0},
		},
		{
			"evicted", `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Failed","reason":"Evicted"}}`,
			summary{"Evicted", 0, 1, 0},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o podObject
			if err := json.Unmarshal([]byte(tt.object), &o); err != nil {
				t.Fatal(err)
			}
			if got := o.summary(); got != tt.want {
				t.Errorf("it is %+v, not %+v", got, tt.want)
			}
		})
	}
}
