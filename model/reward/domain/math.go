package domain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/math"
)

// mathDomain asks for an answer in \boxed{} and compares it with the problem's.
var mathDomain = Domain{
	Name: recipe.DomainMath,
	Text: func(p recipe.Prompt) string { return p.Math },
	Check: func(p dataset.Problem) error {
		switch {
		case p.Tests != nil:
			return errors.New(`field "tests" is of domain code; a problem of domain math is judged by field "answer"`)
		case p.Answer == "":
			return errors.New(`field "answer" is missing, which a problem of domain math is judged by`)
		}
		if err := math.CheckGold(p.Answer); err != nil {
			return fmt.Errorf(`field "answer" %w`, err)
		}
		return nil
	},
	Read: func(p dataset.Problem) Reading {
		gold := math.ReadGold(p.Answer)
		r := Reading{AsText: gold.Form == math.FormText}
		if gold.Self.Verdict != reward.Correct {
			r.Fault = gold.Self.Reason
		}
		return r
	},
	Version: func(by Means) string {
		if by.Grading != "" {
			return math.Version + " " + string(by.Grading)
		}
		return math.Version
	},
	Part: func(_ Means, _ dataset.Problem, response string) (string, string) { return response, "" },
	Judge: func(_ context.Context, by Means, p dataset.Problem, response string) (reward.Result, error) {
		return GradeMath(by.Grading, response, p.Answer).Scored(), nil
	},
	Longest: func(Means, dataset.Problem) time.Duration { return 0 },
	Alive:   func(context.Context, Means) error { return nil }, // nothing runs that could be broken
}

// GradeMath judges a response against a gold answer by the rules of a grading.
func GradeMath(g recipe.Grading, response, gold string) reward.Result {
	switch g {
	case recipe.GradingLenient:
		return math.GradeLenient(response, gold)
	case recipe.GradingToolkit:
		return math.GradeToolkit(response, gold)
	}
	return math.Grade(response, gold)
}
