package inference

import (
	"fmt"

	"github.com/spf13/cobra"

	"temper/model/memory"
	"temper/model/sampling"
	"temper/model/tokenizer/chat"
	"temper/model/transformer"
	"temper/starter/conversation"
	"temper/starter/jsonlines"
	"temper/worker/machine"
)

// defaultMaxTokens is the response budget of a line that names none.
const defaultMaxTokens = 256

func newGenerateCommand() *cobra.Command {
	var flags computeFlags
	var tokenizerName string
	var template conversation.TemplateFlags
	cmd := &cobra.Command{
		Use:   "generate --model DIR [--tokenizer DIR] [FILE|-]...",
		Short: "Sample responses to prompts from a model, as JSON lines",
		Long: fmt.Sprintf(`Sample responses to prompts. Each line of the files, or of standard input (-,
also if no file is given), is a JSON object; it comes out with fields added, in
the same order; `+jsonlines.StrictHelp+`

Fields in, exactly one of prompt, messages and ids:
  prompt       a text; the tokenizer's token for the beginning of a sequence, if
               it has one, is put before it
  messages     an array of {"role": …, "content": …}, rendered by the tokenizer's
               chat template; with tools and add_generation_prompt if you like
  ids          token IDs, taken as they are
  n            number of responses (default 1)
  max_tokens   the longest response (default %d, or what the model's
               max_position_embeddings leaves)
  temperature  divides the logits (default 1); 0 always takes the most probable token
  top_p        keep the most probable tokens that together reach it (default 1: all)
  top_k        keep so many tokens (default 0: all)
  seed         of the random streams (default 0): the same line and seed, the
               same responses, whatever else is generated beside it
Fields added:
  responses    an array of {"ids", "text", "logprobs", "finish_reason"}: the
               response's tokens with the one that ended it, their text without
               it (if there is a tokenizer), the log-probability of each under
               the distribution that it was drawn from (untempered for
               temperature 0), and "stop" or "length"
  error, line  instead of these, on a line that cannot be used: why, and its
               number. The others go on, and the exit code is 1.`, defaultMaxTokens),
		Example: `  echo '{"prompt": "1+1=", "n": 2, "max_tokens": 8}' |
    bin/starter generate --model Qwen2.5-Math-1.5B`,
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := flags.check(); err != nil {
			return err
		}
		settings, err := template.Settings()
		if err != nil {
			return err
		}
		if err := generate(cmd, flags, tokenizerName, settings, args); err != nil {
			return computeError{err}
		}
		return nil
	}
	flags.add(cmd)
	template.Add(cmd)
	cmd.Flags().StringVar(&tokenizerName, "tokenizer", "", "`DIR`, tokenizer.json or .bin file of the tokenizer, if the model's folder has none")
	return cmd
}

func generate(cmd *cobra.Command, flags computeFlags, tokenizerName string, settings chat.Settings, paths []string) error {
	options := sampling.Options{Instances: flags.cores, Backend: machine.Shared(flags.backend), Consume: true}
	m, err := loadModel(cmd.Context(), flags.model, func(c transformer.Config) (memory.Estimate, error) {
		return options.Memory(c, 1, 1, 1) // the least; every batch of lines is looked at again
	})
	if err != nil {
		return err
	}
	r := responder{config: m.weights.Config, options: options}
	if err := r.load(m, tokenizerName, settings); err != nil {
		return err
	}
	if r.generator, err = sampling.NewGenerator(m.weights, options); err != nil {
		return err
	}
	defer r.generator.Close()
	return flags.eachBatch(cmd, jsonlines.Options{
		Fields: []string{"prompt", "messages", "tools", "add_generation_prompt", "ids", "n", "max_tokens", "temperature", "top_p", "top_k", "seed"},
		Strict: true, // most of them are settings, which a misspelt one would leave at their defaults
	}, paths, r.respond)
}
