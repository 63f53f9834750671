package domain

import (
	"context"
	"time"

	"temper/model/dataset"
	"temper/model/graphtask"
	"temper/model/recipe"
	"temper/model/reward"
)

// graphDomain asks about a graph, and computes or checks the answer in \boxed{}.
var graphDomain = Domain{
	Name: recipe.DomainGraph,
	Text: func(recipe.Prompt) string { return recipe.QuestionPlaceholder }, // the question says how to answer
	Check: func(p dataset.Problem) error {
		_, err := graphtask.Of(p)
		return err
	},
	Version: func(Means) string { return graphtask.Version },
	Part:    func(_ Means, _ dataset.Problem, response string) (string, string) { return response, "" },
	Judge: func(_ context.Context, _ Means, p dataset.Problem, response string) (reward.Result, error) {
		i, err := graphtask.Of(p)
		if err != nil {
			return reward.Result{}, err
		}
		return i.Grade(response), nil
	},
	Longest: func(Means, dataset.Problem) time.Duration { return 0 },
	Alive:   func(context.Context, Means) error { return nil }, // nothing runs that could be broken
}
