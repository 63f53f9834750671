package activities

import (
	"encoding/json"
	"fmt"

	"temper/model/artifact"
	"temper/model/objective"
	"temper/model/recipe"
)

// Update is one policy step's batch with all that turns it into gradients. It is
// stored whole, so that a policy can be derived again from its name alone.
type Update struct {
	Stage string `json:"stage"`
	// Step is the policy step of the stage, from 0; Steps is the stage's total, for the schedule.
	Step  int `json:"step"`
	Steps int `json:"steps"`
	// ResetOptimizer starts with fresh moments: the first step of a stage that does not carry them.
	ResetOptimizer bool             `json:"reset_optimizer"`
	Optimizer      recipe.Optimizer `json:"optimizer"`
	// Temperature divides the logits in the loss as it did in sampling, and
	// ResponseBudget is the most tokens that a response could have.
	Temperature    float64 `json:"temperature"`
	ResponseBudget int     `json:"response_budget"`
	// Objective is what is learnt from the batch.
	Objective objective.Settings `json:"objective"`
	// Reference is the policy that the objective's KL term holds it near; absent without one.
	Reference artifact.Policy `json:"reference,omitzero"`
	Numerics  recipe.Numerics `json:"numerics"`
	// Informative is, with dynamic sampling, the most groups that are learnt from, the first of those
	// whose scores are not all equal; 0 is all groups, whatever their scores.
	Informative int `json:"informative,omitempty"`
	// Shards are the step's rollouts and their verdicts, in order.
	Shards []ScoredShard `json:"shards"`
}

// ScoredShard names a shard's rollouts and the verdicts on them.
type ScoredShard struct {
	Rollouts artifact.Ref `json:"rollouts"`
	Verdicts artifact.Ref `json:"verdicts"`
}

// DecodeUpdate reads a stored Update.
func DecodeUpdate(data []byte) (Update, error) {
	var u Update
	if err := json.Unmarshal(data, &u); err != nil {
		return Update{}, fmt.Errorf("decode update: %w", err)
	}
	return u, nil
}
