package kube

import "culvert/tunnels"

// Listing is what is known of a list. It is immutable.
type Listing[T any] struct {
	// Items are in the order of their names, those of several kinds by kind first.
	// While Err is set they are the last known ones, if any.
	Items []T
	// Complete is false while the first answer is still coming: Items are its
	// first part then, and there are more. It is true once all have come, or the
	// reason why they cannot be had; from then on Items are never a part only
	// because they are being read anew.
	Complete bool
	// Err is an *tunnels.Error that says why the list cannot be had now, nil when
	// it can. It is tried again by itself.
	Err error
	// Missing are the kinds of which nothing can be told now, of a list of several
	// kinds, in the order of [tunnels.Kinds]. Err is set only when none is left.
	Missing []Missing
}

// Missing is a kind of objects that cannot be listed.
type Missing struct {
	Kind tunnels.Kind
	Err  *tunnels.Error
}
