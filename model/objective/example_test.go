package objective_test

import (
	"fmt"

	"temper/model/objective"
)

// Two prompts of two rollouts each, the first of them solved once.
func Example() {
	batch := objective.Batch{Sequences: []objective.Sequence{
		{Group: 0, Graded: true, Score: 1, Correct: true, Tokens: 3},
		{Group: 0, Graded: true, Score: 0, Tokens: 5},
		{Group: 1, Graded: true, Score: 0, Tokens: 1},
		{Group: 1, Graded: true, Score: 0, Tokens: 2},
	}}
	settings := objective.Settings{Kind: "grpo", Advantage: objective.Advantage{Std: objective.NoStd}}
	batch, stats, err := objective.Prepare(settings, batch)
	if err != nil {
		fmt.Println(err)
	}
	result, err := objective.Evaluate(settings, batch)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("mean reward %.2f, %d tokens, %d of %d groups without variance\n", stats.MeanReward, stats.LossTokens, stats.ZeroVarianceGroups, stats.Groups)
	for i, q := range batch.Sequences {
		fmt.Printf("advantage %4.1f, derivatives %.4f\n", q.Advantage[0], result.DLogProb[i])
	}
	// Output:
	// mean reward 0.25, 11 tokens, 1 of 2 groups without variance
	// advantage  0.5, derivatives [-0.0455 -0.0455 -0.0455]
	// advantage -0.5, derivatives [0.0455 0.0455 0.0455 0.0455 0.0455]
	// advantage  0.0, derivatives [0.0000]
	// advantage  0.0, derivatives [0.0000 0.0000]
}
