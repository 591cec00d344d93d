package ui

import (
	"slices"

	"culvert/kube"
)

// podOffers makes offers of a namespace's pods. Of ten thousand pods one changes
// at a time: the others keep their offers. It belongs to who watches the pods.
type podOffers struct {
	pods   []kube.Pod // of the last listing
	offers []offer
}

// update returns the offers of a listing, whose pods are in the order of their
// names.
func (p *podOffers) update(l kube.Listing[kube.Pod]) kube.Listing[offer] {
	out := kube.Listing[offer]{Complete: l.Complete, Err: l.Err, Missing: l.Missing}
	if len(l.Items) > 0 {
		out.Items = make([]offer, 0, len(l.Items))
	}
	old := 0
	for i := range l.Items {
		pod := &l.Items[i]
		for old < len(p.pods) && p.pods[old].Name < pod.Name {
			old++
		}
		if old < len(p.pods) && offersAlike(&p.pods[old], pod) {
			out.Items = append(out.Items, p.offers[old])
			continue
		}
		o := offerPod(*pod).noted()
		if i > 0 && o.note == out.Items[i-1].note && slices.Equal(o.ports, out.Items[i-1].ports) {
			o.note, o.ports = out.Items[i-1].note, out.Items[i-1].ports // pods of one set share them
		}
		out.Items = append(out.Items, o)
	}
	p.pods, p.offers = l.Items, out.Items
	return out
}

// offersAlike says whether two pods make the same offer.
func offersAlike(a, b *kube.Pod) bool {
	return a.Name == b.Name && a.Ready == b.Ready && a.Status == b.Status && slices.Equal(a.Ports, b.Ports)
}
