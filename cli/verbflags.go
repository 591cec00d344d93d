package cli

import (
	"time"

	"github.com/spf13/pflag"
)

// waitDefault is how long --wait waits that gives no time.
const waitDefault = 30 * time.Second

func waitFlag(fs *pflag.FlagSet, to *time.Duration) {
	fs.DurationVar(to, "wait", 0, "wait until all are ready, "+waitDefault.String()+" at most or as `long` as given")
	fs.Lookup("wait").NoOptDefVal = waitDefault.String()
}

func yesFlag(fs *pflag.FlagSet, to *bool) {
	fs.BoolVarP(to, "yes", "y", false, "do not ask about production and about other computers")
}

func kubeconfigFlag(fs *pflag.FlagSet, to *string) {
	fs.StringVar(to, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
}
