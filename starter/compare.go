package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/recipe"
	"temper/model/samples"
)

// compareOptions is what the command line of compare says.
type compareOptions struct {
	format string
	flips  int
}

func newCompareCommand() *cobra.Command {
	var o compareOptions
	cmd := &cobra.Command{
		Use:   "compare RUN[@STAGE] RUN[@STAGE]",
		Short: "Compare two evaluations problem by problem",
		Long: `Compare what two runs measured on the benchmarks that both have: avg@k of each over the
problems that both were asked, the difference with its standard error, paired by problem,
and the problems that flipped, of which more than half of the samples are right in one
of the two alone. STAGE is what an evaluation came after, "base" for that before the first
stage; without it the run's newest evaluation of each benchmark is taken.

What else is different between the two, graders, problems, prompts, k, temperature, top-p or
budget, is said beneath the table: such figures are not comparable. It reads the store:
neither Temporal nor a worker has to run.`,
		Example: `  bin/starter compare demo@sft demo@math-short
  bin/starter compare demo@sft demo --format json`,
		Args: twoRuns,
		RunE: action(func(cmd *cobra.Command, args []string) error { return compare(cmd, args[0], args[1], o) }),
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "`FORMAT`: text or json, which has all problems that flipped")
	cmd.Flags().IntVar(&o.flips, "problems", 8, "`NUMBER` of problems that flipped to name each way; 0 for all")
	return cmd
}

func twoRuns(_ *cobra.Command, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%d runs are given; valid: two, each RUN or RUN@STAGE", len(args))
	}
	return nil
}

// comparedBenchmark is a benchmark in two evaluations. Its JSON form is what --format json prints.
type comparedBenchmark struct {
	Benchmark string                `json:"benchmark"`
	First     comparedSide          `json:"first"`
	Second    comparedSide          `json:"second"`
	Paired    evaluation.Comparison `json:"paired"`
	// Gained and Lost are the problems that only the second, and only the first, solves.
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
	// Differences say what else differs.
	Differences []string `json:"differences,omitempty"`
}

// comparedSide is one of them.
type comparedSide struct {
	After   string  `json:"after"`
	Samples int     `json:"samples"`
	Avg     float64 `json:"avg_at_k"`
	AvgSE   float64 `json:"avg_at_k_se"`
}

func compare(cmd *cobra.Command, first, second string, o compareOptions) error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("--format is %q; valid: text, json", o.format)
	}
	if o.flips < 0 {
		return fmt.Errorf("--problems is %d; valid: 0 and above", o.flips)
	}
	ctx, data := cmd.Context(), dataDir(cmd)
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	var sides [2]measuredRun
	for i, text := range []string{first, second} {
		if sides[i], err = readMeasured(ctx, store, data, text); err != nil {
			return err
		}
	}
	var all []comparedBenchmark
	for _, name := range sides[0].benchmarks {
		if !slices.Contains(sides[1].benchmarks, name) {
			continue
		}
		c, err := compareBenchmark(ctx, store, name, sides[0], sides[1])
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return fmt.Errorf("%s and %s have no benchmark in common: %s, and %s", first, second, strings.Join(sides[0].benchmarks, ", "), strings.Join(sides[1].benchmarks, ", "))
	}
	if o.format == "json" {
		encoder := json.NewEncoder(cmd.OutOrStdout())
		encoder.SetIndent("", "  ")
		return encoder.Encode(all)
	}
	return o.write(cmd.OutOrStdout(), first, second, all)
}

// measuredRun is a run with its evaluations by benchmark.
type measuredRun struct {
	storedRun
	benchmarks  []string
	evaluations map[string]artifact.Manifest
}

// readMeasured reads the run that RUN or RUN@STAGE names, and its newest evaluations of that stage.
func readMeasured(ctx context.Context, store objectstore.Reader, data, text string) (m measuredRun, err error) {
	name, stage, staged := strings.Cut(text, "@")
	if staged && stage == "" {
		return m, fmt.Errorf("%q names no stage; valid: RUN, RUN@STAGE", text)
	}
	if m.storedRun, err = readRun(ctx, store, name); errors.Is(err, errNoRun) {
		return m, noRun(ctx, store, data, name)
	}
	if err != nil {
		return m, err
	}
	m.evaluations = map[string]artifact.Manifest{}
	var after []string
	for _, e := range m.records {
		if e.Kind != artifact.KindEvaluation {
			continue
		}
		if !slices.Contains(after, e.Stage) {
			after = append(after, e.Stage)
		}
		if stage != "" && e.Stage != stage {
			continue
		}
		old, ok := m.evaluations[e.Name]
		if !ok {
			m.benchmarks = append(m.benchmarks, e.Name)
		}
		if !ok || e.Work.Ended.After(old.Work.Ended) {
			m.evaluations[e.Name] = e
		}
	}
	slices.Sort(m.benchmarks)
	if len(m.benchmarks) == 0 && stage != "" && len(after) > 0 {
		return m, fmt.Errorf("run %s has no evaluation after %q; valid: %s", name, stage, strings.Join(after, ", "))
	}
	if len(m.benchmarks) == 0 {
		return m, fmt.Errorf("run %s has no evaluation yet", name)
	}
	return m, nil
}

// compareBenchmark compares one benchmark.
func compareBenchmark(ctx context.Context, store objectstore.Reader, name string, a, b measuredRun) (comparedBenchmark, error) {
	c := comparedBenchmark{Benchmark: name}
	var read [2]activities.RecordedEvaluation
	for i, run := range []measuredRun{a, b} {
		var err error
		if read[i], err = activities.ReadEvaluation(ctx, store, run.records, run.evaluations[name]); err != nil {
			return c, err
		}
	}
	names := read[0].Common(read[1])
	if len(names) == 0 {
		return c, fmt.Errorf("%s: the two evaluations have no problem in common", name)
	}
	c.Differences = append(read[0].Differs(read[1], names), settingsDiffer(a.shown.Recipe, b.shown.Recipe, name)...)
	var flips evaluation.Flips
	var err error
	if c.Paired, flips, err = evaluation.Between(names, read[0].Side, read[1].Side); err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	c.Gained, c.Lost = flips.Gained, flips.Lost
	for i, side := range []*comparedSide{&c.First, &c.Second} {
		m := []measuredRun{a, b}[i].evaluations[name]
		side.After, side.Samples = m.Stage, int(m.Metrics[artifact.MetricSamples])
		if side.Avg, side.AvgSE, err = read[i].Mean(names); err != nil {
			return c, err
		}
	}
	return c, nil
}

// settingsDiffer says in words how two recipes ask for a benchmark otherwise.
func settingsDiffer(a, b recipe.Recipe, name string) (differences []string) {
	x, okX := a.Evaluation.Figure(name)
	y, okY := b.Evaluation.Figure(name)
	if !okX || !okY {
		return nil
	}
	for _, f := range []struct {
		what string
		x, y any
	}{
		{"k", x.Samples, y.Samples}, {"temperature", x.Temperature, y.Temperature}, {"top_p", x.TopP, y.TopP}, {"max_response_tokens", x.MaxResponseTokens, y.MaxResponseTokens},
		{"grading", cmp.Or(x.Grading, recipe.GradingStrict), cmp.Or(y.Grading, recipe.GradingStrict)}, {"extract", x.Extract, y.Extract}, {"label", x.Label, y.Label},
		{"system text", a.Prompt.Texts().System, b.Prompt.Texts().System},
	} {
		if f.x != f.y {
			differences = append(differences, fmt.Sprintf("%s: %s, and %s", f.what, orNone(f.x), orNone(f.y)))
		}
	}
	return differences
}

// orNone is a value as text.
func orNone(value any) string { return cmp.Or(fmt.Sprint(value), "none") }

// write prints the table, what flipped and what else differs.
func (o compareOptions) write(out io.Writer, first, second string, all []comparedBenchmark) error {
	fmt.Fprintln(out, "avg@k in percent ± standard error over problems; the difference is paired by problem")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "benchmark\tproblems\tk\t%s\t%s\tdifference\tgained\tlost\n", first, second)
	for _, c := range all {
		k := fmt.Sprint(c.First.Samples)
		if c.Second.Samples != c.First.Samples {
			k = fmt.Sprintf("%d, %d", c.First.Samples, c.Second.Samples)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%+.1f ± %.1f\t%d\t%d\n", c.Benchmark, c.Paired.Problems, k,
			evaluation.Text(c.First.Avg, c.First.AvgSE, c.Paired.Problems), evaluation.Text(c.Second.Avg, c.Second.AvgSE, c.Paired.Problems), 100*c.Paired.Difference, 100*c.Paired.SE, len(c.Gained), len(c.Lost))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range all {
		o.named(out, c.Benchmark+": solved by the second alone: ", c.Gained)
		o.named(out, c.Benchmark+": solved by the first alone: ", c.Lost)
		for _, text := range c.Differences {
			fmt.Fprintf(out, "! %s: the two differ in %s\n", c.Benchmark, samples.Visible(text))
		}
	}
	return nil
}

// named names problems.
func (o compareOptions) named(out io.Writer, what string, problems []string) {
	if len(problems) == 0 {
		return
	}
	shown, more := problems, ""
	if o.flips > 0 && len(problems) > o.flips {
		shown, more = problems[:o.flips], fmt.Sprintf(" and %d more (--problems 0 names all)", len(problems)-o.flips)
	}
	fmt.Fprintln(out, samples.Visible(what+strings.Join(shown, ", "))+more)
}
