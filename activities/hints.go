package activities

import (
	"context"
	"math/rand/v2"
	"strings"

	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/rollout"
)

// Hints asks for rollouts that begin from a prefix of a demonstration, as UFT has it.
type Hints struct {
	Demonstrations
	UFT objective.UFT `json:"uft"`
	// MaxPromptTokens is the longest prompt, hint included; a longer hint is cut.
	MaxPromptTokens int `json:"max_prompt_tokens"`
}

// hintsOf are the tokens of the hint of every problem that has a demonstration.
func (a *Activities) hintsOf(ctx context.Context, in GenerateRolloutsInput, v Vocabulary, problems map[int]dataset.Problem) (map[int][]int32, error) {
	if in.Hints == nil {
		return nil, nil
	}
	examples, err := a.examples(ctx, in.Hints.Examples)
	if err != nil {
		return nil, err
	}
	of, err := byQuestion(ctx, examples)
	if err != nil {
		return nil, err
	}
	hints := map[int][]int32{}
	settings := objective.Settings{Kind: "uft", UFT: in.Hints.UFT}.WithDefaults().UFT
	for _, i := range in.Problems {
		at, ok := of[questionKey(problems[i].Question)]
		if !ok {
			continue
		}
		example, err := examples.At(ctx, at)
		if err != nil {
			return nil, err
		}
		draw := rand.New(rand.NewPCG(rollout.Seed(in.Seed, in.Stage+" hints", in.Step, i, 0), 0)).Float64
		if hints[i], err = hint(v, example.Response, settings, in.Step+1, draw); err != nil {
			return nil, err
		}
	}
	return hints, nil
}

// hint is the prefix of a solution that a policy step, counted from 1, begins with:
// whole sentences or, of a solution with fewer of them than pieces, whole tokens.
func hint(v Vocabulary, solution string, settings objective.UFT, step int, draw func() float64) ([]int32, error) {
	if parts := sentences(solution); len(parts) >= settings.Pieces {
		return v.tok.Encode(strings.Join(parts[:settings.Hint(step, len(parts), draw)], ""))
	}
	tokens, err := v.tok.Encode(solution)
	if err != nil {
		return nil, err
	}
	return tokens[:settings.Hint(step, len(tokens), draw)], nil
}

// sentences cuts a text after every line, and after every full stop that a space follows.
func sentences(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, strings.SplitAfter(line, ". ")...)
	}
	return out
}
