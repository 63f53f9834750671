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
	// Schema is the version of this form, see UpdateSchema.
	Schema int `json:"schema"`
	// Dataset are the stage's problems, and Vocabulary what their prompts and the responses
	// were encoded with. (The recipe is named by the input of the step's manifest: a part of
	// it steers speed alone, and has no place in a policy's name.)
	Dataset    artifact.Ref `json:"dataset"`
	Vocabulary artifact.Ref `json:"vocabulary"`
	Stage      string       `json:"stage"`
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
	// Demonstrations are what the objective learns from beside the rollouts; absent without any.
	Demonstrations artifact.Ref `json:"demonstrations,omitzero"`
	// Shards are the step's rollouts and their verdicts, in order.
	Shards []ScoredShard `json:"shards"`
}

// ScoredShard names a shard's rollouts and the verdicts on them.
type ScoredShard struct {
	Rollouts artifact.Ref `json:"rollouts,omitzero"`
	// Responses are, in place of rollouts, what a model answered that a server holds.
	Responses artifact.Ref `json:"responses,omitzero"`
	Verdicts  artifact.Ref `json:"verdicts"`
}

// UpdateSchema is the version of the form in which updates are stored. Before 1 they had
// no version, and settings of GRPO in place of an objective.
const UpdateSchema = 1

// DecodeUpdate reads a stored Update.
func DecodeUpdate(data []byte) (Update, error) {
	var u Update
	err := json.Unmarshal(data, &u)
	switch {
	case u.Schema > UpdateSchema: // whose other fields may be of other types
		return Update{}, fmt.Errorf("decode update: it is of schema %d, which a newer temper reads; this one reads %d", u.Schema, UpdateSchema)
	case err != nil:
		return Update{}, fmt.Errorf("decode update: %w", err)
	case u.Schema < UpdateSchema:
		return Update{}, fmt.Errorf("decode update: it is of schema %d, which a temper before 0.1.0 reads; this one reads %d", u.Schema, UpdateSchema)
	}
	return u, nil
}
