package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"temper/activities/liveness"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// TrainSFTInput asks for one segment of a supervised stage.
type TrainSFTInput struct {
	Run         artifact.RunID  `json:"run"`
	Stage       recipe.Stage    `json:"stage"`
	Seed        uint64          `json:"seed"`
	Vocabulary  artifact.Ref    `json:"vocabulary"`
	Examples    artifact.Ref    `json:"examples"`
	NumExamples int             `json:"num_examples"`
	Policy      artifact.Policy `json:"policy"`
	// FirstUpdate and EndUpdate bound the segment: [FirstUpdate, EndUpdate) of Updates.
	FirstUpdate int             `json:"first_update"`
	EndUpdate   int             `json:"end_update"`
	Updates     int             `json:"updates"`
	Numerics    recipe.Numerics `json:"numerics"`
}

// TrainSFTResult is the checkpoint at the segment's end and its mean figures.
type TrainSFTResult struct {
	Policy          artifact.Policy `json:"policy"`
	Loss            float64         `json:"loss"`
	Tokens          int64           `json:"tokens"`
	TokensPerSecond float64         `json:"tokens_per_second"`
	Held
	Recorded
}

// TrainSFT runs a segment of supervised updates and stores the checkpoint at its
// end. What is trained is committed as it goes, so that a worker that is lost in
// between loses minutes, however long the segment is.
func (a *Activities) TrainSFT(ctx context.Context, in TrainSFTInput) (TrainSFTResult, error) {
	t := task{artifact.Manifest{Kind: artifact.KindSFT, Run: in.Run, Stage: in.Stage.Name, Step: in.EndUpdate}, in}
	var held Held
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		err := a.trainSFT(ctx, t, in, m)
		if err == nil {
			held = a.hold(ctx, artifact.Policy{Checkpoint: m.Outputs[artifact.OutputCheckpoint]})
		}
		return err
	})
	if err != nil {
		return TrainSFTResult{}, classify(ctx, "train "+in.Stage.Name, err)
	}
	tokens := m.Metrics[artifact.MetricTrainedTokens]
	return TrainSFTResult{
		Policy: artifact.Policy{Checkpoint: m.Outputs[artifact.OutputCheckpoint]},
		Loss:   m.Metrics[artifact.MetricLoss], Tokens: int64(tokens), TokensPerSecond: perSecond(tokens, m.Work), Held: held, Recorded: Recorded{m.Link},
	}, nil
}

func (a *Activities) trainSFT(ctx context.Context, t task, in TrainSFTInput, m *artifact.Manifest) error {
	segment, err := a.sftSegment(ctx, in)
	if err != nil {
		return err
	}
	if segment.Made, err = a.storeDocument(ctx, segmentDocument{
		Stage: in.Stage, Seed: in.Seed, Vocabulary: in.Vocabulary, Examples: in.Examples,
		FirstUpdate: in.FirstUpdate, EndUpdate: in.EndUpdate, Updates: in.Updates, Numerics: in.Numerics.Training(),
	}); err != nil {
		return err
	}
	checkpoint, stats, earlier, err := a.trainRest(ctx, t, in.Policy, segment)
	if err != nil {
		return err
	}
	m.Work.EarlierSeconds = earlier
	m.Inputs = map[string]artifact.Ref{artifact.OutputExamples: in.Examples, "parent": in.Policy.Checkpoint}
	m.Outputs = map[string]artifact.Ref{artifact.OutputCheckpoint: checkpoint}
	m.Metrics = map[string]float64{
		artifact.MetricLoss:          mean(stats.Loss),
		artifact.MetricGradNorm:      mean(stats.GradNorm),
		artifact.MetricLearningRate:  stats.LearningRate[len(stats.LearningRate)-1],
		artifact.MetricTrainedTokens: float64(stats.Tokens),
		artifact.MetricTrainedSlots:  float64(stats.Slots),
	}
	trainedMetrics(m, stats.Trained)
	m.Series = map[string][]float64{artifact.MetricLoss: stats.Loss, artifact.MetricGradNorm: stats.GradNorm, artifact.MetricLearningRate: stats.LearningRate}
	return nil
}

// segmentDocument is what a checkpoint says of the supervised segment that ended with
// it: the segment's input, but for the run that did it and the policy that it began with.
type segmentDocument struct {
	Stage       recipe.Stage    `json:"stage"`
	Seed        uint64          `json:"seed"`
	Vocabulary  artifact.Ref    `json:"vocabulary"`
	Examples    artifact.Ref    `json:"examples"`
	FirstUpdate int             `json:"first_update"`
	EndUpdate   int             `json:"end_update"`
	Updates     int             `json:"updates"`
	Numerics    recipe.Numerics `json:"numerics"`
}

// storeDocument stores a value's JSON form.
func (a *Activities) storeDocument(ctx context.Context, document any) (artifact.Ref, error) {
	data, err := json.Marshal(document)
	if err != nil {
		return artifact.Ref{}, fmt.Errorf("encode %T: %w", document, err)
	}
	return a.Store.Put(ctx, data)
}

// sftSegment is the segment, whose examples are read update by update.
func (a *Activities) sftSegment(ctx context.Context, in TrainSFTInput) (SFTSegment, error) {
	segment := SFTSegment{
		Optimizer: in.Stage.SFT.Optimizer, ResetOptimizer: in.FirstUpdate == 0 && in.Stage.SFT.Optimizer.State == recipe.StateReset,
		FirstUpdate: in.FirstUpdate, Updates: in.Updates, Numerics: in.Numerics,
	}
	if in.EndUpdate <= in.FirstUpdate {
		return segment, fmt.Errorf("segment [%d, %d) is empty", in.FirstUpdate, in.EndUpdate)
	}
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return segment, err
	}
	examples, err := a.examples(ctx, in.Examples)
	if err != nil {
		return segment, err
	}
	orders := dataset.NewOrders(in.NumExamples, recipe.DeriveSeed(in.Seed, "order of "+in.Stage.Name))
	batchAt := func(update int) ([]int, error) {
		return orders.BatchExamples(in.Stage.SFT.BatchSize, in.Stage.SFT.Epochs, in.FirstUpdate+update)
	}
	segment.Batches = Batches{in.EndUpdate - in.FirstUpdate, func(ctx context.Context, update int) ([]dataset.Tokenized, error) {
		indices, err := batchAt(update)
		if err != nil {
			return nil, err
		}
		return tokenizedAt(ctx, v, examples, indices)
	}}
	_, err = batchAt(segment.Batches.Len - 1) // what the stage does not have is an error before anything is trained
	return segment, err
}

// tokenizedAt are some examples in token IDs.
func tokenizedAt(ctx context.Context, v Vocabulary, examples *rows.Table[dataset.Example], indices []int) ([]dataset.Tokenized, error) {
	batch := make([]dataset.Tokenized, len(indices))
	for k, i := range indices {
		example, err := examples.At(ctx, i)
		if err != nil {
			return nil, err
		}
		if batch[k], err = dataset.Tokenize(v.tok, v.End, example); err != nil {
			return nil, err
		}
		liveness.Done(ctx)
	}
	return batch, nil
}

// mean of values; 0 when there are none.
func mean(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// perSecond is a rate over the wall time of a piece of work.
func perSecond(amount float64, w artifact.Work) float64 {
	if seconds := w.WallSeconds(); seconds > 0 {
		return amount / seconds
	}
	return 0
}
