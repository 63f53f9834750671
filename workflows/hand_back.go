package workflows

import (
	"go.temporal.io/sdk/workflow"

	"temper/model/recipe"
)

// handBackAfter is how many policy steps, or supervised segments, a stage does before it hands what is left back to
// PostTraining, which begins it again. A parent keeps its history as long as it has a child, and each step's figures are a
// signal and the task that takes it: a stage of thousands of steps would be more than a history can hold.
const handBackAfter = 100

// Rest is a stage that has handed back what it has not done: where the next child begins.
type Rest struct {
	// RL is the state of an RL stage; nil in a supervised one, whose state is its policy, its progress and Inside.
	RL     *RLStageState `json:"rl,omitempty"`
	Inside Inside        `json:"inside,omitzero"`
	// Changed is what people have changed of a supervised stage.
	Changed Changed `json:"changed,omitzero"`
}

// handsBack says whether a stage that has to continue as new hands back instead: at is its HandBack, 0 in one
// that hands nothing back.
func handsBack(at, step int) bool { return at > 0 && step >= at }

// stagePart does stage i, or the next part of it: r.state.Rest is what is left then, nil if nothing is.
func (r *run) stagePart(ctx workflow.Context, i int) error {
	for {
		if err := r.stage(ctx, i); err != nil || r.state.Rest == nil {
			return err
		}
		if historyIsLong(ctx) {
			return r.continueAsNew(ctx)
		}
	}
}

// sftInput is what the child of a supervised stage begins with.
func (r *run) sftInput(stage recipe.Stage, p StageProgress) SFTInput {
	in := SFTInput{
		Run: r.id, Seed: r.recipe.Seed, Vocabulary: r.state.Vocabulary, Numerics: r.recipe.Numerics,
		Stage: stage, Dataset: r.state.Datasets[stage.Data()], Policy: r.policyOf(stage.SFT.From), Desired: r.state.State, Inside: r.inside(stage), Orders: r.notObeyed(p), Chain: r.state.Chain.begin(),
	}
	if rest := r.state.Rest; rest != nil {
		in.Policy, in.Inside, in.Progress, in.Changed = r.state.Policy, rest.Inside, p, rest.Changed
	}
	in.HandBack = in.Progress.Step + handBackAfter*stage.SFT.CheckpointEvery
	return in
}

// rlInput is what the child of stage i begins with, an RL stage.
func (r *run) rlInput(i int) RLStageInput {
	stage := r.recipe.Stages[i]
	in := RLStageInput{
		Run: r.id, Seed: r.recipe.Seed, Recipe: r.state.Recipe, Vocabulary: r.state.Vocabulary, Numerics: r.recipe.Numerics,
		Stage: stage, Search: r.recipe.TemperatureSearch, Guard: r.recipe.Guard, Labels: r.recipe.Prompt.Labels, Programs: r.recipe.Programs, Dataset: r.state.Datasets[stage.Data()],
		Demonstrations: r.state.Datasets[stage.RL.Demonstrations], MaxPositions: r.recipe.Model.MaxPositionEmbeddings,
		Desired: r.state.State, Base: r.state.Base, Begin: r.position(i), Orders: r.notObeyed(r.state.Stages[i]), Chain: r.state.Chain.begin(),
	}
	if rest := r.state.Rest; rest != nil {
		in.State = *rest.RL
	} else {
		in.State = RLStageState{Policy: r.state.Policy, Inside: r.inside(stage)}
		in.State.Progress.Step, in.State.Inside.Step = stage.RL.Done, stage.RL.Done // as if it had done them itself
	}
	in.HandBack = in.State.Progress.Step + handBackAfter
	return in
}
