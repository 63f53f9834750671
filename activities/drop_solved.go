package activities

import (
	"context"
	"fmt"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/dataset"
	"temper/model/reward"
)

// DropSolvedInput asks for what is left of an RL stage's problems when those leave that every rollout solves.
type DropSolvedInput struct {
	Run   artifact.RunID `json:"run"`
	Stage string         `json:"stage"`
	// Data is the dataset's name, Epoch the number of the stage's epoch that ended, counted from 1.
	Data    string  `json:"data"`
	Epoch   int     `json:"epoch"`
	Dataset Dataset `json:"dataset"`
	// Shards are rollouts that were sampled for this, Updates the updates of the epoch whose own
	// rollouts decide: one of the two.
	Shards  List[ScoredShard]  `json:"shards,omitzero"`
	Updates List[artifact.Ref] `json:"updates,omitzero"`
	// Policy is the one that sampled Shards.
	Policy artifact.Policy `json:"policy,omitzero"`
	// Rollouts and ResponseTokens are what was sampled for this alone.
	Rollouts       int   `json:"rollouts,omitempty"`
	ResponseTokens int64 `json:"response_tokens,omitempty"`
}

// DropSolved leaves the problems out of a dataset that every rollout solves. Which ones, and how many rollouts
// solved them, is an output of its record. It may leave nothing.
func (a *Activities) DropSolved(ctx context.Context, in DropSolvedInput) (Curated, error) {
	t := task{artifact.Manifest{Kind: artifact.KindCuration, Run: in.Run, Stage: in.Stage, Name: in.Data, Step: in.Epoch}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.dropSolved(ctx, in, m) })
	if err != nil {
		return Curated{}, classify(ctx, fmt.Sprintf("%s: solved problems of %s after epoch %d", in.Stage, in.Data, in.Epoch), err)
	}
	return Curated{datasetOf(m), curation.FromMetrics(curation.RuleSolved, m.Metrics), Recorded{m.Link}}, nil
}

func (a *Activities) dropSolved(ctx context.Context, in DropSolvedInput, m *artifact.Manifest) error {
	sampled, err := whole(ctx, a.Store, in.Shards)
	if err != nil {
		return err
	}
	updates, err := whole(ctx, a.Store, in.Updates)
	if err != nil {
		return err
	}
	shards := sampled
	m.Inputs = map[string]artifact.Ref{artifact.OutputProblems: in.Dataset.Problems}
	for i, ref := range updates {
		m.Inputs[fmt.Sprintf("%s-%05d", artifact.OutputUpdate, i)] = ref
		update, err := stored(ctx, a, ref, DecodeUpdate)
		if err != nil {
			return err
		}
		if update.Dataset != in.Dataset.Problems {
			return fmt.Errorf("update %d of the epoch is of other problems", i)
		}
		shards = append(shards, update.Shards...)
	}
	if !in.Policy.Checkpoint.IsZero() {
		m.Inputs[inputPolicy] = in.Policy.Checkpoint
	}
	addShards(m.Inputs, "", sampled)
	rows := make([]curation.Row, in.Dataset.NumProblems)
	err = a.eachVerdict(ctx, shards, func(problem int, verdict reward.Verdict) error {
		if problem < 0 || problem >= len(rows) {
			return fmt.Errorf("%s: a verdict is on problem %d of %d", in.Stage, problem, len(rows))
		}
		countVerdict(&rows[problem], verdict)
		return nil
	})
	if err != nil {
		return err
	}
	m.Metrics = map[string]float64{artifact.MetricRollouts: float64(in.Rollouts), artifact.MetricResponseTokens: float64(in.ResponseTokens)}
	return a.putLeft(ctx, in.Dataset, rows, m)
}

// putLeft stores the problems that stay, as they are, and what is said of those that leave.
func (a *Activities) putLeft(ctx context.Context, d Dataset, rows []curation.Row, m *artifact.Manifest) error {
	table, err := a.problems(ctx, d.Problems)
	if err != nil {
		return err
	}
	drops := curation.Solved(rows)
	leaves := make(map[int]*curation.Drop, len(drops))
	for i := range drops {
		leaves[drops[i].Row] = &drops[i]
	}
	w := a.datasetWriter(0)
	err = table.Each(ctx, func(number int, p dataset.Problem, line []byte) error {
		if drop := leaves[number]; drop != nil {
			drop.ID = p.ID
			return nil
		}
		return w.problems.AddLine(ctx, line)
	})
	if err != nil {
		return err
	}
	lines, err := encodeDrops(drops, 0)
	if err != nil {
		return err
	}
	for metric, value := range curation.Count(curation.RuleSolved, len(rows), drops).Metrics() {
		m.Metrics[metric] = value
	}
	m.Outputs = map[string]artifact.Ref{}
	if err := w.close(ctx, m); err != nil {
		return err
	}
	return a.putOutput(ctx, m, artifact.OutputLeftOut, lines)
}
