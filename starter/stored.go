package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/recipe"
	"temper/model/report"
	"temper/starter/advice"
	"temper/workflows"
)

// storedRun is what the store alone tells of the newest run of a name.
type storedRun struct {
	id      artifact.RunID
	digest  string // of the recipe
	started time.Time
	shown   report.Run
	records []artifact.Manifest
	scores  []workflows.Score
	page    artifact.Ref // its report, zero if none is written
	refused []string     // why records are left out
}

// state says how far the run has come. One that has ended without all of its
// stages was stopped by its operator; of one without a report the store cannot
// tell whether it failed or waits.
func (s storedRun) state() string {
	switch {
	case s.page.IsZero():
		return "unfinished"
	case s.shown.Finished:
		return string(workflows.StateCompleted)
	}
	return string(workflows.StateStopped)
}

// readRun reads the newest run of a name. The error wraps errNoRun where there is none.
func readRun(ctx context.Context, store objectstore.Reader, name string) (storedRun, error) {
	return readRunOf(ctx, store, name, "")
}

// readRunOf is readRun, of the run with that Run ID where one is given.
func readRunOf(ctx context.Context, store objectstore.Reader, name, runID string) (storedRun, error) {
	var s storedRun
	keys, err := store.List(ctx, "runs/"+name+"/")
	if errors.Is(err, objectstore.ErrBadKey) || err == nil && len(keys) == 0 {
		return s, errNoRun
	}
	if err != nil {
		return s, fmt.Errorf("find run %s in the store: %w", name, err)
	}
	recorded, err := newestRecipe(ctx, store, keys, name, runID)
	if err != nil {
		return s, err
	}
	s.id, s.started, s.digest = recorded.Run, recorded.Work.Started, recorded.Outputs[artifact.OutputRecipe].SHA256
	data, err := store.Get(ctx, recorded.Outputs[artifact.OutputRecipe])
	if err != nil {
		return s, fmt.Errorf("read the recipe of run %s: %w", name, err)
	}
	var r recipe.Recipe // of whatever version: what this one does not know is left out
	if err := json.Unmarshal(data, &r); err != nil {
		return s, fmt.Errorf("read the recipe of run %s: %w", name, err)
	}
	manifests, refused, err := records.All(ctx, store, s.id)
	if err != nil {
		return s, err
	}
	if s.shown, err = report.Build(r, manifests); err != nil {
		return s, err
	}
	s.records, s.refused = manifests, records.Lines(refused) // the rest is worth showing
	s.shown.Refused = s.refused
	s.scores, s.page = scoresOf(manifests), pageOf(manifests)
	return s, nil
}

// sayRefused says of records that were refused why they are left out.
func sayRefused(out io.Writer, refused []records.Refusal) {
	for _, r := range refused {
		fmt.Fprintln(out, "left out:", r)
	}
}

// pageOf is the report that was written last.
func pageOf(manifests []artifact.Manifest) artifact.Ref {
	var newest artifact.Manifest
	for _, m := range manifests {
		if m.Kind == artifact.KindReport && (newest.Kind == "" || m.Work.Ended.After(newest.Work.Ended)) {
			newest = m
		}
	}
	return newest.Outputs[artifact.OutputReport]
}

// scoresOf are the results of all benchmarks, in the order in which they were measured.
func scoresOf(manifests []artifact.Manifest) []workflows.Score {
	var measured []artifact.Manifest
	for _, m := range manifests {
		if m.Kind == artifact.KindEvaluation {
			measured = append(measured, m)
		}
	}
	slices.SortStableFunc(measured, func(a, b artifact.Manifest) int { return a.Work.Ended.Compare(b.Work.Ended) })
	scores := make([]workflows.Score, len(measured))
	for i, m := range measured {
		r := evaluation.FromMetrics(m.Name, m.Metrics)
		scores[i] = workflows.Score{
			AvgSamplingSE: r.AvgSamplingSE, Vote: r.Vote, Shape: r.Shape, Problems: r.Problems + r.UngradableProblems,
			After: m.Stage, Benchmark: m.Name, Samples: int(m.Metrics[artifact.MetricSamples]),
			Avg: m.Metrics[artifact.MetricAvg], AvgSE: m.Metrics[artifact.MetricAvgSE],
			Pass: m.Metrics[artifact.MetricPass], PassProblems: int(m.Metrics[artifact.MetricPassProblems]),
			Gain: m.Metrics[artifact.MetricGain], GainSE: m.Metrics[artifact.MetricGainSE], GainProblems: int(m.Metrics[artifact.MetricGainProblems]),
		}
	}
	return scores
}

// stages are the run's stages as the live query shows them.
func (s storedRun) stages() []workflows.StageProgress {
	stages := make([]workflows.StageProgress, len(s.shown.Stages))
	for i, stage := range s.shown.Stages {
		p := workflows.StageProgress{Name: stage.Name, Kind: cmp.Or(stage.Kind, recipe.KindSFT), Done: len(stage.Evaluations) > 0 || stage.Collected != nil || stage.Curate != nil && len(stage.Curated) == len(stage.Curate.Rules) || s.begun(i+1)}
		if stage.Collect != nil && stage.Collected != nil {
			p.Collected, p.Temperature = stage.Collected.Stats, stage.Collect.Temperature
		}
		if stage.Teach != nil && stage.Taught != nil {
			p.Taught, p.Step, p.Steps = stage.Taught.Stats, stage.Taught.Shards, stage.Teach.Shards
			p.Done = p.Done || stage.Taught.Examples.Known()
		}
		if stage.Curate != nil {
			p.Step, p.Steps = len(stage.Curated), len(stage.Curate.Rules)
		}
		for _, c := range stage.Curated {
			p.Curated = append(p.Curated, c.Passed)
		}
		if n := len(stage.Loss); n > 0 {
			p.Step, p.Loss = stage.Loss[n-1].Step, stage.Loss[n-1].Value
		}
		if stage.RL != nil {
			p.Steps, p.Temperature = stage.RL.Steps, stage.Temperature.Value
			p.Reward, p.Step = last(stage.Reward)
			p.Entropy, _ = last(stage.Entropy)
			p.ResponseLength, _ = last(stage.ResponseLength)
			p.Truncation, _ = last(stage.Truncation)
			p.Signal = stage.Last
			if n := len(stage.Searches); n > 0 {
				p.Found = stage.Searches[n-1].Found()
			}
		}
		for _, r := range stage.Remarks {
			p.Remarks = append(p.Remarks, r.Remark)
		}
		stages[i] = p
	}
	return stages
}

// begun reports whether stage i or a later one has recorded anything.
func (s storedRun) begun(i int) bool {
	for ; i < len(s.shown.Stages); i++ {
		if stage := s.shown.Stages[i]; len(stage.Loss)+len(stage.Reward)+len(stage.Evaluations) > 0 || len(stage.Searches) > 0 || stage.Collected != nil || stage.Taught != nil || len(stage.Curated) > 0 {
			return true
		}
	}
	return false
}

// last is a curve's last value and its step.
func last(c report.Curve) (value float64, step int) {
	if len(c) == 0 {
		return 0, 0
	}
	return c[len(c)-1].Value, c[len(c)-1].Step
}

// standing is how the run stands, for JSON.
func (s storedRun) standing(data string) standing {
	next := advice.Command(data, "up")
	if !s.page.IsZero() {
		next = advice.Command(data, "report", s.id.Name)
	}
	return standing{
		Run: s.id.Name, RunID: s.id.ID, State: s.state(), Started: s.started, Ended: s.shown.Ended, Next: next,
		Progress: workflows.Progress{Run: s.id, State: workflows.RunState(s.state()), Parent: s.shown.Recipe.Parent, Stages: s.stages(), Scores: s.scores, Report: s.page},
	}
}

// show prints the run as status does, with what to do next; running says that
// Temporal answers, and does not know the run.
func (s storedRun) show(out io.Writer, data string, running bool) error {
	fmt.Fprintf(out, "run %s: %s, started %s\n", s.id.Name, s.state(), clock(s.started))
	if p := s.shown.Recipe.Parent; p != nil {
		fmt.Fprintln(out, "begins with", p.Text())
	}
	for _, why := range s.refused {
		fmt.Fprintln(out, "  left out:", why)
	}
	writeStages(out, s.stages())
	if err := writeScores(out, s.scores); err != nil {
		return err
	}
	switch {
	case s.page.IsZero() && running:
		fmt.Fprintf(out, "Temporal does not know this run any more; the command that started it goes on from here: %s\n", advice.Command(data, "run", "RECIPE", "--name", s.id.Name))
		return nil
	case s.page.IsZero():
		fmt.Fprintf(out, "nothing runs on %s now; a run that has not ended goes on with %s\n", data, advice.Command(data, "up"))
		return nil
	}
	fmt.Fprintf(out, "its report: %s\n", advice.Command(data, "report", s.id.Name))
	return nil
}
