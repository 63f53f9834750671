package report

import (
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/teacher"
)

// TestTaught: a teacher's responses are summed over its shards until the dataset is there, a shard that was done again
// counts once, and the page says what was bought and kept.
func TestTaught(t *testing.T) {
	f := fakeRun()
	f.manifests = f.manifests[:1] // the recipe's
	f.recipe.Stages = []recipe.Stage{{Name: "taught", Kind: recipe.KindTeach, Teach: &recipe.Teach{
		Data: "math-short", Endpoint: "local", Model: "r1", Samples: 2, MaxTokens: 9, Temperature: 0.6, TopP: 0.95, Keep: recipe.KeepAll, Cut: recipe.CutKept, Into: "traces"}}}
	shard := func(i, tokens int) {
		s := teacher.Stats{Responses: 4, Retries: 1, PromptTokens: 5, CompletionTokens: int64(tokens), Finish: map[string]int{"stop": 3, "length": 1}}
		f.add(artifact.Manifest{Kind: artifact.KindTeaching, Stage: "taught", Shard: i, Outputs: f.output("responses"), Metrics: s.Metrics()}, 1)
	}
	run, data := build(t, f.recipe, f.manifests)
	if run.Stages[0].Taught != nil || !strings.Contains(string(data), "No response is recorded yet.") || run.Finished {
		t.Errorf("before the first shard it is %+v", run.Stages[0].Taught)
	}
	shard(0, 10)
	shard(1, 20)
	shard(1, 30)
	run, data = build(t, f.recipe, f.manifests)
	if got := run.Stages[0].Taught; got.Responses != 8 || got.CompletionTokens != 40 || got.Shards != 2 || run.Finished {
		t.Errorf("after two shards it is %+v", got)
	}
	if !strings.Contains(string(data), "Bought: 8 responses (2 length, 6 stop), 10 prompt and 40 response tokens, 2 retries.") {
		t.Error("the page does not say what was bought")
	}
	s := teacher.Stats{Responses: 8, CompletionTokens: 40, Finish: map[string]int{"stop": 8}, Kept: 7, Repeated: 1}
	m := artifact.Manifest{Kind: artifact.KindDataset, Stage: "taught", Name: "traces", Outputs: f.output("examples"), Metrics: s.Metrics(),
		Remarks: []string{`8 of 8 responses are of a model that the endpoint calls "r1-small"`}}
	m.Metrics[artifact.MetricNumExamples] = 7
	f.add(m, 1)
	run, data = build(t, f.recipe, f.manifests)
	for _, want := range []string{"Kept 7 examples", "8 responses (8 stop)", "1 that repeat another", "r1-small"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if run.Stages[0].Collected != nil || !run.Finished || run.Total.Bought.Value != 60 {
		t.Errorf("collected %v, finished %v, %v tokens bought", run.Stages[0].Collected, run.Finished, run.Total.Bought)
	}
	parse(t, data).check(t)
}
