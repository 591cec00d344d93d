package kube

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkCatalogChurn is what watching 10,000 pods costs when 50 of them change
// every second: one operation is what has to be done each time that is published.
func BenchmarkCatalogChurn(b *testing.B) {
	const many, perSecond = 10_000, 50
	event := func(i int) []byte { // of the size that real ones have
		return fmt.Appendf(nil, `{"type":"MODIFIED","object":{"metadata":{"name":"web-7d4b9c6f5-%05d","namespace":"team","resourceVersion":"%[1]d",`+
			`"managedFields":[{"fieldsV1":{"x":%q}}]},"spec":{"nodeName":"n","containers":[{"name":"web","ports":[{"name":"http","containerPort":80}]}]},`+
			`"status":{"phase":"Running","containerStatuses":[{"name":"web","ready":true,"restartCount":1,"state":{"running":{}}}]}}}`,
			i, strings.Repeat("y", 4096))
	}
	c := scripted(nil)
	defer c.Close()
	cl, err := c.cluster("c")
	if err != nil {
		b.Fatal(err)
	}
	r := &reflector[podObject, *podObject, Pod]{
		feed:    &feed[Pod]{changed: make(chan struct{})},
		convert: func(name string, o *podObject) Pod { return o.pod(name) },
		known:   true,
	}
	apply := func(i int) {
		var ev watchEvent
		if err := json.Unmarshal(event(i), &ev); err != nil {
			b.Fatal(err)
		}
		if _, err := r.apply(cl, ev); err != nil {
			b.Fatal(err)
		}
	}
	for i := range many {
		apply(i)
	}
	publications := int(time.Second / publishEvery)
	for n := 0; b.Loop(); n++ {
		for i := range perSecond / publications {
			apply((n*perSecond + i*1999) % many)
		}
		if err := r.publish(b.Context(), cl); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)*float64(publications), "%core")
}
