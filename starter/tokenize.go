package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"temper/model/tokenizer"
	"temper/model/tokenizer/chat"
	"temper/starter/conversation"
	"temper/starter/jsonlines"
	"temper/starter/tokenizerdir"
)

func newTokenizeCommand() *cobra.Command {
	var name string
	var template conversation.TemplateFlags
	options := jsonlines.Options{Fields: []string{"text", "messages", "tools", "add_generation_prompt"}}
	cmd := &cobra.Command{
		Use:   "tokenize --tokenizer DIR [FILE|-]...",
		Short: "Turn texts or conversations into token IDs, JSON lines in and out",
		Long: `Turn texts or conversations into token IDs. Each line of the files, or of
standard input (-, also if no file is given), is a JSON object; it comes out with
fields added, in the same order; ` + jsonlines.Help + `

Fields in, exactly one of text and messages:
  text                   a string
  messages               an array of {"role": …, "content": …, …}, which the chat
                         template of the tokenizer renders
  tools                  an array of function descriptions, for the template
  add_generation_prompt  whether the text ends with what begins an answer
                         (default true)
Fields added:
  ids                    the token IDs; nothing is added at either end of a text
  text                   what the chat template made of messages
  error, line            instead of these, on a line that cannot be used: why, and
                         its number. The others go on, and the exit code is 1.`,
		Example: `  echo '{"messages": [{"role": "user", "content": "What is 2+2?"}]}' |
    bin/starter tokenize --tokenizer Qwen2.5-Math-1.5B`,
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if name == "" {
			return errors.New("no tokenizer is given; valid: --tokenizer with a folder, a tokenizer.json, a .bin file, synthetic or bytes")
		}
		settings, err := template.Settings()
		if err != nil {
			return err
		}
		if err := tokenize(cmd.Context(), name, settings, options, args, cmd.InOrStdin(), cmd.OutOrStdout()); err != nil {
			return &failure{err}
		}
		return nil
	}
	cmd.Flags().BoolVar(&options.Pass, "pass", false, jsonlines.PassUsage)
	cmd.Flags().StringVar(&name, "tokenizer", "", "`DIR` in Hugging Face layout, a tokenizer.json, a .bin file, or synthetic or bytes")
	template.Add(cmd)
	return cmd
}

func tokenize(ctx context.Context, name string, settings chat.Settings, options jsonlines.Options, paths []string, in io.Reader, out io.Writer) error {
	tok, err := tokenizerdir.Open(name)
	if err != nil {
		return err
	}
	template, err := chat.Load(tok.Files())
	if err != nil && !errors.Is(err, chat.ErrNoTemplate) {
		return err
	}
	if template != nil {
		if template, err = template.With(settings); err != nil {
			return err
		}
	}
	do := jsonlines.Each(func(_ context.Context, line *jsonlines.Line) error { return tokenizeLine(line, tok, template) })
	return interrupted(jsonlines.RunFiles(ctx, paths, in, out, options, do))
}

// tokenizeLine adds ids, and text for messages. The template is nil if there is none.
func tokenizeLine(line *jsonlines.Line, tok tokenizer.Tokenizer, template *chat.Template) error {
	var text string
	hasText, err := line.Get("text", &text, "a string")
	if err != nil {
		return err
	}
	messages, err := conversation.Read(line)
	switch {
	case err != nil:
		return err
	case hasText && messages != nil:
		return errors.New("both text and messages are given; valid: one of them")
	case !hasText && messages == nil:
		return errors.New("neither text nor messages is given; valid: one of them")
	}
	if messages != nil {
		if text, err = messages.Render(template); err != nil {
			return err
		}
	}
	ids, err := tok.Encode(text)
	if err != nil {
		return err
	}
	line.Add("ids", ids)
	if messages != nil {
		line.Add("text", text)
	}
	return nil
}
