package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"culvert/kube"
)

func newLogout(d Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "logout NAME",
		Short: "Sign out of a cluster and forget it",
		Long: "Removes the token of a cluster that `culvert login` has signed in to from the keyring, forgets the cluster,\n" +
			"and on OpenShift deletes the token on the server too, so that it is of no use to anybody any more.",
		Example: "  culvert logout staging",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("give the name of one cluster to sign out of")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			clusters, err := d.open(kube.Options{Patient: true, Warn: d.warn})
			if err != nil {
				return err
			}
			defer clusters.Close()
			left, err := clusters.Logout(cmd.Context(), args[0])
			for _, e := range left {
				d.warn(e)
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(d.Out, "Signed out of %s.\n", args[0])
			return nil
		},
	}
}
