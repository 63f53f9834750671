package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/library/spelling"
	"temper/model/pretrained"
	"temper/model/report"
	"temper/starter/advice"
)

// exportOptions is what the command line of export says.
type exportOptions struct {
	run, runID, stage string
	to                string
	dtype             safetensors.DType
	maxShardBytes     int64
	force             bool
	// audit asks for what an auditor needs in place of the model; weights puts the weights in, and key is the file of what signs.
	audit, weights bool
	key            string
}

func newExportCommand() *cobra.Command {
	var o exportOptions
	var dtype, maxShard string
	cmd := &cobra.Command{
		Use:   "export RUN[@STAGE] --to DIR|s3://BUCKET/FOLDER",
		Short: "Write a run's model as Hugging Face, vLLM and others load it",
		Long: `Write the model that a run had at the end of a stage, in Hugging Face's layout:
config.json, generation_config.json, the tokenizer's files, a model card as README.md, and the weights as
model.safetensors, or as shards with an index when they are larger than
--max-shard-size. transformers, vLLM and temper itself load it.
The stages are those of the recipe, supervised ones included. Without a stage
it is the last one that has a checkpoint; in a stage that is still at work, the
newest checkpoint. A stage that chose which policy it hands on is exported with that
one; STAGE@N is its policy after N updates, if that is a checkpoint.
Only the store is read: neither Temporal nor a worker has to run.

Training keeps its weights in fp32, so that --dtype fp32 writes what was trained,
bit for bit; bf16 and fp16 are rounded to nearest, ties to even.

config.json is written last: what has none is not a whole model. A target that is
not empty is refused, but for what an interrupted export to it left. --force
replaces the model there; files that belong to no model stay.

With --audit it writes what an auditor needs in place of the model, into a folder or
a file that ends with .zip: the run's records, all documents and rows that they
name, the history as JSON where Temporal has it, and an in-toto statement whose
subjects are the files of the final weights; with --weights also all weights.
--key signs the statement. A run that does not pass its audit is not exported.

The path or URI is printed on standard output, all else on standard error.`,
		Example: `  bin/starter export demo --to demo-model
  bin/starter export demo@math-short --dtype bf16 --to demo-short
  bin/starter export demo@math-short@20 --to demo-short-20
  bin/starter export demo --audit --to demo-for-audit`,
		Args: oneArg("RUN", "the name of a run"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := o.of(args[0]); err != nil {
				return err
			}
			if o.dtype, err = parseDType(dtype); err != nil {
				return err
			}
			if o.maxShardBytes, err = parseBytes(maxShard); err != nil {
				return fmt.Errorf("--max-shard-size: %w", err)
			}
			if err := checkTarget(o.to); err != nil {
				return err
			}
			if err := o.checkAudit(cmd); err != nil {
				return err
			}
			return action(func(cmd *cobra.Command, _ []string) error {
				if o.audit {
					return exportAudit(cmd, o)
				}
				return export(cmd, o)
			})(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.to, "to", "", "`TARGET`: a folder, or s3://BUCKET/FOLDER in the store of the run")
	flags.StringVar(&o.stage, "stage", "", "`NAME` of a stage (default: the last one with a checkpoint)")
	flags.StringVar(&dtype, "dtype", "fp32", "`TYPE` of the weights: fp32, bf16 or fp16")
	flags.StringVar(&maxShard, "max-shard-size", "5GB", "`SIZE` of one weights file at most, such as 500MB, 5GB or 2GiB")
	flags.BoolVar(&o.force, "force", false, "replace a model that is in the target")
	flags.StringVar(&o.runID, "run-id", "", "`ID` of Temporal's for the first execution, when there were several runs of this name (default: the newest)")
	flags.BoolVar(&o.audit, "audit", false, "write what an auditor needs in place of the model, into a folder or a file that ends with .zip")
	flags.BoolVar(&o.weights, "weights", false, "with --audit: the files of weights and moments too")
	flags.StringVar(&o.key, "key", "", "with --audit: `FILE` of the Ed25519 key in PEM that signs the statement")
	return cmd
}

// checkAudit refuses what does not go together.
func (o exportOptions) checkAudit(cmd *cobra.Command) error {
	allowed := map[bool][]string{true: {"stage", "dtype", "max-shard-size", "force"}, false: {"weights", "key"}}
	for _, flag := range allowed[o.audit] {
		if cmd.Flags().Changed(flag) {
			return fmt.Errorf("--%s does not go with %s; valid: one of them", flag, map[bool]string{true: "--audit", false: "the export of a model"}[o.audit])
		}
	}
	switch {
	case o.audit && o.stage != "":
		return fmt.Errorf("the run is %s@%s, and --audit is of a whole run; valid: its name", o.run, o.stage)
	case o.audit && strings.Contains(o.to, "://"):
		return fmt.Errorf("--to is %q; valid with --audit: a folder, or a file that ends with .zip", o.to)
	}
	return nil
}

// of takes RUN or RUN@STAGE.
func (o *exportOptions) of(text string) error {
	run, stage, found := strings.Cut(text, "@")
	if found && o.stage != "" && o.stage != stage {
		return fmt.Errorf("--stage is %q, but the run is %q; valid: one of them", o.stage, text)
	}
	if found && stage == "" {
		return fmt.Errorf("%q names no stage; valid: RUN, RUN@STAGE, RUN@STAGE@N", text)
	}
	if o.run = run; found {
		o.stage = stage
	}
	return nil
}

// checkTarget refuses what is neither a folder nor an S3 URI.
func checkTarget(to string) error {
	if scheme, _, found := strings.Cut(to, "://"); found && scheme != "s3" {
		return fmt.Errorf("--to is %q; valid: a folder, or s3://BUCKET/FOLDER", to)
	}
	if to == "" {
		return errors.New("--to is missing; valid: a folder, or s3://BUCKET/FOLDER")
	}
	return nil
}

func parseDType(word string) (safetensors.DType, error) {
	switch word {
	case "fp32":
		return safetensors.F32, nil
	case "bf16":
		return safetensors.BF16, nil
	case "fp16":
		return safetensors.F16, nil
	}
	return "", fmt.Errorf("--dtype is %q; %svalid: fp32, bf16, fp16", word, spelling.DidYouMean(word, []string{"fp32", "bf16", "fp16"}))
}

// export finds the checkpoint and writes it.
func export(cmd *cobra.Command, o exportOptions) error {
	ctx := cmd.Context()
	data := dataDir(cmd)
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	target, err := openTarget(ctx, data, o.to)
	if err != nil {
		return err
	}
	show := newExportView(cmd.ErrOrStderr())
	err = exportFrom(ctx, store, target, o, show)
	show.close()
	if errors.Is(err, errNoRun) {
		return noRun(ctx, store, data, o.run)
	}
	if err != nil && ctx.Err() != nil {
		show.note(fmt.Sprintf("interrupted; %s is not complete", o.to))
		return errInterrupted
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), o.to)
	return err
}

// openTarget makes nothing yet.
func openTarget(ctx context.Context, data, to string) (pretrained.Sink, error) {
	if !strings.HasPrefix(to, "s3://") {
		return pretrained.LocalSink(filepath.Clean(to)), nil
	}
	store, err := openServer(ctx, data)
	if errors.Is(err, endpoints.ErrNotRunning) {
		return nil, fmt.Errorf("--to is %s, and no S3 store runs on %s; start it with %s, or give a folder", to, data, advice.Command(data, "up"))
	}
	if err != nil {
		return nil, err
	}
	return store.Sink(to)
}

// cardName is the file in which hubs look for a model's card.
const cardName = "README.md"

// exportFrom is export between an open store and a target.
func exportFrom(ctx context.Context, store objectstore.Reader, target pretrained.Sink, o exportOptions, show *exportView) error {
	found, err := findCheckpoint(ctx, store, o.run, o.runID, o.stage)
	if err != nil {
		return err
	}
	if err := pretrained.CheckTarget(ctx, target, o.force); err != nil {
		return hintForce(err)
	}
	show.note(found.String())
	data, err := store.Get(ctx, found.ref)
	if err != nil {
		return fmt.Errorf("export: fetch the checkpoint: %w", err)
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		return fmt.Errorf("export: checkpoint %s: %w", found.ref.Short(), err)
	}
	files, generation, err := tokenizerFiles(ctx, store, c, show.note)
	if err != nil {
		return err
	}
	run, err := readRunOf(ctx, store, o.run, found.run.ID)
	if err != nil {
		return err
	}
	files[cardName] = []byte(report.Card(run.shown, found.ref.SHA256, found.stage))
	weights, err := fetchWeights(ctx, store, c.Weights, show)
	if err != nil {
		return fmt.Errorf("export: weights of checkpoint %s: %w", found.ref.Short(), err)
	}
	config, err := checkpoint.SetValueHead(c.Config, false) // an export is of the policy
	if err != nil {
		return fmt.Errorf("export: checkpoint %s: %w", found.ref.Short(), err)
	}
	return hintForce(pretrained.Write(ctx, target, pretrained.Export{
		Config: config, GenerationConfig: generation, Files: files,
		Tensors: weights.specs, Values: weights.readRange, DType: o.dtype, MaxShardBytes: o.maxShardBytes,
		Metadata: map[string]string{"temper_checkpoint": found.ref.SHA256},
		Replace:  o.force, Progress: show.progress,
	}))
}

// storedWeights are a checkpoint's tensors.
type storedWeights struct {
	specs []safetensors.Spec
	files map[string]*safetensors.File // by tensor
}

func fetchWeights(ctx context.Context, store objectstore.Reader, refs []artifact.Ref, show *exportView) (storedWeights, error) {
	size := int64(0)
	for _, ref := range refs {
		size += ref.Size
	}
	show.note(fmt.Sprintf("fetching the weights, %s", formatBytes(size)))
	w := storedWeights{files: map[string]*safetensors.File{}}
	for _, ref := range refs {
		blob, err := store.Get(ctx, ref)
		if err != nil {
			return w, err
		}
		file, err := safetensors.Open(bytes.NewReader(blob), int64(len(blob)))
		if err != nil {
			return w, err
		}
		for _, info := range file.Tensors() {
			if checkpoint.IsValueHead(info.Name) {
				continue
			}
			w.specs, w.files[info.Name] = append(w.specs, safetensors.Spec{Name: info.Name, Shape: info.Shape}), file
		}
	}
	return w, nil
}

func (w storedWeights) readRange(ctx context.Context, name string, first int, into []float32) error {
	return w.files[name].ReadRange(ctx, name, first, into)
}

// hintForce says how a taken target can be had all the same.
func hintForce(err error) error {
	if errors.Is(err, pretrained.ErrTaken) {
		return fmt.Errorf("%w; choose another, or replace a model there with --force", err)
	}
	return err
}
