package activities

import (
	"context"
	"fmt"
	"maps"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/rollout"
)

// GenerateRolloutsInput asks for one shard of rollouts: Samples for each of the problems.
type GenerateRolloutsInput struct {
	Run artifact.RunID `json:"run"`
	// Stage, Step, the problem and the sample number are, with Seed, the key of each rollout's random stream.
	Stage      string          `json:"stage"`
	Step       int             `json:"step"`
	Shard      int             `json:"shard"`
	Seed       uint64          `json:"seed"`
	Vocabulary artifact.Ref    `json:"vocabulary"`
	Policy     artifact.Policy `json:"policy"`
	Dataset    artifact.Ref    `json:"dataset"`
	Problems   Numbers         `json:"problems"`
	Samples    int             `json:"samples"`
	// Label is put at the end of every prompt.
	Label    string   `json:"label,omitempty"`
	Sampling Decoding `json:"sampling"`
	// Hints, if there are any, are what responses begin from.
	Hints *Hints `json:"hints,omitempty"`
	// Measurement marks a candidate of a temperature search; Search is the search's number, from 2 on where a
	// stage searches again.
	Measurement bool `json:"measurement,omitempty"`
	Search      int  `json:"search,omitempty"`
	// Weights are published weights of the policy, if there are any. They decide nothing, and no record has them.
	Weights artifact.Ref `json:"weights,omitzero"`
}

// RolloutSummary is what a workflow sees of a shard of rollouts.
type RolloutSummary struct {
	Rollouts        artifact.Ref `json:"rollouts"`
	Number          int          `json:"number"`
	ResponseTokens  int64        `json:"response_tokens"`
	ResponseLength  float64      `json:"response_length"`
	Truncation      float64      `json:"truncation"`
	Entropy         float64      `json:"entropy"`
	TokensPerSecond float64      `json:"tokens_per_second"`
	// Entropies are what a measurement's standard error is made of.
	Entropies rollout.EntropySums `json:"entropies,omitzero"`
	Recorded
}

const (
	inputDataset = "dataset"
	inputPolicy  = "policy"
)

// GenerateRollouts samples one shard and stores it. What is finished is recorded
// as it goes, so that another attempt samples only the rest.
func (a *Activities) GenerateRollouts(ctx context.Context, in GenerateRolloutsInput) (RolloutSummary, error) {
	kind := artifact.KindRollouts
	if in.Measurement {
		kind = artifact.KindMeasurement
	}
	in.Sampling.Weights, in.Weights = in.Weights, artifact.Ref{}
	t := task{artifact.Manifest{Kind: kind, Run: in.Run, Stage: in.Stage, Name: searchName(in.Search), Step: in.Step, Shard: in.Shard}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.generateRollouts(ctx, t, in, m)
	})
	if err != nil {
		return RolloutSummary{}, classify(ctx, fmt.Sprintf("generate rollouts of %s step %d shard %d", in.Stage, in.Step+1, in.Shard+1), err)
	}
	tokens := m.Metrics[artifact.MetricResponseTokens]
	var entropies rollout.EntropySums
	if in.Measurement {
		entropies = rollout.EntropySumsFrom(m.Metrics)
	}
	return RolloutSummary{
		Rollouts: m.Outputs[artifact.OutputRollouts], Number: int(m.Metrics[artifact.MetricRollouts]),
		ResponseTokens: int64(tokens), ResponseLength: m.Metrics[artifact.MetricResponseLength],
		Truncation: m.Metrics[artifact.MetricTruncation], Entropy: m.Metrics[artifact.MetricEntropy],
		TokensPerSecond: perSecond(tokens, m.Work), Entropies: entropies, Recorded: Recorded{m.Link},
	}, nil
}

func (a *Activities) generateRollouts(ctx context.Context, t task, in GenerateRolloutsInput, m *artifact.Manifest) error {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return err
	}
	problems, err := a.problemsAt(ctx, in.Dataset, in.Problems)
	if err != nil {
		return err
	}
	hints, err := a.hintsOf(ctx, in, v, problems)
	if err != nil {
		return err
	}
	requests, err := sampleRequests(in, v, problems, hints)
	if err != nil {
		return err
	}
	in.Sampling.EOS = v.EOS
	rollouts, earlier, err := a.sampleRest(ctx, t, in.Policy, requests, in.Sampling)
	if err != nil {
		return err
	}
	for i := range rollouts {
		rollouts[i].Hint = len(hints[rollouts[i].Problem])
	}
	ref, err := a.Store.Put(ctx, rollout.Encode(rollouts))
	if err != nil {
		return err
	}
	m.Work.EarlierSeconds = earlier
	m.Inputs = map[string]artifact.Ref{inputDataset: in.Dataset, inputPolicy: in.Policy.Checkpoint}
	m.Outputs = map[string]artifact.Ref{artifact.OutputRollouts: ref}
	m.Metrics = rolloutMetrics(rollouts)
	m.Metrics[artifact.MetricTemperature] = in.Sampling.Temperature
	forwardMetrics(m, sampledPass(rollouts))
	if in.Measurement {
		maps.Copy(m.Metrics, rollout.EntropyOf(rollouts).Metrics())
	}
	return nil
}

// rolloutMetrics are the figures that every set of rollouts has.
func rolloutMetrics(rollouts []rollout.Rollout) map[string]float64 {
	return summaryMetrics(rollout.Summarize(rollouts))
}

func summaryMetrics(s rollout.Summary) map[string]float64 {
	return map[string]float64{
		artifact.MetricRollouts:       float64(s.Rollouts),
		artifact.MetricResponseTokens: float64(s.ResponseTokens),
		artifact.MetricResponseLength: s.MeanResponseTokens,
		artifact.MetricTruncation:     share(s.Truncated, s.Rollouts),
		artifact.MetricEntropy:        s.MeanEntropy,
	}
}

// share is part/whole; 0 when there is nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// sampleRequests tokenises the shard's prompts, each with its hint, and keys each
// rollout's random stream. A hint that leaves no room is cut in place.
func sampleRequests(in GenerateRolloutsInput, v Vocabulary, problems map[int]dataset.Problem, hints map[int][]int32) ([]rollout.Request, error) {
	requests := make([]rollout.Request, 0, len(in.Problems)*in.Samples)
	for _, i := range in.Problems {
		problem := problems[i]
		problem.Prompt += in.Label
		prompt, err := dataset.PromptTokens(v.tok, problem)
		if err != nil {
			return nil, err
		}
		if h := hints[i]; len(h) > 0 {
			hints[i] = h[:max(0, min(len(h), in.Hints.MaxPromptTokens-len(prompt)))]
			prompt = append(prompt, hints[i]...)
		}
		for sample := range in.Samples {
			seed := rollout.Seed(in.Seed, in.Stage, in.Step, i, sample)
			requests = append(requests, rollout.Request{Problem: i, Sample: sample, Seed: seed, Prompt: prompt})
		}
	}
	return requests, nil
}
