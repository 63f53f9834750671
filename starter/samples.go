package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/spf13/cobra"

	"temper/activities"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/library/spelling"
	"temper/model/reward"
	"temper/model/samples"
)

// sampleFormats are the forms in which samples are written.
var sampleFormats = []string{"text", "jsonl", "parquet"}

// sampleOptions is what the command line of samples says.
type sampleOptions struct {
	activities.SampleFilter
	verdict, format, out string
	limit                int
}

func newSamplesCommand() *cobra.Command {
	var o sampleOptions
	cmd := &cobra.Command{
		Use:   "samples RUN",
		Short: "Show what a run's policy answered, and what was found of it",
		Long: `Show the judged responses of a run: prompt, response, verdict and why, what was
judged, score, advantage and length. They are read from the store, also while the
run goes on: neither Temporal nor a worker has to run.

As text ten are shown; --limit 0 shows all. With --format jsonl or parquet all are
written, one row per response (pandas.read_parquet and read_json(lines=True) read them).`,
		Example: `  bin/starter samples demo --stage math-short --step 3 --verdict incorrect
  bin/starter samples demo --stage code --format parquet --out code.parquet`,
		Args: oneArg("RUN", "the name of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			return action(func(cmd *cobra.Command, args []string) error { return showSamples(cmd, args[0], o) })(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Stage, "stage", "", "`NAME` of a stage, with the evaluations after it (default: all)")
	flags.IntVar(&o.Step, "step", 0, "`NUMBER` of a policy step, from 1 (default: all)")
	flags.StringVar(&o.Problem, "problem", "", "`ID` of a problem, or its number in the dataset (default: all)")
	flags.StringVar(&o.verdict, "verdict", "", "`WORD`: correct, incorrect or ungradable (default: all)")
	flags.StringVar(&o.format, "format", "text", "`FORMAT`: "+strings.Join(sampleFormats, ", "))
	flags.StringVar(&o.out, "out", "", "`FILE` to write (default: standard output; parquet needs a file)")
	flags.IntVar(&o.limit, "limit", 10, "`NUMBER` of samples at most; 0 for all (default with jsonl and parquet: all)")
	return cmd
}

// check finds what is misspelt before the store is read.
func (o *sampleOptions) check(cmd *cobra.Command) error {
	verdicts := []string{string(reward.Correct), string(reward.Incorrect), string(reward.Ungradable)}
	switch {
	case o.verdict != "" && !slices.Contains(verdicts, o.verdict):
		return fmt.Errorf("--verdict is %q; %svalid: %s", o.verdict, spelling.DidYouMean(o.verdict, verdicts), strings.Join(verdicts, ", "))
	case !slices.Contains(sampleFormats, o.format):
		return fmt.Errorf("--format is %q; %svalid: %s", o.format, spelling.DidYouMean(o.format, sampleFormats), strings.Join(sampleFormats, ", "))
	case o.format == "parquet" && o.out == "":
		return errors.New("--out is missing; valid with --format parquet: a file")
	case o.limit < 0:
		return fmt.Errorf("--limit is %d; valid: 0 and above", o.limit)
	case o.Step < 0:
		return fmt.Errorf("--step is %d; valid: 1 and above", o.Step)
	}
	if o.SampleFilter.Verdict = reward.Verdict(o.verdict); o.format != "text" && !cmd.Flags().Changed("limit") {
		o.limit = 0
	}
	return nil
}

// errEnough ends the reading of samples.
var errEnough = errors.New("enough samples")

func showSamples(cmd *cobra.Command, name string, o sampleOptions) error {
	ctx, data := cmd.Context(), dataDir(cmd)
	store, run, err := newestStored(ctx, data, name)
	if err != nil {
		return err
	}
	manifests, refused, err := records.All(ctx, store, run.RunID)
	if err != nil {
		return err
	}
	sayRefused(cmd.ErrOrStderr(), refused)
	if err := o.checkStage(name, manifests); err != nil {
		return err
	}
	n := 0
	err = o.write(cmd.OutOrStdout(), func(write func(samples.Sample) error) error {
		return activities.EachSample(ctx, store, manifests, o.SampleFilter, func(s samples.Sample) error {
			if o.limit > 0 && n == o.limit {
				return errEnough
			}
			n++
			return write(s)
		})
	})
	more := errors.Is(err, errEnough)
	switch {
	case err != nil && !more:
		return err
	case n == 0:
		return fmt.Errorf("run %s has no such sample yet", name)
	case more && !cmd.Flags().Changed("limit"):
		cmd.PrintErrf("the first %d; --limit 0 shows all\n", n)
	}
	if o.out != "" {
		fmt.Fprintln(cmd.OutOrStdout(), o.out)
	}
	return nil
}

// checkStage refuses a stage of which nothing is recorded.
func (o sampleOptions) checkStage(run string, manifests []artifact.Manifest) error {
	of := activities.SampledStages(manifests)
	var stages []string
	for recorded, stage := range of {
		stages = append(stages, stage)
		if recorded == o.Stage || stage == o.Stage || o.Stage == "" {
			return nil
		}
	}
	if len(stages) == 0 {
		return fmt.Errorf("run %s has no judged responses yet", run)
	}
	slices.Sort(stages)
	stages = slices.Compact(stages)
	return fmt.Errorf("--stage is %q, of which run %s has no judged responses; %svalid: %s", o.Stage, run, spelling.DidYouMean(o.Stage, stages), strings.Join(stages, ", "))
}

// write has samples written in the format that is asked for. A file is there whole, or not at all.
func (o sampleOptions) write(out io.Writer, each func(func(samples.Sample) error) error) error {
	if o.out == "" {
		return each(o.rows(out))
	}
	file, err := os.CreateTemp(filepath.Dir(o.out), filepath.Base(o.out)+".new*")
	if err != nil {
		return fmt.Errorf("write samples: %w", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if o.format == "parquet" {
		table := parquet.NewGenericWriter[samples.Sample](file, parquet.Compression(&parquet.Zstd))
		err = each(func(s samples.Sample) error { _, err := table.Write([]samples.Sample{s}); return err })
		err = errors.Join(err, table.Close())
	} else {
		lines := bufio.NewWriter(file)
		err = errors.Join(each(o.rows(lines)), lines.Flush())
	}
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if moved := errors.Join(file.Chmod(0o644), file.Close(), os.Rename(file.Name(), o.out)); moved != nil {
		return fmt.Errorf("write samples: %w", moved)
	}
	return err
}

// rows writes samples as text or as lines of JSON.
func (o sampleOptions) rows(out io.Writer) func(samples.Sample) error {
	if o.format == "text" {
		return func(s samples.Sample) error { return s.Text(out) }
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false) // <think> stays readable
	return func(s samples.Sample) error { return encoder.Encode(s) }
}
