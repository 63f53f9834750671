package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/evaluation"
)

// fromServed measures a model that a server holds.
const fromServed = `
name: fields
seed: 1
model: {served: {endpoint: one, model: big}}
prompt: {format: chat, system: be brief, math: "{question}", code: "write {question}"}
data:
  problems: {uri: /problems.jsonl, format: problems}
  code: {uri: /code.jsonl, format: problems}
stages: [{name: as-it-is, kind: evaluate}]
evaluation:
  benchmarks:
    - {name: math, domain: math, data: problems, samples: 4, temperature: 0.6, top_p: 0.95, max_response_tokens: 64, shards: 2, also_grading: acereason-toolkit}
    - {name: code, domain: code, data: code, samples: 1, temperature: 0.6, top_p: 0.95, max_response_tokens: 64, shards: 1}
`

// fieldsOfServed are seen in a run that measures a server's model.
var fieldsOfServed = map[string]fieldCase{
	"model.served.endpoint": change("taught", "model.served.endpoint=two"),
	"model.served.model":    change("taught", "model.served.model=small"),
}

// TestServedRun: a server's responses are bought once, judged in both gradings and summed up as a policy's
// are: of four samples of each problem the first and third are right, and the third is cut.
func TestServedRun(t *testing.T) {
	_, store, result := observe(t, decoded(t, fromServed), teachingSources())
	if len(result.Scores) != 3 || !result.Checkpoint.IsZero() {
		t.Fatalf("the result is %+v", result)
	}
	want := map[string]float64{"math": 0.25, "math-acereason-toolkit": 0.5, "code": 0}
	for _, s := range result.Scores {
		// The problem "say 0" has the answer that the wrong samples give.
		lucky := map[string]float64{"math": 0.5 / 5, "math-acereason-toolkit": 0.5 / 5, "code": 0}[s.Benchmark]
		if math.Abs(s.Avg-want[s.Benchmark]-lucky) > 1e-12 || s.Problems != 5 {
			t.Errorf("%s is %+v", s.Benchmark, s)
		}
	}
	bought, asked := 0, 0.
	keys, err := store.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		data, err := store.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		m, err := artifact.DecodeManifest(data)
		switch {
		case err != nil && len(key) > 9 && key[:9] == "teachers/":
			bought++
		case err == nil && m.Kind == artifact.KindTeaching:
			asked += m.Metrics[artifact.MetricRollouts]
		case err == nil && m.Kind == artifact.KindEvaluation && m.Name == "math":
			for name, want := range map[string]float64{
				artifact.MetricTruncation: 0.25, artifact.MetricResponseLength: 8, artifact.MetricMedianLength: 8, artifact.MetricNoReasoningEnd: 0, artifact.MetricUngradableShare: 0,
			} {
				if m.Metrics[name] != want {
					t.Errorf("%s is %g, want %g", name, m.Metrics[name], want)
				}
			}
			if _, known := m.Metrics[artifact.MetricEntropy]; known {
				t.Error("nobody knows the entropy")
			}
		}
	}
	if bought != 25 || asked != 25 {
		t.Errorf("%d responses are stored and %g were asked for, want 25", bought, asked)
	}
}

// TestRecordedEvaluations: what two runs have measured is read back problem by problem, with what differs.
func TestRecordedEvaluations(t *testing.T) {
	store := objectstore.NewMemory()
	read := func(benchmark string, set ...string) activities.RecordedEvaluation {
		t.Helper()
		_, result := observeOn(t, store, decoded(t, fromServed, set...), teachingSources())
		manifests, _, err := records.All(t.Context(), store, result.Run)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range manifests {
			if m.Kind == artifact.KindEvaluation && m.Name == benchmark {
				e, err := activities.ReadEvaluation(t.Context(), store, manifests, m)
				if err != nil {
					t.Fatal(err)
				}
				return e
			}
		}
		t.Fatalf("%s is not there", benchmark)
		return activities.RecordedEvaluation{}
	}
	strict, toolkit := read("math"), read("math-acereason-toolkit")
	names := strict.Common(toolkit)
	c, flips, err := evaluation.Between(names, strict.Side, toolkit.Side)
	if err != nil || c.Problems != 5 || math.Abs(c.Difference-0.25) > 1e-12 || len(flips.Lost) != 0 {
		t.Errorf("%+v, %+v, %v", c, flips, err)
	}
	if got := strict.Differs(toolkit, names); len(got) != 1 || !strings.HasPrefix(got[0], "graders: math/") || !strings.HasSuffix(got[0], " acereason-toolkit") {
		t.Errorf("they differ in %q", got)
	}
}

// TestRecordedEvaluationsDiffer: other problems and other prompts are told apart.
func TestRecordedEvaluationsDiffer(t *testing.T) {
	a := activities.RecordedEvaluation{Side: evaluation.Side{"p": nil, "q": nil, "r": nil}, Graders: []string{"g"}, Problems: map[string]dataset.Problem{
		"p": {Question: "1?", Prompt: "x 1?"}, "q": {Question: "2?", Prompt: "x 2?"}, "r": {}}}
	b := activities.RecordedEvaluation{Side: evaluation.Side{"p": nil, "q": nil}, Graders: []string{"g"}, Problems: map[string]dataset.Problem{
		"p": {Question: "1?", Prompt: "y 1?"}, "q": {Question: "2?", Answer: "3"}}}
	want := []string{"data: 3 problems, and 2; 2 of the same name are compared", "data: question, answer or tests of 1 of 2 problems", "prompts: those of 1 of 2 problems"}
	if got := a.Differs(b, a.Common(b)); !slices.Equal(got, want) {
		t.Errorf("they differ in %q, want %q", got, want)
	}
}
