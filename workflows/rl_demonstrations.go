package workflows

import (
	"cmp"

	"temper/activities"
	"temper/model/objective"
	"temper/model/recipe"
)

// given is the dataset that the objective learns from beside rollouts.
func (s *rlStage) given() activities.Demonstrations {
	return activities.Demonstrations{Examples: s.in.Demonstrations.Examples, Problems: s.data().Problems}
}

// hints are what responses begin from; nil if they begin from nothing.
func (s *rlStage) hints() *activities.Hints {
	stage := s.in.Stage.RL
	if stage.Objective.Demonstrations() != objective.Hints {
		return nil
	}
	return &activities.Hints{Demonstrations: s.given(), UFT: stage.Objective.UFT, MaxPromptTokens: s.in.MaxPositions - stage.MaxResponseTokens}
}

// demonstrations are those of a step on some problems; nil if there are none.
func (s *rlStage) demonstrations(problems []int) *activities.StepDemonstrations {
	stage := s.in.Stage.RL
	out := &activities.StepDemonstrations{Demonstrations: s.given(), Vocabulary: s.in.Vocabulary}
	switch stage.Objective.Demonstrations() {
	case objective.Matched:
		out.Of = problems
	case objective.Drawn:
		out.Number = cmp.Or(stage.DemonstrationsPerStep, stage.ProblemsPerStep)
		out.Seed = recipe.DeriveSeed(s.in.Seed, "demonstrations of "+s.in.Stage.Name)
	default:
		return nil
	}
	return out
}
