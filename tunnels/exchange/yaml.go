package exchange

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// looks are what the YAML that is known looks like from afar.
var (
	profileLook    = regexp.MustCompile(`(?m)^["'{\s]{0,8}tunnels["']?\s*:`)
	kubeconfigLook = regexp.MustCompile(`(?m)^["'{\s]{0,8}kind["']?\s*:\s*["']?Config\b`)
	pluginsLook    = regexp.MustCompile(`(?m)^plugins?\s*:`)
)

// ErrKubeconfig is the reason why a kubeconfig is not read.
var ErrKubeconfig = errors.New("this is a kubeconfig, and has no tunnels")

// annotationPrefix is how the annotations begin by which k9s knows what to forward.
const annotationPrefix = "k9scli.io/"

// mostYAML bounds the YAML that others than Culvert write.
const mostYAML = 1 << 20

// readYAML reads a text that looks like YAML that is known; ok is false for another
// one.
func readYAML(text string) (f Found, ok bool, err error) {
	switch {
	case kubeconfigLook.MatchString(text):
		return f, true, refuse("Import it as a kubeconfig instead.", "%w", ErrKubeconfig)
	case strings.Contains(text, annotationPrefix):
		f, err = readManifests(text)
	case profileLook.MatchString(text):
		f, err = readProfile(text)
	case pluginsLook.MatchString(text) && strings.Contains(text, "port-forward"):
		f, err = readPlugins(text)
	default:
		return f, false, nil
	}
	return f, true, err
}

// documents are those of a text. Nodes that are the same one elsewhere are not
// followed: see child.
func documents(text string) ([]*yaml.Node, error) {
	if len(text) > mostYAML {
		return nil, refuse("Take out of it what is to be imported.", "this YAML is larger than %d MiB", mostYAML>>20)
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	var out []*yaml.Node
	for len(out) < MaxProposals {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse("Mend it in an editor.", "the YAML is broken: %s", shown(strings.TrimPrefix(err.Error(), "yaml: "), 200))
		}
		if len(n.Content) > 0 {
			out = append(out, n.Content[0])
		}
	}
	return out, nil
}

// child returns what a mapping has under a path of names, or nil.
func child(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return n
}

// word returns the text of a node that is one, or nothing.
func word(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(n.Value)
}
