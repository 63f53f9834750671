package activities

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/experiment/analysis"
	"temper/model/library/statistics"
	"temper/model/recipe"
)

// maxComparedPrompts bounds the prompts that two policies read.
const maxComparedPrompts = 128

// CompareActivationsInput asks how alike two policies of an experiment represent a benchmark's prompts.
type CompareActivationsInput struct {
	Run    artifact.RunID `json:"run"`
	Before string         `json:"before"`
	After  string         `json:"after"`
	Seed   uint64         `json:"seed"`
	// Policies are checkpoints of the two; the prompts are those of the benchmark as PromptsOf asked them.
	Policies  [2]artifact.Ref `json:"policies"`
	PromptsOf artifact.RunID  `json:"prompts_of"`
	Benchmark string          `json:"benchmark"`
	Numerics  recipe.Numerics `json:"numerics"`
}

// CompareActivations records, layer by layer, the linear CKA and the mean cosine of two policies' mean activations on
// the same prompts.
func (a *Activities) CompareActivations(ctx context.Context, in CompareActivationsInput) (RecordedRef, error) {
	name := fmt.Sprintf("%s-%s-s%d", in.Before, in.After, in.Seed)
	t := task{artifact.Manifest{Kind: artifact.KindSimilarity, Run: in.Run, Name: name}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		prompts, err := a.promptsOf(ctx, in.PromptsOf, in.Benchmark)
		if err != nil {
			return err
		}
		var states [2][][][]float64
		for i, checkpoint := range in.Policies {
			if states[i], err = a.Learner.Activations(ctx, artifact.Policy{Checkpoint: checkpoint}, prompts, in.Numerics); err != nil {
				return err
			}
		}
		s := analysis.Similarity{Before: in.Before, After: in.After, Seed: in.Seed, Benchmark: in.Benchmark, Prompts: len(prompts)}
		for layer := range states[0][0] {
			x, y := layerOf(states[0], layer), layerOf(states[1], layer)
			s.CKA, s.Cosine = append(s.CKA, statistics.LinearCKA(x, y)), append(s.Cosine, statistics.MeanCosine(x, y))
		}
		m.Inputs = map[string]artifact.Ref{"before": in.Policies[0], "after": in.Policies[1]}
		document, err := a.storeDocument(ctx, s)
		m.Outputs = map[string]artifact.Ref{artifact.OutputSimilarity: document}
		return err
	})
	if err != nil {
		return RecordedRef{}, classify(ctx, "compare activations of "+name, err)
	}
	return recordedRef(m, artifact.OutputSimilarity), nil
}

// layerOf is one state of every prompt.
func layerOf(states [][][]float64, layer int) [][]float64 {
	out := make([][]float64, len(states))
	for i := range states {
		out[i] = states[i][layer]
	}
	return out
}

// promptsOf are the prompts that a run's newest evaluation on a benchmark asked, in the order of its problems.
func (a *Activities) promptsOf(ctx context.Context, run artifact.RunID, benchmark string) ([][]int32, error) {
	manifests, _, err := records.All(ctx, a.Store, run)
	if err != nil {
		return nil, err
	}
	var newest artifact.Manifest
	for _, m := range manifests {
		if m.Kind == artifact.KindEvaluation && m.Name == benchmark && (newest.Kind == "" || m.Work.Ended.After(newest.Work.Ended)) {
			newest = m
		}
	}
	byProblem := map[int][]int32{}
	for _, name := range slices.Sorted(maps.Keys(newest.Inputs)) {
		if !strings.HasPrefix(name, artifact.OutputRollouts+"-") {
			continue
		}
		rollouts, err := a.rollouts(ctx, newest.Inputs[name])
		if err != nil {
			return nil, err
		}
		for _, r := range rollouts {
			byProblem[r.Problem] = r.Prompt
		}
	}
	if len(byProblem) == 0 {
		return nil, UserErrorf("run %s has no evaluation on %s whose prompts could be read", run.Name, benchmark)
	}
	var prompts [][]int32
	for _, problem := range slices.Sorted(maps.Keys(byProblem)) {
		if prompts = append(prompts, byProblem[problem]); len(prompts) == maxComparedPrompts {
			break
		}
	}
	return prompts, nil
}
