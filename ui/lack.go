package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// lack is what cannot be listed: refused are the plurals of what the user may
// not list, troubles are whole sentences about the rest.
type lack struct {
	refused  []string
	troubles []string
}

// lackOf returns what is missing from a group of targets.
func lackOf(g targetGroup, l listing[offer]) lack {
	var out lack
	if l.err != nil {
		out.add(g.plural(), l.err)
		return out
	}
	for _, m := range l.missing {
		out.add(kindPlural(m.Kind), m.Err)
	}
	return out
}

func (k *lack) add(plural string, err error) {
	if isForbidden(err) {
		k.refused = append(k.refused, plural)
		return
	}
	k.addTrouble(complaint(err))
}

// addTrouble adds a sentence, once.
func (k *lack) addTrouble(text string) {
	if !slices.Contains(k.troubles, text) {
		k.troubles = append(k.troubles, text)
	}
}

// refusal says what the user may not list and what to do instead; empty when
// there is nothing.
func (k *lack) refusal(instead string) string {
	if len(k.refused) == 0 {
		return ""
	}
	return lang.L("You may not list {{.What}} here: {{.Instead}}", vars{"What": enumerate(k.refused), "Instead": instead})
}

// enumerate joins words as in a sentence.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return lang.L("{{.Words}} and {{.Last}}", vars{"Words": listed(words[:last]), "Last": words[last]})
}

func kindPlural(k tunnels.Kind) string {
	switch k {
	case tunnels.KindPod:
		return lang.L("pods")
	case tunnels.KindService:
		return lang.L("services")
	case tunnels.KindDeployment:
		return lang.L("deployments")
	case tunnels.KindStatefulSet:
		return lang.L("stateful sets")
	case tunnels.KindDaemonSet:
		return lang.L("daemon sets")
	case tunnels.KindReplicaSet:
		return lang.L("replica sets")
	case tunnels.KindReplicationController:
		return lang.L("replication controllers")
	case tunnels.KindJob:
		return lang.L("jobs")
	case tunnels.KindCronJob:
		return lang.L("cron jobs")
	case tunnels.KindDeploymentConfig:
		return lang.L("deployment configs")
	case tunnels.KindSelector:
	}
	return string(k)
}
