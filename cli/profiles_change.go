package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

func newProfilesCreate(d Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "create NAME",
		Short: "Make a profile without tunnels, and print its ID",
		Long: "Makes a profile without tunnels. Its file is named after it; what it is called there, its ID, is printed.\n\n" +
			"Exit status: 0, 1 when it could not be made, 2 for a wrong command line.",
		Example: "  culvert profiles create \"Shop, dev\"\n" +
			"  culvert import tunnels.sh --profile \"$(culvert profiles create Scripts)\"",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("give one name for the profile; quote it when it has spaces")
			}
			return nil
		}),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withKeeper(cmd.Context(), d, func(k keeper, all kept) error {
				if err := nameIsFree(all, args[0]); err != nil {
					return err
				}
				p, err := k.CreateProfile(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(d.Out, p.ID)
				return err
			})
		},
	}
}

// nameIsFree refuses a name that another profile is shown with.
func nameIsFree(all kept, name string) error {
	if p, err := profiles.Find(all.profiles, name); err == nil {
		return &tunnels.Error{
			Err:  fmt.Errorf("there is a profile %q already", p.Name),
			Hint: "Choose another name, or use that one: " + shellWord(p.ID) + ".", Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	return nil
}

func newProfilesRename(d Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "rename PROFILE NAME",
		Short: "Give a profile another name; its file keeps its own",
		Long: "Changes the name that a profile is shown with. Its file and its ID stay as they are.\n\n" +
			"Exit status: 0, 1 when it could not be changed, 2 for a wrong command line, 3 when there is no such profile.",
		Example: "  culvert profiles rename shop-dev \"Shop, development\"",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name one profile, and give its new name; quote it when it has spaces")
			}
			return nil
		}),
		ValidArgsFunction: completeKept(d, 1, profileIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withProfile(cmd.Context(), d, args[0], func(k keeper, all kept, p profiles.Profile) error {
				err := guestsAreNotKept(p)
				if other, none := profiles.Find(all.profiles, args[1]); err == nil && none == nil && other.ID != p.ID {
					err = nameIsFree(all, args[1])
				}
				if err == nil {
					err = k.ChangeProfile(cmd.Context(), p.ID, profiles.Change{Name: &args[1]})
				}
				return err
			})
		},
	}
}

func newProfilesDelete(d Deps) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "delete PROFILE",
		Short: "Delete a profile with its file, and stop its tunnels",
		Long: "Deletes a profile with its file, and stops those of its tunnels that run. It asks first; where nobody can be asked,\n" +
			"--yes is needed.\n\n" +
			"Exit status: 0, 1 when it was not deleted, 2 for a wrong command line, 3 when there is no such profile.",
		Example: "  culvert export shop-dev > shop-dev.yaml   # to have it again\n" +
			"  culvert profiles delete shop-dev --yes",
		Args:              oneProfile(),
		ValidArgsFunction: completeKept(d, 1, profileIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withProfile(cmd.Context(), d, args[0], func(k keeper, all kept, p profiles.Profile) error {
				if err := guestsAreNotKept(p); err != nil {
					return err
				}
				if err := d.mayDelete(cmd.Context(), all, p, yes); err != nil {
					return err
				}
				if _, err := k.DeleteProfile(cmd.Context(), p.ID); err != nil {
					return err
				}
				fmt.Fprintf(d.Err, "Deleted the profile %q.\n", p.Name)
				return nil
			})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "delete it without asking")
	return cmd
}

// mayDelete asks whether a profile is to be deleted, and returns nil when it is.
func (d Deps) mayDelete(ctx context.Context, all kept, p profiles.Profile, yes bool) error {
	what := fmt.Sprintf("the profile %q with %s", p.Name, counted(len(p.Tunnels), "tunnel"))
	if n := all.runningIn(p); n > 0 {
		what += fmt.Sprintf(" (%d running now)", n)
	}
	refused := &tunnels.Error{Err: fmt.Errorf("%s was not deleted", what), Hint: "Nothing was changed.", Cause: tunnels.CauseInvalid, Permanent: true}
	switch {
	case yes:
		return nil
	case d.Terminal == nil:
		refused.Hint = "Nobody can be asked here: give --yes to delete it."
		return refused
	}
	answer, err := d.Terminal.Ask(ctx, "Delete "+printable(what)+"? [y/N] ")
	if err != nil || !isYes(answer) {
		return refused
	}
	return nil
}

func newProfilesPath(d Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "path PROFILE",
		Short: "Print where the file of a profile is",
		Long: "Prints where the file of a profile is.\n\n" +
			"Exit status: 0, 1 when it has no file, 2 for a wrong command line, 3 when there is no such profile.",
		Example:           "  git -C ~/dotfiles add \"$(culvert profiles path shop-dev)\"",
		Args:              oneProfile(),
		ValidArgsFunction: completeKept(d, 1, profileIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withProfile(cmd.Context(), d, args[0], func(_ keeper, _ kept, p profiles.Profile) error {
				if err := hasFile(p); err != nil {
					return err
				}
				_, err := fmt.Fprintln(d.Out, p.Path)
				return err
			})
		},
	}
}

// hasFile refuses a profile that is kept in memory.
func hasFile(p profiles.Profile) error {
	if p.Path != "" {
		return nil
	}
	return &tunnels.Error{
		Err:  fmt.Errorf("the profile %q is in no file", p.Name),
		Hint: "The Culvert that runs keeps it in memory, as the demo does.", Cause: tunnels.CauseInvalid, Permanent: true,
	}
}
