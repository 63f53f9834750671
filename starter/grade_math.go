package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
	"temper/model/reward/math"
	"temper/starter/jsonlines"
)

func gradeMathCommand() *cobra.Command {
	grading := recipe.GradingStrict
	options := jsonlines.Options{Fields: []string{"gold", "pred", "response"}}
	cmd := &cobra.Command{
		Use:   "math [--grading NAME] [FILE|-]...",
		Short: "Judge mathematical answers against gold answers, JSON lines in and out",
		Long: `Judge mathematical answers. Each line of the files, or of standard input (-, also
if no file is given), is a JSON object; it comes out with fields added, in the
same order; ` + jsonlines.Help + `

Fields in, gold and exactly one of pred and response:
  gold       the gold answer, a string or a number
  pred       an answer, a string or a number: it stands alone, or in a text
  response   what a model wrote, a string: its answer is the last \boxed{…} after
             its last </think>, and nothing else. With --grading lenient the text may
             lack </think> and the box; then what "the answer is" says counts, or the
             last formula or number. With --grading acereason-toolkit it is judged as
             the authors of AceReason-Nemotron published figures: anywhere in the
             text, and within a ten-thousandth, also of a hundredth or a hundred times
Fields added:
  verdict    correct, incorrect, or ungradable if the gold answer is unusable
  extracted  the answer that was compared, empty if none was found
  reason     in a few words, why
  error, line
             instead of these, on a line that cannot be used: why, and its number.
             The others go on, and the exit code is 1.`,
		Example: `  echo '{"gold": "\\frac{\\sqrt{2}}{2}", "pred": "1/\\sqrt2"}' | bin/starter grade math
  bin/starter grade math --grading lenient responses.jsonl > verdicts.jsonl`,
		Args: cobra.ArbitraryArgs,
		RunE: action(func(cmd *cobra.Command, args []string) error {
			return gradeMath(cmd.Context(), grading, options, args, cmd.InOrStdin(), cmd.OutOrStdout())
		}),
	}
	cmd.Flags().BoolVar(&options.Pass, "pass", false, jsonlines.PassUsage)
	gradingFlag(cmd, &grading, recipe.DomainMath)
	return cmd
}

func gradeMath(ctx context.Context, grading recipe.Grading, options jsonlines.Options, paths []string, in io.Reader, out io.Writer) error {
	if err := checkGrading(grading, recipe.DomainMath); err != nil {
		return err
	}
	do := jsonlines.Each(func(_ context.Context, line *jsonlines.Line) error { return gradeMathLine(line, grading) })
	return interrupted(jsonlines.RunFiles(ctx, paths, in, out, options, do))
}

// gradeMathLine adds the verdict on one answer.
func gradeMathLine(line *jsonlines.Line, grading recipe.Grading) error {
	gold, hasGold, err := answerField(line, "gold")
	if err != nil {
		return err
	}
	pred, hasPred, err := answerField(line, "pred")
	if err != nil {
		return err
	}
	var response string
	hasResponse, err := line.Get("response", &response, "a string")
	switch {
	case err != nil:
		return err
	case !hasGold:
		return errors.New("gold is missing")
	case hasPred && hasResponse:
		return errors.New("both pred and response are given; valid: one of them")
	case !hasPred && !hasResponse:
		return errors.New("neither pred nor response is given; valid: one of them")
	}
	var result reward.Result
	switch {
	case hasPred:
		result = math.GradeAnswer(pred, gold)
	default:
		result = domain.GradeMath(grading, response, gold)
	}
	line.Add("verdict", result.Verdict)
	line.Add("extracted", result.Extracted)
	line.Add("reason", result.Reason)
	return nil
}

// answerField reads an answer, which may be written as a JSON number.
func answerField(line *jsonlines.Line, name string) (answer string, has bool, err error) {
	var value jsonAnswer
	has, err = line.Get(name, &value, "a string or a number")
	return string(value), has, err
}

// jsonAnswer is a string, or a number as it is written.
type jsonAnswer string

// UnmarshalJSON takes strings and numbers.
func (a *jsonAnswer) UnmarshalJSON(text []byte) error {
	var s string
	if text[0] == '"' {
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		*a = jsonAnswer(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	*a = jsonAnswer(n)
	return nil
}
