package workflows

import (
	"cmp"
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/order"
	"temper/model/recipe"
)

// SFTInput is one supervised stage and the policy it starts from.
type SFTInput struct {
	Run        artifact.RunID     `json:"run"`
	Seed       uint64             `json:"seed"`
	Vocabulary artifact.Ref       `json:"vocabulary"`
	Numerics   recipe.Numerics    `json:"numerics"`
	Stage      recipe.Stage       `json:"stage"`
	Dataset    activities.Dataset `json:"dataset"`
	Policy     artifact.Policy    `json:"policy"`
	Desired    RunState           `json:"desired"`
	// Held is where the policy is to be had.
	activities.Held
	// Inside is how the stage evaluates its policies while it trains.
	Inside Inside `json:"inside,omitzero"`
	// HandBack is the update from which on the stage hands back what is left, instead of continuing as new; 0 for none.
	HandBack int `json:"hand_back,omitempty"`
	// Orders are what people have ordered of the stage and it has not obeyed, each obeyed after its step; Changed is what
	// they have changed.
	Orders  []order.Order `json:"orders,omitempty"`
	Changed Changed       `json:"changed,omitzero"`
	// Progress is where the stage stands; continue-as-new carries it.
	Progress StageProgress `json:"progress"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// StageResult is how a stage ended.
type StageResult struct {
	Policy   artifact.Policy `json:"policy"`
	Progress StageProgress   `json:"progress"`
	// Candidates are the policies that a stage which chooses may hand on, in the order of their updates.
	Candidates []evaluation.Candidate `json:"candidates,omitempty"`
	// Rest is what is left to do, in a result that hands it back.
	Rest *Rest `json:"rest,omitempty"`
	// Position is where in its dataset an RL stage ended.
	Position Position `json:"position,omitzero"`
	// Made is the dataset that a stage of kind collect, curate or teach has made.
	Made activities.Dataset `json:"collected,omitzero"`
	Sealed
}

// SFT trains one supervised stage, segment by segment: each ends with a checkpoint.
func SFT(ctx workflow.Context, in SFTInput) (StageResult, error) {
	return keep(withNumerics(ctx, in.Numerics), in.Run, in.Chain, func(ctx workflow.Context) (StageResult, error) {
		result, err := in.train(ctx)
		if wasCancelled(ctx, err) {
			return StageResult{}, temporal.NewCanceledError(StageResult{Policy: in.Policy, Progress: in.Progress})
		}
		return result, err
	})
}

// train does what is left of the stage. Policy and Progress keep up with it.
func (in *SFTInput) train(ctx workflow.Context) (StageResult, error) {
	desired, given := newDesired(ctx, in.Desired), newOrders(ctx, in.Orders)
	p, settings := &in.Progress, in.Stage.SFT
	settings.Epochs = cmp.Or(in.Changed.Length, settings.Epochs)
	p.Name, p.Kind, p.Steps = in.Stage.Name, recipe.KindSFT, in.updates()
	workflow.SetCurrentDetails(ctx, stageDetails(*p)) // details do not outlive an execution
	reportTo(ctx, *p)
	epochs := func() int { return min(p.Step*settings.BatchSize/max(1, in.Dataset.NumExamples), settings.Epochs) }
	for {
		if err := in.obey(ctx, given); err != nil {
			return StageResult{}, err
		}
		updates := in.updates()
		if in.Changed.Ended || p.Step >= updates {
			break
		}
		if goOn, err := desired.proceed(); err != nil || !goOn {
			return StageResult{Policy: in.Policy, Progress: *p}, err
		}
		if slices.Contains(epochEnds(in.Dataset.NumExamples, *settings), p.Step) && in.Inside.Step < p.Step {
			p.Activity = fmt.Sprintf("evaluation after update %d", p.Step)
			reportTo(ctx, *p)
			workflow.SetCurrentDetails(ctx, stageDetails(*p))
			if err := in.Inside.evaluate(ctx, p.Name, p.Step, epochs(), in.Policy); err != nil {
				return StageResult{}, err
			}
			continue
		}
		end := segmentEnd(p.Step, in.Dataset.NumExamples, *settings)
		p.Activity = fmt.Sprintf("updates %d to %d", p.Step+1, end)
		summary := fmt.Sprintf("%s: updates %d to %d of %d", in.Stage.Name, p.Step+1, end, updates)
		result, err := learn[activities.TrainSFTResult](ctx, in.Home, summary, acts.TrainSFT, activities.TrainSFTInput{
			Run: in.Run, Stage: in.Stage, Seed: order.DrawnBy(in.Seed, in.Changed.Draw), Vocabulary: in.Vocabulary,
			Examples: in.Dataset.Examples, NumExamples: in.Dataset.NumExamples, Policy: in.Policy,
			FirstUpdate: p.Step, EndUpdate: end, Updates: cmp.Or(in.Changed.Schedule, updates), Numerics: in.Numerics.Training(),
		})
		if err != nil {
			return StageResult{}, fmt.Errorf("%s: %w", in.Stage.Name, err)
		}
		in.Policy, in.Held = result.Policy, result.Held
		p.Step, p.Loss, p.TokensPerSecond = end, result.Loss, result.TokensPerSecond
		p.Tokens += result.Tokens
		p.TrainedTokens += result.Tokens
		reportTo(ctx, *p)
		workflow.SetCurrentDetails(ctx, stageDetails(*p))
		if p.Step < updates && historyIsLong(ctx) {
			if handsBack(in.HandBack, p.Step) {
				return StageResult{Policy: in.Policy, Progress: *p, Rest: &Rest{Inside: in.Inside, Changed: in.Changed}}, nil
			}
			if in.Chain, err = seal(ctx, in.Run, in.Chain); err != nil {
				return StageResult{}, err
			}
			in.Desired, in.Orders = desired.now(), given.left() // what came meanwhile too
			return StageResult{}, again(ctx, SFT, *in)
		}
	}
	if err := in.Inside.last(ctx, p.Name, p.Step, epochs(), in.Policy); err != nil {
		return StageResult{}, err
	}
	p.Done = true
	return StageResult{Policy: in.Policy, Progress: *p, Candidates: in.Inside.Candidates}, nil
}
