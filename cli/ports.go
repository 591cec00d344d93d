package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// The formats of ports beside JSON.
const (
	asEnv    = "env"
	asDotenv = "dotenv"
)

func newPorts(d Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "ports [PROFILE | TUNNEL | PATH]...",
		Short: "Print the local ports of tunnels",
		Long: "Prints where tunnels are reached on this machine: those that are named, or all that run.\n\n" +
			"-o env prints lines for a shell, -o dotenv for a .env file: CULVERT_NAME_ADDR, _HOST and _PORT of a tunnel's first\n" +
			"port, and CULVERT_NAME_REMOTE_ADDR, _HOST and _PORT of each. NAME is the tunnel's in capitals, with _ for all\n" +
			"but letters and digits.\n\n" + exitHelpActs,
		Example: "  culvert ports\n" +
			"  culvert ports postgres -o json | jq '.tunnels[0].ports[0].port'\n" +
			"  eval \"$(culvert ports dev -o env)\" && psql -h \"$CULVERT_POSTGRES_HOST\" -p \"$CULVERT_POSTGRES_PORT\"\n" +
			"  culvert ports dev -o dotenv > .env",
		ValidArgsFunction: completeWords(d, profilesAndTunnels),
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"", asJSON, asEnv, asDotenv}, output) {
				return &usageError{fmt.Errorf("%q is not an output format: use json, env or dotenv, or leave it out", output), cmd.CommandPath()}
			}
			r, err := d.running(cmd.Context())
			if err != nil {
				return err
			}
			defer r.Close()
			s, ps, err := r.List(cmd.Context())
			if err != nil {
				return err
			}
			statuses, err := listening(s, ps, args)
			if err != nil && statuses == nil {
				return err
			}
			return errors.Join(err, printPorts(d, statuses, ps, output))
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "the `format`: json, env or dotenv")
	mustComplete(cmd, "output", asJSON, asEnv, asDotenv)
	return cmd
}

// listening returns the tunnels that are named, or all that run. The error says which
// of those that are named listen nowhere.
func listening(s tunnels.Snapshot, ps []profiles.Profile, args []string) ([]tunnels.Status, error) {
	if len(args) == 0 {
		return slices.DeleteFunc(slices.Clone(s), func(st tunnels.Status) bool { return st.State == tunnels.Stopped }), nil
	}
	ids, err := pick(s, ps, args)
	if err != nil {
		return nil, err
	}
	var silent []string
	for _, st := range chosen(s, ids) {
		if len(st.Bound) == 0 {
			silent = append(silent, troubleOf(st))
		}
	}
	if len(silent) > 0 {
		err = &tunnels.Error{Err: errors.New("no port is listened on: " + strings.Join(silent, "; ")), Hint: "Start it with `culvert up`."}
	}
	return chosen(s, ids), err
}

// localPortsJSON is what ports prints in JSON, and up with --wait.
type localPortsJSON struct {
	Tunnels []tunnelPortsJSON `json:"tunnels"`
}

// tunnelPortsJSON are the ports of one tunnel, in the order of its mappings.
type tunnelPortsJSON struct {
	Name      string          `json:"name"`
	ID        tunnels.ID      `json:"id"`
	Profile   string          `json:"profile"`
	Context   string          `json:"context,omitempty"`
	Namespace string          `json:"namespace,omitempty"`
	Target    string          `json:"target"`
	State     string          `json:"state"`
	Reason    string          `json:"reason,omitempty"`
	Ports     []localPortJSON `json:"ports"`
}

// localPortJSON is a port that is listened on.
type localPortJSON struct {
	Remote    remoteJSON `json:"remote"`
	Address   string     `json:"address"` // host and port
	Host      string     `json:"host"`
	Port      uint16     `json:"port"`
	Addresses []string   `json:"addresses"` // all that are bound, with the port
	Random    bool       `json:"random,omitempty"`
}

// portsOf tells of tunnels' ports.
func localPortsOf(statuses []tunnels.Status, ps []profiles.Profile) localPortsJSON {
	out := localPortsJSON{Tunnels: []tunnelPortsJSON{}}
	for _, st := range statuses {
		t := st.Spec.Target
		out.Tunnels = append(out.Tunnels, tunnelPortsJSON{
			Name: st.Spec.Title(), ID: st.Spec.ID, Profile: profileName(st.Spec.Profile, ps),
			Context: t.Context, Namespace: t.Namespace, Target: t.String(), State: st.State.String(), Reason: st.Reason,
			Ports: portsOfOne(st),
		})
	}
	return out
}

func portsOfOne(st tunnels.Status) []localPortJSON {
	out := []localPortJSON{}
	for _, m := range st.Spec.Mappings {
		addr, ok := addressOf(st, m)
		if !ok {
			continue
		}
		host := addr.Addr().String()
		p := localPortJSON{
			Remote: remoteJSON(m.Remote), Host: host, Port: addr.Port(),
			Address: net.JoinHostPort(host, strconv.Itoa(int(addr.Port()))), Random: m.Local == tunnels.AnyPort,
		}
		for _, b := range st.Bound {
			if b.Mapping == m {
				p.Addresses = append(p.Addresses, b.Addr.String())
			}
		}
		out = append(out, p)
	}
	return out
}

func printPorts(d Deps, statuses []tunnels.Status, ps []profiles.Profile, output string) error {
	switch output {
	case asJSON:
		return putJSON(d, localPortsOf(statuses, ps))
	case asEnv, asDotenv:
		vars, err := variables(statuses)
		if err != nil {
			return err
		}
		export := ""
		if output == asEnv {
			export = "export "
		}
		return put(d, func(w io.Writer) {
			for _, v := range vars {
				fmt.Fprintf(w, "%s%s=%s\n", export, v.name, shellWord(v.value))
			}
		})
	}
	if !slices.ContainsFunc(statuses, func(st tunnels.Status) bool { return len(st.Bound) > 0 }) {
		if len(statuses) == 0 {
			fmt.Fprintln(d.Err, "Nothing is running.")
		}
		return nil
	}
	return put(d, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, gap, ' ', 0)
		defer t.Flush() //nolint:errcheck // it writes to memory
		fmt.Fprintln(t, "NAME\tREMOTE\tADDRESS")
		for _, st := range statuses {
			for _, p := range portsOfOne(st) {
				fmt.Fprintf(t, "%s\t%s\t%s\n", plain(st.Spec.Title()), tunnels.Port(p.Remote), strings.Join(p.Addresses, " "))
			}
		}
	})
}
