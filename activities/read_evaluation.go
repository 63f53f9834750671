package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/evaluation"
	"temper/model/recipe"
	"temper/model/reward"
)

// RecordedEvaluation is what one benchmark measured, problem by problem.
type RecordedEvaluation struct {
	// Side has the verdicts by problem, which is named by its ID and, where that stands in the
	// data more than once, how often it has come before.
	evaluation.Side
	// Problems has what was asked.
	Problems map[string]dataset.Problem
	// Graders are the versions that gave the verdicts, in order.
	Graders []string
}

// ReadEvaluation reads the verdicts that an evaluation's manifest was made of; manifests are the run's.
func ReadEvaluation(ctx context.Context, store rows.Blobs, manifests []artifact.Manifest, m artifact.Manifest) (RecordedEvaluation, error) {
	e := RecordedEvaluation{Side: evaluation.Side{}, Problems: map[string]dataset.Problem{}}
	in, err := decoded(ctx, store, m.Input, func(data []byte) (in SummarizeEvaluationInput, err error) {
		return in, json.Unmarshal(data, &in)
	})
	if err != nil {
		return e, fmt.Errorf("evaluation %s after %s: %w", m.Name, m.Stage, err)
	}
	byProblem := map[int][]reward.Verdict{}
	var data artifact.Ref
	shards, err := whole(ctx, store, in.Shards)
	if err != nil {
		return e, fmt.Errorf("evaluation %s after %s: %w", m.Name, m.Stage, err)
	}
	for _, shard := range shards {
		records, err := decoded(ctx, store, shard.Verdicts, reward.Decode)
		if err != nil {
			return e, fmt.Errorf("verdicts of %s after %s: %w", m.Name, m.Stage, err)
		}
		for _, r := range records {
			byProblem[r.Problem] = append(byProblem[r.Problem], r.Verdict)
		}
		if judged, ok := judgedBy(manifests, shard.Verdicts, in.Grading); ok {
			data = judged.Inputs[inputDataset]
			if !slices.Contains(e.Graders, judged.Grader) {
				e.Graders = append(e.Graders, judged.Grader)
			}
		}
	}
	slices.Sort(e.Graders)
	return e, e.name(ctx, store, data, byProblem)
}

// judgedBy is the record of verdicts that were given by the rules of a grading: two gradings may
// have given the same ones.
func judgedBy(manifests []artifact.Manifest, verdicts artifact.Ref, g recipe.Grading) (artifact.Manifest, bool) {
	i := slices.IndexFunc(manifests, func(m artifact.Manifest) bool {
		named := slices.ContainsFunc([]recipe.Grading{recipe.GradingLenient, recipe.GradingToolkit}, func(other recipe.Grading) bool {
			return other != g && strings.Contains(m.Grader, string(other))
		})
		return m.Kind == artifact.KindVerdicts && m.Outputs[artifact.OutputVerdicts] == verdicts && !named && strings.Contains(m.Grader, string(g))
	})
	if i < 0 {
		return artifact.Manifest{}, false
	}
	return manifests[i], true
}

// name gives the problems their names.
func (e *RecordedEvaluation) name(ctx context.Context, store rows.Blobs, data artifact.Ref, byProblem map[int][]reward.Verdict) error {
	problems, err := rows.Open(ctx, store, &rows.Shelf{}, rows.Problems, data)
	if err != nil {
		return fmt.Errorf("problems of an evaluation: %w", err)
	}
	seen := map[string]int{}
	for _, number := range slices.Sorted(maps.Keys(byProblem)) {
		p, err := problems.At(ctx, number)
		if err != nil {
			return err
		}
		name := p.ID
		if seen[p.ID]++; seen[p.ID] > 1 {
			name = fmt.Sprintf("%s (%d)", p.ID, seen[p.ID])
		}
		e.Side[name], e.Problems[name] = byProblem[number], p
	}
	return nil
}

// Common are the names of problems that two evaluations have, sorted.
func (e RecordedEvaluation) Common(other RecordedEvaluation) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(e.Side)) {
		if _, ok := other.Side[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

// Differs says in words in what two evaluations differ beside the policy, problems of names alone.
func (e RecordedEvaluation) Differs(other RecordedEvaluation, names []string) (differences []string) {
	if !slices.Equal(e.Graders, other.Graders) {
		differences = append(differences, fmt.Sprintf("graders: %s, and %s", strings.Join(e.Graders, " and "), strings.Join(other.Graders, " and ")))
	}
	if n, m := len(e.Side), len(other.Side); n != len(names) || m != len(names) {
		differences = append(differences, fmt.Sprintf("data: %d problems, and %d; %d of the same name are compared", n, m, len(names)))
	}
	content, prompts := 0, 0
	for _, name := range names {
		a, b := e.Problems[name], other.Problems[name]
		if a.Question != b.Question || a.Answer != b.Answer || string(a.Tests) != string(b.Tests) || string(a.Fields) != string(b.Fields) {
			content++
		} else if a.Prompt != b.Prompt {
			prompts++
		}
	}
	if content > 0 {
		differences = append(differences, fmt.Sprintf("data: question, answer or tests of %d of %d problems", content, len(names)))
	}
	if prompts > 0 {
		differences = append(differences, fmt.Sprintf("prompts: those of %d of %d problems", prompts, len(names)))
	}
	return differences
}
