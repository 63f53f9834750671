package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/library/spelling"
	"temper/model/recipe"
	"temper/starter/advice"
)

func newExperimentCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "experiment", Short: "Compare runs: list, show, run and report experiments", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "list",
			Short: "List the named experiments",
			Args:  noArgs,
			RunE:  action(func(cmd *cobra.Command, _ []string) error { return listExperiments(cmd.OutOrStdout()) }),
		},
		newExperimentShowCommand(), newExperimentRunCommand(), newExperimentReportCommand(),
	)
	return cmd
}

func listExperiments(out io.Writer) error {
	width := 0
	for _, name := range experiment.Names() {
		width = max(width, len(name))
	}
	for _, name := range experiment.Names() {
		data, err := experiment.Text(name)
		if err != nil {
			return err
		}
		e, err := experiment.Decode(data)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-*s  %s (%d runs of %s)\n", width, name, e.Title, len(e.Seeds)*len(e.Runs()), e.Recipe)
	}
	return nil
}

// experimentSource says where an experiment comes from: a name or a file, and changes.
type experimentSource struct {
	word          string
	sets          []string
	seeds, atOnce int
}

// flags are those of the changes.
func (s *experimentSource) flags(cmd *cobra.Command) {
	addSetFlag(cmd, &s.sets)
	cmd.Flags().IntVar(&s.seeds, "seeds", 0, "`NUMBER` of seeds, 1, 2, … (default: the experiment's)")
	cmd.Flags().IntVar(&s.atOnce, "at-once", 0, "`NUMBER` of runs at a time (default: the experiment's, or 2)")
}

// experimentArgument says what the argument of a command on experiments may be.
func experimentArgument() string {
	return "a file, or one of " + strings.Join(experiment.Names(), ", ")
}

// text is the experiment as it is written.
func (s experimentSource) text() ([]byte, error) {
	if slices.Contains(experiment.Names(), s.word) {
		return experiment.Text(s.word)
	}
	data, err := os.ReadFile(s.word)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(s.word, "/.") {
		return nil, fmt.Errorf("there is no experiment and no file %q; %svalid: %s", s.word, spelling.DidYouMean(s.word, experiment.Names()), experimentArgument())
	}
	if err != nil {
		return nil, fmt.Errorf("read experiment: %w; valid: %s", err, experimentArgument())
	}
	return data, nil
}

// load reads the experiment with its recipe and checks both, with the changes of every run.
func (s experimentSource) load(ctx context.Context, data string) (experiment.Experiment, []experiment.Planned, error) {
	text, err := s.text()
	if err != nil {
		return experiment.Experiment{}, nil, err
	}
	e, err := experiment.Decode(text)
	if err != nil {
		return e, nil, err
	}
	if e.Base == nil {
		var source recipeSource
		source.choose(e.Recipe)
		base, err := source.read()
		if err != nil {
			return e, nil, fmt.Errorf("recipe of experiment %s: %w", e.Name, err)
		}
		if err := applySets(&base, e.Set); err != nil {
			return e, nil, fmt.Errorf("experiment %s: %w", e.Name, err)
		}
		e.Base = &base
	}
	for _, set := range s.sets {
		if path, _, _ := strings.Cut(set, "="); strings.TrimSpace(path) == "seed" {
			return e, nil, errors.New("set seed: an experiment has several; valid: --seeds, or seeds in its file")
		}
	}
	if err := applySets(e.Base, s.sets); err != nil {
		return e, nil, err
	}
	if err := absolutePaths(e.Base); err != nil {
		return e, nil, err
	}
	if err := resolveMade(ctx, data, e.Base); err != nil {
		return e, nil, err
	}
	if err := resolveParent(ctx, data, e.Base); err != nil {
		return e, nil, err
	}
	if s.seeds < 0 || s.atOnce < 0 {
		return e, nil, errors.New("--seeds and --at-once are numbers of at least 1")
	}
	if s.seeds > 0 {
		e.Seeds = nil
		for seed := range s.seeds {
			e.Seeds = append(e.Seeds, uint64(seed+1))
		}
	}
	if s.atOnce > 0 {
		e.AtOnce = s.atOnce
	}
	plan, err := e.Plan()
	if err != nil {
		return e, nil, fmt.Errorf("experiment %s: %w", e.Name, err)
	}
	return e, plan, nil
}

func newExperimentShowCommand() *cobra.Command {
	var source experimentSource
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Print an experiment, and its runs",
		Long: `Print an experiment as it is written, with the runs that it does. The output is an
experiment's file. With --json it is whole, with its recipe: the input of a workflow
of type Experiment that any Temporal client starts.`,
		Example: `  bin/starter experiment show epochs > my-experiment.yaml
  bin/starter experiment show epochs --json > experiment.json`,
		Args: oneArg("experiment", experimentArgument()),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			source.word = args[0]
			e, plan, err := source.load(cmd.Context(), dataDir(cmd))
			var faults *recipe.FaultsError
			if err != nil && !(errors.As(err, &faults) && faults.OnlyToGive() && !asJSON) { // its files are named when it is run
				return err
			}
			if asJSON {
				data, err := experiment.Encode(e)
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n", data)
				return err
			}
			text, err := source.text()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\n# %d runs:\n", strings.TrimRight(string(text), "\n"), len(plan))
			for _, p := range plan {
				begins := "begins anew"
				switch {
				case p.Needs >= 0:
					begins = "begins with " + plan[p.Needs].Label
				case p.Recipe.Parent != nil:
					begins = "begins with " + p.Recipe.Parent.String()
				}
				fmt.Fprintf(cmd.OutOrStdout(), "#   %-16s %s: %s\n", p.Label, begins, strings.Join(p.Recipe.StageNames(), " → "))
			}
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as Temporal clients pass it")
	source.flags(cmd)
	return cmd
}

func newExperimentReportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report NAME",
		Short: "Write an experiment's page, by what its runs have recorded so far",
		Long: `Write the page of an experiment, one self-contained HTML page, and print its path.
It is made of what the runs have recorded in the store: an experiment that has not
ended has a page too, and neither Temporal nor a worker has to run.`,
		Example: `  bin/starter experiment report tiny-pair`,
		Args:    oneArg("NAME", "the name of an experiment that was run"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if out == "" {
				out = filepath.Join(dataDir(cmd), "reports", args[0]+".html")
			}
			return writeExperimentReport(cmd, args[0], out)
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE` to write (default: reports/NAME.html in the data directory)")
	return cmd
}

func writeExperimentReport(cmd *cobra.Command, name, path string) error {
	ctx, data := cmd.Context(), dataDir(cmd)
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	in, err := storedExperiment(ctx, store, data, name)
	if err != nil {
		return err
	}
	page, err := activities.ExperimentPage(ctx, store, in)
	if err != nil {
		return err
	}
	if err := writeWhole(path, page); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	return nil
}

// errNoExperiment says that the store has no experiment of a name.
var errNoExperiment = errors.New("there is no experiment")

// storedExperiment is the newest experiment of a name in the store, with its runs as far as they have come.
func storedExperiment(ctx context.Context, store objectstore.Reader, data, name string) (activities.WriteExperimentPageInput, error) {
	var in activities.WriteExperimentPageInput
	keys, err := store.List(ctx, artifact.ExperimentRoot)
	if err != nil {
		return in, fmt.Errorf("find experiment %s: %w", name, err)
	}
	var newest artifact.Manifest
	var names []string
	for _, key := range keys {
		parts := strings.Split(key, "/")
		if len(parts) != 5 || !strings.HasPrefix(parts[4], string(artifact.KindExperiment)) {
			continue
		}
		if names = append(names, parts[1]); parts[1] != name {
			continue
		}
		m, err := records.Read(ctx, store, key)
		if err != nil {
			return in, err
		}
		if newest.Kind == "" || m.Work.Started.After(newest.Work.Started) {
			newest = m
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); newest.Kind == "" && len(names) == 0 {
		return in, fmt.Errorf("%w %q on %s, nor any other: see %s", errNoExperiment, name, data, advice.Command("", "experiment", "run", "--help"))
	}
	if newest.Kind == "" {
		return in, fmt.Errorf("%w %q; %svalid: %s", errNoExperiment, name, spelling.DidYouMean(name, names), strings.Join(names, ", "))
	}
	in.Run, in.Experiment = newest.Run, newest.Outputs[artifact.OutputExperiment]
	text, err := store.Get(ctx, in.Experiment)
	if err != nil {
		return in, err
	}
	e, err := experiment.Decode(text)
	if err != nil {
		return in, err
	}
	plan, err := e.Plan()
	if err != nil {
		return in, err
	}
	for _, p := range plan {
		run, err := storedRunOf(ctx, store, name+"-"+p.Label)
		if err != nil {
			return in, err
		}
		run.Variant, run.Seed = p.Name, p.Seed
		in.Runs = append(in.Runs, run)
	}
	page, _, err := pageOfExperiment(ctx, store, in.Run)
	in.Stopped = page.Stopped
	return in, err
}

// storedRunOf is how far a run of an experiment has come.
func storedRunOf(ctx context.Context, store objectstore.Reader, name string) (activities.RunOfExperiment, error) {
	s, err := readRun(ctx, store, name)
	if errors.Is(err, errNoRun) {
		return activities.RunOfExperiment{Run: artifact.RunID{Name: name}, State: "not begun"}, nil
	}
	return activities.RunOfExperiment{Run: s.id, State: s.state()}, err
}
