package kube

// CountContexts reads one kubeconfig file, and returns how many contexts are in it.
// It reads no other file. The error, an *tunnels.Error, says why it cannot be read.
func CountContexts(path string) (int, error) {
	raw, _, err := source{path: path}.read()
	if err != nil {
		return 0, err
	}
	return len(raw.Contexts), nil
}
