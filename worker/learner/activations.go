package learner

import (
	"context"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/train"
)

// Activations are the mean activations of a policy over the tokens of each prompt, by layer.
func (l *Learner) Activations(ctx context.Context, p artifact.Policy, prompts [][]int32, n recipe.Numerics) ([][][]float64, error) {
	end, err := l.turn.take(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	held, err := l.resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	rows := make([]train.Row, len(prompts))
	for i, prompt := range prompts {
		rows[i] = train.Row{Tokens: prompt, Weights: make([]float32, len(prompt))}
	}
	c := held.weights.Config
	pace := l.pace.scoring(ctx, c, rows, n)
	defer pace.end()
	return l.graphs.engine(c, n).Activations(ctx, held.weights, rows, pace.trained)
}
