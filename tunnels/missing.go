package tunnels

// MissingError means that a namespace or a target does not exist. It is what the
// Err of an [Error] holds for errors.As.
type MissingError struct {
	Kind Kind // of the target; empty for a namespace
	Name string
	// Near are the names that may have been meant, the most likely first.
	Near []string
	// Owner is what makes pods as the one that is missing: a tunnel to it survives
	// them. It is zero where that is not known; context and namespace are empty.
	Owner Target
	// Text says what is missing, without what may have been meant.
	Text string
}

// Error returns Text.
func (e *MissingError) Error() string { return e.Text }
