package exchange

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"culvert/tunnels"
	"culvert/tunnels/command"
)

// podTemplates say where the pods' metadata are in what makes pods.
var podTemplates = map[string][]string{
	"Pod": {}, "Deployment": {"spec", "template"}, "StatefulSet": {"spec", "template"}, "DaemonSet": {"spec", "template"}, "ReplicaSet": {"spec", "template"},
	"ReplicationController": {"spec", "template"}, "Job": {"spec", "template"}, "CronJob": {"spec", "jobTemplate", "spec", "template"}, "DeploymentConfig": {"spec", "template"},
}

// readManifests reads the annotations k9scli.io/auto-port-forwards and
// k9scli.io/port-forwards of pods and of what makes pods.
func readManifests(text string) (Found, error) {
	f := Found{Format: FormatAnnotations}
	docs, err := documents(text)
	if err != nil {
		return f, err
	}
	other := 0
	for _, doc := range docs {
		list := []*yaml.Node{doc}
		if items := child(doc, "items"); items != nil && items.Kind == yaml.SequenceNode {
			list = items.Content
		}
		for _, manifest := range list {
			if len(f.Proposals) > MaxProposals {
				break
			}
			if p, ok := annotated(manifest); ok {
				f.Proposals = append(f.Proposals, p)
			} else {
				other++
			}
		}
	}
	if other > 0 {
		f.Ignored = append(f.Ignored, Ignored{"manifests without such annotations", other})
	}
	return f, nil
}

// annotated is the tunnel that a manifest asks k9s for.
func annotated(manifest *yaml.Node) (Proposal, bool) {
	kind := word(child(manifest, "kind"))
	path, ok := podTemplates[kind]
	if !ok {
		return Proposal{}, false
	}
	template := manifest
	if len(path) > 0 {
		template = child(manifest, path...)
	}
	annotations := child(template, "metadata", "annotations")
	auto, offered := word(child(annotations, annotationPrefix+"auto-port-forwards")), word(child(annotations, annotationPrefix+"port-forwards"))
	if auto == "" && offered == "" {
		return Proposal{}, false
	}
	p := Proposal{From: fmt.Sprintf("line %d", manifest.Line)}
	p.Spec.Target.Namespace, p.Spec.Target.Name = word(child(manifest, "metadata", "namespace")), word(child(manifest, "metadata", "name"))
	k, err := tunnels.ParseKind(kind)
	p.wrong(err)
	p.Spec.Target.Kind = k
	if p.Spec.Target.Name == "" {
		p.problem("the manifest has no name")
	}
	seen := make(map[string]bool)
	for pair := range strings.SplitSeq(auto+","+offered, ",") {
		if pair = strings.TrimSpace(pair); pair != "" && !seen[pair] && len(p.Spec.Mappings) < 100 {
			seen[pair] = true
			p.annotatedPort(pair)
		}
	}
	return p, true
}

// annotatedPair is CONTAINER::[LOCAL:]PORT, or [LOCAL:]PORT.
var annotatedPair = regexp.MustCompile(`^(?:[\w-]+::)?(?:(\d*):)?([\w-]+)(?:/\d+)?$`)

func (p *Proposal) annotatedPort(pair string) {
	m := annotatedPair.FindStringSubmatch(pair)
	if m == nil {
		p.problem("“%s” is not what k9s reads: write CONTAINER::LOCAL:PORT", shown(pair, 60))
		return
	}
	mapping := m[2]
	if m[1] != "" {
		mapping = m[1] + ":" + m[2]
	}
	parsed, err := tunnels.ParseMapping(mapping)
	p.wrong(err)
	if err == nil {
		p.Spec.Mappings = append(p.Spec.Mappings, parsed)
	}
}

// readPlugins reads the plugins of k9s that run a port-forward. What k9s fills in, as
// $NAME, is not known here.
func readPlugins(text string) (Found, error) {
	f := Found{Format: FormatPlugins}
	docs, err := documents(text)
	if err != nil {
		return f, err
	}
	other := 0
	for _, doc := range docs {
		plugins := child(doc, "plugins")
		if plugins == nil {
			plugins = child(doc, "plugin")
		}
		if plugins == nil || plugins.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(plugins.Content) && len(f.Proposals) <= MaxProposals; i += 2 {
			name, plugin := plugins.Content[i], plugins.Content[i+1]
			found := pluginForwards(plugin)
			if len(found) == 0 {
				other++
			}
			for _, forward := range found {
				p := scriptForward(forward, "line")
				p.From = fmt.Sprintf("line %d", name.Line)
				if p.Spec.Name == "" {
					p.Spec.Name = word(name)
				}
				f.Proposals = append(f.Proposals, p)
			}
		}
	}
	if other > 0 {
		f.Ignored = append(f.Ignored, Ignored{"plugins that forward no ports", other})
	}
	return f, nil
}

// pluginForwards are the port-forwards in the command of a plugin.
func pluginForwards(plugin *yaml.Node) []command.Forward {
	words := []string{word(child(plugin, "command"))}
	if args := child(plugin, "args"); args != nil && args.Kind == yaml.SequenceNode {
		for _, a := range args.Content {
			words = append(words, word(a))
		}
	}
	for i, w := range words {
		if strings.Contains(w, "$") && !strings.ContainsAny(w, " \t\n") {
			words[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`").Replace(w) + `"`
		} else {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return command.ReadScript(strings.Join(words, " "), 20).Forwards
}
