package inference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"temper/model/library/jsonkind"
	"temper/model/memory"
	"temper/model/pretrained"
	"temper/model/tokenizer"
	"temper/model/transformer"
	"temper/starter/advice"
	"temper/starter/jsonlines"
	"temper/starter/tokenizerdir"
	"temper/worker/machine"
)

// The commands that compute with a model on their own, without a run. People
// type them as `starter logprobs` and `starter generate`, which become this
// program: what they need is linked here.
func Commands() map[string]*cobra.Command {
	return map[string]*cobra.Command{"logprobs": newLogprobsCommand(), "generate": newGenerateCommand()}
}

// Run runs one of the commands and returns the exit code: 1 for a failure
// or a bad line, 2 for a mistake on the command line, 130 after Ctrl-C.
func Run(ctx context.Context, cmd *cobra.Command, args []string, stderr io.Writer) int {
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetFlagErrorFunc(advice.FlagMistake)
	err := cmd.ExecuteContext(ctx)
	var failed computeError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		return 130
	case errors.As(err, &failed):
		fmt.Fprintf(stderr, "starter: %s\n", jsonkind.Clip(err.Error()))
		return 1
	}
	fmt.Fprintf(stderr, "starter: %v; see %s\n", err, advice.Command("", cmd.Name(), "--help"))
	return 2
}

// computeError marks an error of a command that was typed correctly.
type computeError struct{ error }

func (e computeError) Unwrap() error { return e.error }

// computeFlags are the flags that the commands share.
type computeFlags struct {
	model   string
	cores   int
	backend string
	pass    bool
}

func (f *computeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.model, "model", "", "`DIR` of a model in Hugging Face layout (config.json and safetensors files)")
	cmd.Flags().BoolVar(&f.pass, "pass", false, jsonlines.PassUsage)
	cmd.Flags().IntVar(&f.cores, "cores", runtime.GOMAXPROCS(0), "how many cores compute")
	cmd.Flags().StringVar(&f.backend, "backend", "", "what computes: cpu, go (GoMLX's own, for comparison), or xla:cuda in a build with XLA (default cpu)")
}

func (f *computeFlags) check() error {
	if f.model == "" {
		return errors.New("no model is given; valid: --model with a folder in Hugging Face layout")
	}
	if f.cores < 1 {
		return fmt.Errorf("--cores is %d; valid: 1 and more", f.cores)
	}
	return nil
}

// localModel is a model read from a folder of this machine.
type localModel struct {
	weights *transformer.Weights
	files   *pretrained.Model
}

// loadModel checks a folder and reads its weights, unless what they take with the
// work that follows is more than this machine has.
func loadModel(ctx context.Context, dir string, work func(transformer.Config) (memory.Estimate, error)) (localModel, error) {
	files, err := pretrained.Inspect(ctx, pretrained.Local(dir))
	if err != nil {
		return localModel{}, err
	}
	defer files.Close()
	config, err := transformer.ParseConfig(files.ConfigJSON)
	if err != nil {
		return localModel{}, fmt.Errorf("model %s: %w", dir, err)
	}
	takes, err := work(config)
	if err == nil {
		err = fitHere(takes)
	}
	if err != nil {
		return localModel{}, fmt.Errorf("model %s: %w", dir, err)
	}
	weights, err := transformer.LoadWeights(ctx, config, files)
	if err != nil {
		return localModel{}, fmt.Errorf("model %s: %w", dir, err)
	}
	return localModel{weights, files}, nil
}

// fitHere refuses work that takes more memory than this machine has for it.
func fitHere(work memory.Estimate) error {
	limit, err := machine.Available()
	if err != nil {
		return err
	}
	work = append(work, memory.Part{Name: "the process", Bytes: memory.Overhead})
	if work.Total() > limit {
		return fmt.Errorf("this takes about %s of memory, and there are %s; valid: a smaller model, shorter or fewer lines at a time, or a machine with more memory", work, memory.Size(limit))
	}
	machine.BoundGarbage(work.Total(), limit)
	return nil
}

// tokenizer returns the tokenizer that name names, or else the model's own; nil
// if it has none.
func (m localModel) tokenizer(name string) (tokenizer.Tokenizer, error) {
	var tok tokenizer.Tokenizer
	var err error
	switch {
	case name != "":
		tok, err = tokenizerdir.Open(name)
	case len(m.files.TokenizerFiles) > 0:
		tok, err = tokenizer.FromFiles(m.files.TokenizerFiles)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return tok, tokenizer.CheckFit(tok.VocabSize(), m.weights.Config.VocabSize)
}

// eachBatch runs a command's work over the JSON lines of files: 64 lines are
// computed together, one batch at a time, since each uses all cores.
func (f *computeFlags) eachBatch(cmd *cobra.Command, o jsonlines.Options, paths []string, do jsonlines.Work) error {
	o.Batch, o.Workers, o.Pass = 64, 1, f.pass
	return jsonlines.RunFiles(cmd.Context(), paths, cmd.InOrStdin(), cmd.OutOrStdout(), o, do)
}

// idsOf reads the field ids: token IDs of the model's vocabulary.
func idsOf(line *jsonlines.Line, vocab int) ([]int32, bool, error) {
	var ids []int32
	given, err := line.Get("ids", &ids, "an array of token IDs")
	if err != nil || !given {
		return nil, given, err
	}
	if len(ids) == 0 {
		return nil, true, errors.New("ids is empty; valid: at least one token ID")
	}
	for i, id := range ids {
		if id < 0 || int(id) >= vocab {
			return nil, true, fmt.Errorf("ids[%d] is %d; valid: 0 to %d", i, id, vocab-1)
		}
	}
	return ids, true, nil
}
