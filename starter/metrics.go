package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/library/spelling"
	"temper/model/library/tfevents"
	"temper/starter/metrics"
)

// metricFormats are the forms in which figures are written.
var metricFormats = []string{"jsonl", "tensorboard"}

// metricOptions is what the command line of metrics says.
type metricOptions struct {
	format, out string
	follow      bool
}

func newMetricsCommand() *cobra.Command {
	var o metricOptions
	cmd := &cobra.Command{
		Use:   "metrics RUN",
		Short: "Write a run's figures for other programs: JSON Lines, or TensorBoard's event files",
		Long: `Write what a run has measured, from its records in the store: one JSON object per line
on standard output, for each update of the policy, each benchmark and each other piece
of work, or event files that TensorBoard shows. A retried piece of work counts once.

With --follow new figures are written as they are recorded, until the run has its
report. Lines go well into other trackers: deploy/examples/trackers has W&B, MLflow and
trackio in a few lines each.`,
		Example: `  bin/starter metrics demo
  bin/starter metrics demo --format tensorboard --out tensorboard`,
		Args: oneArg("RUN", "the name of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !slices.Contains(metricFormats, o.format):
				return fmt.Errorf("--format is %q; %svalid: %s", o.format, spelling.DidYouMean(o.format, metricFormats), strings.Join(metricFormats, ", "))
			case (o.format == "tensorboard") != (o.out != ""):
				return errors.New("--out is the folder of --format tensorboard; valid: both, or neither")
			}
			return action(func(cmd *cobra.Command, args []string) error { return o.write(cmd, args[0]) })(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.follow, "follow", false, "go on until the run has its report")
	flags.StringVar(&o.format, "format", "jsonl", "`FORMAT`: "+strings.Join(metricFormats, ", "))
	flags.StringVar(&o.out, "out", "", "`DIR` in which TensorBoard's files go, in a folder of the run's name")
	return cmd
}

// write writes the figures of the newest run of a name.
func (o metricOptions) write(cmd *cobra.Command, name string) error {
	ctx, data := cmd.Context(), dataDir(cmd)
	store, run, err := newestStored(ctx, data, name)
	if err != nil {
		return err
	}
	write, done, err := o.writer(cmd.OutOrStdout(), name)
	if err != nil {
		return err
	}
	book, err := records.Open(ctx, store, run.RunID)
	if err != nil {
		return err
	}
	source := newRecords{book: book, seen: map[string]bool{}, refused: map[string]bool{}, say: cmd.ErrOrStderr()}
	return errors.Join(o.copy(ctx, &source, write), done())
}

// newRecordsTime is how often the store is looked at for new records.
const newRecordsTime = 2 * time.Second

// copy writes the points of all records and, when it follows, of those that come.
func (o metricOptions) copy(ctx context.Context, source *newRecords, write func(metrics.Point) error) error {
	var run metrics.Run
	for {
		manifests, err := source.read(ctx)
		if err != nil {
			return interrupted(err)
		}
		for _, p := range run.Add(manifests) {
			if err := write(p); err != nil {
				return err
			}
		}
		if !o.follow || run.Ended {
			return nil
		}
		select {
		case <-ctx.Done():
			return errInterrupted
		case <-time.After(newRecordsTime):
		}
	}
}

// newRecords reads each record of a run once, and says once which are refused.
type newRecords struct {
	book          *records.Book
	seen, refused map[string]bool
	say           io.Writer
}

// read returns the records that have come since it was called last. Those that are refused are left out.
func (n *newRecords) read(ctx context.Context) ([]artifact.Manifest, error) {
	if err := n.book.Refresh(ctx); err != nil {
		return nil, err
	}
	var manifests []artifact.Manifest
	keys := slices.DeleteFunc(slices.Clone(n.book.Keys()), func(key string) bool { return n.seen[artifact.Original(key)] })
	get := n.book.Ahead(ctx, keys)
	for _, key := range keys {
		if n.seen[artifact.Original(key)] { // what was recorded again
			continue
		}
		m, err := get(key)
		if errors.Is(err, artifact.ErrCorrupt) { // perhaps it is recorded again
			if !n.refused[key] {
				sayRefused(n.say, []records.Refusal{{Key: key, Why: err.Error()}})
			}
			n.refused[key] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		n.seen[artifact.Original(key)] = true
		manifests = append(manifests, m)
	}
	return manifests, nil
}

// writer writes points in the format that is asked for; done ends that.
func (o metricOptions) writer(out io.Writer, run string) (write func(metrics.Point) error, done func() error, err error) {
	if o.format == "jsonl" {
		encoder := json.NewEncoder(out)
		return func(p metrics.Point) error { return encoder.Encode(p) }, func() error { return nil }, nil
	}
	folder := filepath.Join(o.out, run)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, nil, fmt.Errorf("write metrics: %w", err)
	}
	earlier, err := filepath.Glob(filepath.Join(folder, "*"+eventsEnding))
	for _, path := range earlier { // all of it is written again
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("write metrics: %w", err)
	}
	now := time.Now()
	path := filepath.Join(folder, fmt.Sprintf("events.out.tfevents.%d%s", now.Unix(), eventsEnding))
	file, err := os.Create(path)
	if err != nil {
		return nil, nil, fmt.Errorf("write metrics: %w", err)
	}
	fmt.Fprintln(out, path)
	events, err := tfevents.NewWriter(file, now)
	return func(p metrics.Point) error { return writeEvents(events, p) }, file.Close, err
}

// eventsEnding ends the names of the files that are ours.
const eventsEnding = ".temper"

// writeEvents writes a point as scalars over the updates of the run: one for each figure of an update or
// benchmark, by the place that it is of. Other work has no curve.
func writeEvents(events *tfevents.Writer, p metrics.Point) error {
	section := p.Stage
	switch p.Kind {
	case artifact.KindEvaluation:
		section = "evaluation-" + p.Name
	case artifact.KindSFT, artifact.KindUpdate:
	default:
		return nil
	}
	names := make([]string, 0, len(p.Metrics))
	for name := range p.Metrics {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := events.Scalar(p.Time, int64(p.Update), section+"/"+name, p.Metrics[name]); err != nil {
			return fmt.Errorf("write metrics: %w", err)
		}
	}
	return nil
}
