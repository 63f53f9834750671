package learnertest

import (
	"context"
	"encoding/binary"
	"math"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/evaluation"
	"temper/model/objective"
	"temper/model/rollout"
	"temper/model/signal"
	"temper/model/teacher"
)

// Idle has the activities that a recipe's workflows ask for. They do nothing, and answer as work of the recipe's whole
// size would: so a run of thousands of steps on millions of rows is a matter of its workflows alone.
type Idle struct {
	// Rows is how many rows a dataset has, by its name.
	Rows map[string]int
	// Pause, if not nil, is called by every activity.
	Pause func(ctx context.Context)
}

// some is a ref of something large, another one for each key.
func (i *Idle) some(ctx context.Context, kind string, key ...int) artifact.Ref {
	if i.Pause != nil {
		i.Pause(ctx)
	}
	data := []byte(kind)
	for _, k := range key {
		data = binary.LittleEndian.AppendUint64(data, uint64(k))
	}
	ref := artifact.RefOf(data)
	ref.Size = 123_456_789
	return ref
}

// recorded is a link of some work.
func (i *Idle) recorded() activities.Recorded {
	digest := artifact.RefOf([]byte("manifest")).SHA256
	return activities.Recorded{Link: artifact.Link{Key: "runs/a-run-with-a-name/01a22dbf-3f9f-751a-82bb-cfc58baf3fb5/a-stage/rollouts-step-00001-shard-0001-" + digest[:24] + ".json", SHA256: digest}}
}

// ref is some document that is recorded.
func (i *Idle) ref(ctx context.Context, kind string, key ...int) activities.RecordedRef {
	return activities.RecordedRef{Ref: i.some(ctx, kind, key...), Recorded: i.recorded()}
}

// third is a figure with all of its digits.
func third(n int) float64 { return float64(n+1) / 3 * math.Pi }

func (i *Idle) dataset(ctx context.Context, name string, problems, examples int) activities.Dataset {
	d := activities.Dataset{NumProblems: problems, NumExamples: examples, Dropped: 12_345}
	if problems > 0 {
		d.Problems, d.ProblemShards = i.some(ctx, "problems of "+name, problems), problems/1000
	}
	if examples > 0 {
		d.Examples, d.ExampleShards = i.some(ctx, "examples of "+name, examples), examples/1000
	}
	return d
}

// RecordRecipe and the others are those of activities.Activities.
func (i *Idle) RecordRecipe(ctx context.Context, _ activities.RecordRecipeInput) (activities.RecordedRecipe, error) {
	return activities.RecordedRecipe{RecordedRef: i.ref(ctx, "recipe"), Numerics: 1}, nil
}

func (i *Idle) CheckData(context.Context, activities.CheckDataInput) error { return nil }

func (i *Idle) InitModel(ctx context.Context, _ activities.InitModelInput) (activities.InitModelResult, error) {
	return activities.InitModelResult{Recorded: i.recorded(), Policy: artifact.Policy{Checkpoint: i.some(ctx, "initial")}, Vocabulary: i.some(ctx, "vocabulary")}, nil
}

func (i *Idle) PrepareData(ctx context.Context, in activities.PrepareDataInput) (activities.PreparedDataset, error) {
	return activities.PreparedDataset{Dataset: i.dataset(ctx, in.Name, i.Rows[in.Name], i.Rows[in.Name]), Recorded: i.recorded()}, nil
}

func (i *Idle) TrainSFT(ctx context.Context, in activities.TrainSFTInput) (activities.TrainSFTResult, error) {
	return activities.TrainSFTResult{Recorded: i.recorded(), Policy: artifact.Policy{Checkpoint: i.some(ctx, "segment", in.EndUpdate)}, Loss: third(in.EndUpdate), Tokens: 1 << 33, TokensPerSecond: third(1 << 16)}, nil
}

func (i *Idle) GenerateRollouts(ctx context.Context, in activities.GenerateRolloutsInput) (activities.RolloutSummary, error) {
	n := len(in.Problems) * in.Samples
	return activities.RolloutSummary{Recorded: i.recorded(),
		Rollouts: i.some(ctx, "rollouts", in.Step, in.Shard), Number: n, ResponseTokens: int64(n) * 12_345, ResponseLength: third(n), Truncation: third(0) / 9,
		Entropy: 0.3, TokensPerSecond: third(1 << 20), Entropies: rollout.EntropySums{Problems: len(in.Problems), Tokens: 12_345 * float64(n), Entropy: 12_345 * 0.3 * float64(n), TokensSquared: 1, TokensEntropy: 0.3, EntropySquared: 0.09},
	}, nil
}

func (i *Idle) ScoreRollouts(ctx context.Context, in activities.ScoreRolloutsInput) (activities.VerdictSummary, error) {
	return i.verdicts(ctx, in.Step, in.Shard), nil
}

func (i *Idle) verdicts(ctx context.Context, step, shard int) activities.VerdictSummary {
	return activities.VerdictSummary{Recorded: i.recorded(), Verdicts: i.some(ctx, "verdicts", step, shard), Correct: 123_456, Incorrect: 123_456, Informative: 1000, Grader: "math/12"}
}

func (i *Idle) UpdatePolicy(ctx context.Context, in activities.UpdatePolicyInput) (activities.StepResult, error) {
	step := in.Update.Step + 1
	update := i.some(ctx, "update", step)
	policy := in.Policy.Then(update)
	if in.Checkpoint {
		policy = artifact.Policy{Checkpoint: i.some(ctx, "checkpoint of "+in.Update.Stage, step)}
	}
	s := signal.Step{Groups: 128, ZeroVariance: 17, Rollouts: 2048, Filtered: 33, Reward: third(step), Truncation: third(0) / 9, TrainedTokens: 1 << 24, GradNorm: third(1),
		Advantages: objective.Spread{Min: third(4), Max: third(5), Std: third(3)}, Terms: objective.ResultStats{Tokens: 1 << 24, Entropy: third(6), Likelihood: third(7)}}
	return activities.StepResult{Recorded: i.recorded(), Policy: policy, Update: update, Entropy: 0.3 + third(step)/1e6, ResponseLength: third(12_345), Signal: s, TokensPerSecond: third(1 << 20)}, nil
}

func (i *Idle) SaveCheckpoint(ctx context.Context, in activities.SaveCheckpointInput) (activities.SavedPolicy, error) {
	return activities.SavedPolicy{Policy: artifact.Policy{Checkpoint: i.some(ctx, "checkpoint of "+in.Stage, in.Step)}, Recorded: i.recorded()}, nil
}

func (i *Idle) SummarizeEvaluation(ctx context.Context, in activities.SummarizeEvaluationInput) (activities.EvaluationSummary, error) {
	shape := evaluation.Shape{ResponseLength: third(1), MedianLength: third(2), RightLength: third(3), WrongLength: third(4), Truncation: third(5) / 99, NoReasoningEnd: third(6) / 99, NoAnswer: third(7) / 99}
	return activities.EvaluationSummary{Recorded: i.recorded(), Result: evaluation.Result{Benchmark: in.Benchmark, Problems: 500, Samples: in.Samples, Avg: third(0) / 9, AvgSE: third(1) / 99, AvgSamplingSE: third(2) / 99,
		Pass: third(3) / 9, PassSE: third(4) / 99, PassProblems: 500, Shape: shape, Gain: evaluation.Comparison{Difference: third(5) / 99, SE: third(6) / 99, Problems: 500}}}, nil
}

func (i *Idle) RecordTemperature(context.Context, activities.RecordTemperatureInput) (activities.Recorded, error) {
	return i.recorded(), nil
}

func (i *Idle) RecordDecision(context.Context, activities.RecordDecisionInput) (activities.Recorded, error) {
	return i.recorded(), nil
}

func (i *Idle) StoreList(_ context.Context, in activities.StoreListInput) (artifact.Ref, error) {
	return artifact.RefOf(in.Items), nil
}

func (i *Idle) WriteLedger(context.Context, activities.WriteLedgerInput) (activities.Recorded, error) {
	return i.recorded(), nil
}

func (i *Idle) FindChoice(context.Context, activities.FindChoiceInput) (string, error) {
	return "", nil
}

func (i *Idle) CollectExamples(ctx context.Context, in activities.CollectExamplesInput) (activities.Collected, error) {
	return activities.Collected{Recorded: i.recorded(), Dataset: i.dataset(ctx, in.Settings.Into, 0, 1_000_000)}, nil
}

func (i *Idle) curated(ctx context.Context, name string, number int, d activities.Dataset) (activities.Dataset, curation.Passed) {
	left := i.dataset(ctx, name, max(0, d.NumProblems-number), max(0, d.NumExamples-number))
	return left, curation.Passed{Rule: "decontaminate", In: d.NumProblems + d.NumExamples, Out: left.NumProblems + left.NumExamples, Reasons: map[string]int{"in livecodebench-v5": 123_456, "in humaneval-plus": 12_345}}
}

func (i *Idle) CurateData(ctx context.Context, in activities.CurateDataInput) (activities.Curated, error) {
	d, passed := i.curated(ctx, in.Into, in.Number, in.Dataset)
	return activities.Curated{Recorded: i.recorded(), Dataset: d, Passed: passed}, nil
}

func (i *Idle) CurateShard(ctx context.Context, in activities.CurateShardInput) (activities.CuratedPart, error) {
	d, passed := i.curated(ctx, in.Into, in.Part, in.Dataset)
	return activities.CuratedPart{CuratedShard: activities.CuratedShard{Dataset: d, LeftOut: i.some(ctx, "left out", in.Number, in.Part), Passed: passed}, Recorded: i.recorded()}, nil
}

func (i *Idle) SketchShard(ctx context.Context, in activities.SketchShardInput) (activities.RecordedRef, error) {
	return i.ref(ctx, "sketches", in.Number, in.Part), nil
}

func (i *Idle) CompareRows(ctx context.Context, in activities.CompareRowsInput) (activities.RecordedRef, error) {
	return i.ref(ctx, "compared", in.Number), nil
}

func (i *Idle) TryPrograms(ctx context.Context, in activities.TryProgramsInput) (activities.VerdictSummary, error) {
	return i.verdicts(ctx, in.Number, in.Shard), nil
}

func (i *Idle) DropSolved(ctx context.Context, in activities.DropSolvedInput) (activities.Curated, error) {
	d, passed := i.curated(ctx, in.Data, in.Epoch, in.Dataset)
	return activities.Curated{Recorded: i.recorded(), Dataset: d, Passed: passed}, nil
}

func (i *Idle) AskTeacher(ctx context.Context, in activities.AskTeacherInput) (activities.Taught, error) {
	n := in.Count * in.Settings.Samples
	return activities.Taught{Recorded: i.recorded(), Responses: i.some(ctx, "responses", in.Shard), Stats: teacher.Stats{Responses: n, PromptTokens: int64(n) * 200, CompletionTokens: int64(n) * 12_345, Finish: map[string]int{teacher.FinishLength: n / 9}}}, nil
}

func (i *Idle) JudgeTaught(ctx context.Context, in activities.JudgeTaughtInput) (activities.VerdictSummary, error) {
	return i.verdicts(ctx, 0, in.Shard), nil
}

func (i *Idle) KeepTaught(ctx context.Context, in activities.KeepTaughtInput) (activities.KeptTaught, error) {
	return activities.KeptTaught{Recorded: i.recorded(), Dataset: i.dataset(ctx, in.Settings.Into, 0, 2_200_000), Stats: teacher.Stats{Responses: 2_200_000, Kept: 2_200_000}}, nil
}

func (i *Idle) WriteReport(ctx context.Context, _ activities.WriteReportInput) (activities.RecordedRef, error) {
	return i.ref(ctx, "report"), nil
}
