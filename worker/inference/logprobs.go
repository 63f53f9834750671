package inference

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"temper/model/memory"
	"temper/model/train"
	"temper/model/transformer"
	"temper/starter/jsonlines"
	"temper/worker/machine"
)

// scoredTokens is the size of a micro-batch whose log-probabilities are computed.
const scoredTokens = 1024

func newLogprobsCommand() *cobra.Command {
	var flags computeFlags
	temperature := 1.0
	cmd := &cobra.Command{
		Use:   "logprobs --model DIR [--temperature T] [FILE|-]...",
		Short: "Log-probabilities and entropies of token sequences under a model, as JSON lines",
		Long: `Log-probabilities and entropies of token sequences under a model. Each line of
the files, or of standard input (-, also if no file is given), is a JSON object;
it comes out with fields added, in the same order; ` + jsonlines.Help + `

Field in:
  ids          the token IDs of a sequence
Fields added, in nats:
  logprobs     of ids[1:]: logprobs[t] is log softmax(z/T)[ids[t+1]], where z are
               the logits after ids[:t+1] and T is the temperature
  entropy      per position: entropy[t] is that of softmax(z/T) after ids[:t+1]
  error, line  instead of these, on a line that cannot be used: why, and its
               number. The others go on, and the exit code is 1.`,
		Example: `  echo '{"ids": [1, 403, 407]}' | bin/starter logprobs --model stories260K/hf`,
		Args:    cobra.ArbitraryArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := flags.check(); err != nil {
			return err
		}
		if !(temperature > 0) || math.IsInf(temperature, 0) {
			return fmt.Errorf("--temperature is %v; valid: above 0", temperature)
		}
		if err := logprobs(cmd, flags, temperature, args); err != nil {
			return computeError{err}
		}
		return nil
	}
	flags.add(cmd)
	cmd.Flags().Float64Var(&temperature, "temperature", temperature, "`T` that divides the logits")
	return cmd
}

func logprobs(cmd *cobra.Command, flags computeFlags, temperature float64, paths []string) error {
	m, err := loadModel(cmd.Context(), flags.model, func(c transformer.Config) (memory.Estimate, error) {
		return memory.Estimate{{Name: "weights", Bytes: 4 * int64(c.NumParams())}}, nil
	})
	if err != nil {
		return err
	}
	config := m.weights.Config
	engine := &train.Engine{
		Instances: flags.cores, MicroBatchTokens: scoredTokens, Buckets: train.Buckets(config.MaxPositionEmbeddings), Backend: machine.Shared(flags.backend),
	}
	defer engine.Close()
	return flags.eachBatch(cmd, jsonlines.Options{Fields: []string{"ids"}}, paths, func(_ context.Context, lines []*jsonlines.Line) error {
		var rows []train.Row
		var of []*jsonlines.Line
		for _, line := range lines {
			ids, given, err := idsOf(line, config.VocabSize)
			switch {
			case err == nil && !given:
				err = errors.New("ids is missing; valid: an array of token IDs")
			case err == nil && len(ids) > config.MaxPositionEmbeddings:
				err = fmt.Errorf("ids has %d tokens; valid: at most %d, the model's max_position_embeddings", len(ids), config.MaxPositionEmbeddings)
			}
			if err != nil {
				line.Fail(err)
				continue
			}
			rows, of = append(rows, train.Row{Tokens: ids, Weights: make([]float32, len(ids))}), append(of, line)
		}
		if len(rows) == 0 {
			return nil
		}
		scores, err := engine.LogProbs(cmd.Context(), m.weights, rows, temperature, nil)
		if err != nil {
			return err
		}
		for i, s := range scores {
			of[i].Add("logprobs", s.LogProbs[1:])
			of[i].Add("entropy", s.Entropies)
		}
		return nil
	})
}
