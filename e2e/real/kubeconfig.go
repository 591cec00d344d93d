package real

import (
	"encoding/json"
	"os"
)

// Access is a context of a kubeconfig: a server and who one is there.
type Access struct {
	Context   string
	Namespace string // empty means default
	Server    string // the URL

	ca    []byte
	user  pair
	token string // of who has no certificate
}

// Kubeconfig is a list of contexts, the first of which is the current one.
type Kubeconfig []Access

// Write writes the kubeconfig, with all certificates inside, as a file that
// only its owner can read. Who reads it meanwhile sees the old or the new one.
func (k Kubeconfig) Write(path string) error {
	type named map[string]any
	var clusters, users, contexts []named
	for _, a := range k {
		cluster := named{"server": a.Server}
		if a.ca != nil {
			cluster["certificate-authority-data"] = a.ca
		}
		context := named{"cluster": a.Context, "user": a.Context}
		if a.Namespace != "" {
			context["namespace"] = a.Namespace
		}
		clusters = append(clusters, named{"name": a.Context, "cluster": cluster})
		user := named{"client-certificate-data": a.user.cert, "client-key-data": a.user.key}
		if a.token != "" {
			user = named{"token": a.token}
		}
		users = append(users, named{"name": a.Context, "user": user})
		contexts = append(contexts, named{"name": a.Context, "context": context})
	}
	// JSON is YAML, and its byte slices are base64 as the fields want them.
	b, err := json.MarshalIndent(named{
		"apiVersion": "v1", "kind": "Config", "current-context": k[0].Context,
		"clusters": clusters, "users": users, "contexts": contexts,
	}, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(path, append(b, '\n'))
}

// replaceFile puts a file that only its owner can read in the place of another.
func replaceFile(path string, b []byte) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, b, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
