package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/recipe"
	"temper/workflows"
)

// TestLongPaper: the paper's recipe with small numbers, through curation, a teacher, supervised training over epochs,
// all stages of RL with their filters and schedules, and an evaluation by every kind of verdict.
func TestLongPaper(t *testing.T) {
	long(t)
	s := newRealStack(t)
	for _, name := range []string{"acereason-1.1-scaled", "acereason-1.1-seed-scaled", "acereason-1.0-scaled"} {
		t.Run(name, func(t *testing.T) { paperRun(t, s, name) })
	}
}

func paperRun(t *testing.T, s *realStack, name string) {
	r, err := recipe.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	s.judgesByLength("paper-judge")
	r.Data["own"] = recipe.Dataset{URI: writtenProblems(t), Format: recipe.FormatProblems}
	r.Evaluation.Benchmarks = append(r.Evaluation.Benchmarks, recipe.Benchmark{Name: "own", Domain: recipe.DomainActivity, Data: "own", Samples: 1, Temperature: 1, TopP: 1,
		MaxResponseTokens: 20, Shards: 1, Reward: &recipe.Reward{TaskQueue: "paper-judge", Activity: "judge", Version: "1", TimeoutSeconds: 60}})
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	server := newWorkedTeacher(t, r)
	s.endpoint(fmt.Sprintf("worked-solutions: {url: %s/v1, concurrency: 16}\n", server.URL))
	result := s.result(s.start(strings.ReplaceAll(name, ".", "-"), r))
	if result.State != workflows.StateCompleted {
		t.Fatalf("the run ended %s", result.State)
	}
	for _, score := range result.Scores {
		t.Logf("after %s: %s %.3f", score.After, score.Benchmark, score.Avg)
	}
	manifests := s.manifests(result.Run)
	everyStageTrains(t, r, manifests)
	everyRuleFilters(t, s, r, manifests)
	everyVerdictIsHad(t, r, result.Scores)
	// What an earlier run has bought is not asked for again.
	if asked := server.right + server.wrong; asked > 0 && (server.wrong == 0 || server.right < 3*server.wrong) {
		t.Errorf("the teacher was right %d times and wrong %d times", server.right, server.wrong)
	}
	page, err := s.openStore().Get(t.Context(), result.Report)
	if err != nil {
		t.Fatal(err)
	}
	reportsAllSettings(t, r, string(page))
}

// everyStageTrains: each stage that trains has trained tokens, and each of RL a group with right and wrong rollouts.
func everyStageTrains(t *testing.T, r recipe.Recipe, manifests []artifact.Manifest) {
	t.Helper()
	tokens, mixed, steps := map[string]float64{}, map[string]float64{}, map[string]int{}
	for _, m := range manifests {
		switch m.Kind {
		case artifact.KindUpdate:
			mixed[m.Stage] += m.Metrics[artifact.MetricGroups] - m.Metrics[artifact.MetricZeroVarianceGroups]
			steps[m.Stage]++
			fallthrough
		case artifact.KindSFT:
			tokens[m.Stage] += m.Metrics[artifact.MetricTrainedTokens]
		}
	}
	for _, stage := range r.Stages {
		if (stage.SFT != nil || stage.RL != nil) && tokens[stage.Name] == 0 {
			t.Errorf("%s has trained no token", stage.Name)
		}
		if stage.RL != nil {
			t.Logf("%s: %d steps, %g mixed groups, %g tokens", stage.Name, steps[stage.Name], mixed[stage.Name], tokens[stage.Name])
			if mixed[stage.Name] == 0 {
				t.Errorf("%s has no group with right and wrong rollouts", stage.Name)
			}
		}
	}
}

// everyRuleFilters: each rule leaves rows out and keeps some, and every planted row is among those that are left out.
func everyRuleFilters(t *testing.T, s *realStack, r recipe.Recipe, manifests []artifact.Manifest) {
	t.Helper()
	stages, rules, found, solved := map[string]*recipe.Curate{}, 0, map[string]string{}, map[string]int{}
	for _, stage := range r.Stages {
		if stage.Curate != nil {
			stages[stage.Name] = stage.Curate
			rules += len(stage.Curate.Rules)
		}
	}
	for _, m := range manifests {
		if m.Kind != artifact.KindCuration {
			continue
		}
		curate := stages[m.Stage]
		if curate == nil { // what leaves an RL stage after an epoch
			passed := curation.FromMetrics("solved", m.Metrics)
			t.Logf("%s: %s", m.Stage, passed)
			solved[m.Stage] += passed.In - passed.Out
			continue
		}
		rule := curate.Rules[m.Step-1]
		passed := curation.FromMetrics(rule.Name(), m.Metrics)
		t.Logf("%s: %s", m.Stage, passed)
		if rules--; passed.Out == 0 || passed.Out == passed.In {
			t.Errorf("%s: %s", m.Stage, passed)
		}
		left, ok := m.Outputs[artifact.OutputLeftOut]
		if !ok {
			continue
		}
		lines, err := s.openStore().Get(t.Context(), left)
		if err != nil {
			t.Fatal(err)
		}
		for d := json.NewDecoder(bytes.NewReader(lines)); d.More(); {
			var drop curation.Drop
			if err := d.Decode(&drop); err != nil {
				t.Fatal(err)
			}
			if field, planted := strings.CutPrefix(drop.ID, "planted/"); planted {
				found[r.Origin(curate.Data)+" "+field] = rule.Name()
			}
		}
	}
	if rules != 0 {
		t.Errorf("%d rules have no record", rules)
	}
	for _, stage := range r.Stages {
		if stage.RL != nil && stage.RL.Solved.On() && solved[stage.Name] == 0 {
			t.Errorf("no problem left %s that every rollout solves", stage.Name)
		}
	}
	everyPlantedRow(t, r, found)
}

// everyPlantedRow: each is left out by the rule that it was planted for.
func everyPlantedRow(t *testing.T, r recipe.Recipe, found map[string]string) {
	t.Helper()
	finders := map[string]string{
		"repeated": "dedupe", "contaminated": "decontaminate", "same_source": "same_source", "unusable": "questions", "unfit": "answers golden weak_tests released",
	}
	for name, d := range r.Data {
		if d.Synthetic == nil || d.Synthetic.Planted == nil {
			continue
		}
		p, number := d.Synthetic.Planted, 0
		for _, kind := range []struct {
			field string
			rows  int
		}{{"repeated", p.Repeated}, {"contaminated", p.Contaminated}, {"same_source", p.SameSource}, {"unusable", p.Unusable}, {"unfit", p.Unfit}} {
			for range kind.rows {
				number++
				id := fmt.Sprintf("%s %s/%d", name, kind.field, number)
				if rule := found[id]; rule == "" || !strings.Contains(finders[kind.field], rule) {
					t.Errorf("the planted row %s was found by %q; want one of %s", id, rule, finders[kind.field])
				}
			}
		}
	}
}

// everyVerdictIsHad: every kind of verdict is that of a benchmark, measured after every stage that trains, and the
// policy solves more of math and code at the end than after the text that stands for a base model.
func everyVerdictIsHad(t *testing.T, r recipe.Recipe, scores []workflows.Score) {
	t.Helper()
	measured := map[string]int{}
	for _, score := range scores {
		measured[score.Benchmark]++
	}
	domains := map[recipe.Domain]bool{}
	trained := 0
	for _, stage := range r.Stages {
		if stage.SFT != nil || stage.RL != nil {
			trained++
		}
	}
	for _, b := range r.Evaluation.Benchmarks {
		domains[b.Domain] = true
		if measured[b.Name] < trained {
			t.Errorf("%s was measured %d times, after %d stages", b.Name, measured[b.Name], trained)
		}
	}
	if len(domains) != len(recipe.Domains()) {
		t.Errorf("benchmarks are of the domains %v, want all of %v", domains, recipe.Domains())
	}
}

// reportsAllSettings: nothing of a stage comes from a default that the report does not print.
func reportsAllSettings(t *testing.T, r recipe.Recipe, page string) {
	t.Helper()
	for _, group := range r.Effective() {
		_, of, _ := strings.Cut(page, "<summary>"+group.Name+"</summary>")
		of, _, _ = strings.Cut(of, "</details>")
		for _, v := range group.Values {
			if !strings.Contains(of, ">"+v.Path+"<") || !strings.Contains(of, ">"+html.EscapeString(v.Value)+"<") {
				t.Errorf("the report does not print %s of %s, which is %s", v.Path, group.Name, v.Value)
			}
		}
	}
}

// writtenProblems is a file of problems for a reward of the user's.
func writtenProblems(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "own.jsonl")
	if err := os.WriteFile(path, []byte(`{"problem":"1a+1?"}`+"\n"+`{"problem":"2a+2?"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// judgesByLength serves a reward of the user's, which likes what is long.
func (s *realStack) judgesByLength(queue string) {
	s.t.Helper()
	w := worker.New(s.client, queue, worker.Options{})
	w.RegisterActivityWithOptions(longer, activity.RegisterOptions{Name: "judge"})
	if err := w.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(w.Stop)
}
