package workflows

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// searchInput asks for a temperature on a store with data and an initial policy.
func searchInput(t *testing.T, store objectstore.Store, target float64, measurements int) TemperatureSearchInput {
	t.Helper()
	stage := stageInput(t, store, 1)
	search := stage.Search
	search.TargetEntropy, search.Tolerance, search.MaxMeasurements = target, 0.005, measurements
	return TemperatureSearchInput{
		Run: testRunID, Seed: 1, Vocabulary: stage.Vocabulary, Numerics: stage.Numerics, Stage: "math",
		Search: search, Dataset: stage.Dataset, Policy: stage.State.Policy,
	}
}

// TestTemperatureSearch: the fake's entropy is a quarter of the temperature.
func TestTemperatureSearch(t *testing.T) {
	for _, test := range []struct {
		name                 string
		target               float64
		measurements         int
		temperature, entropy float64
		within               bool
	}{
		{"found", 0.3, 8, 1.2, 0.3, true},
		{"at the start", 0.2, 8, 0.8, 0.2, true},
		{"out of reach above", 0.9, 8, 1.5, 0.375, false},
		{"out of reach below", 0.01, 8, 0.2, 0.05, false},
		{"one measurement", 0.3, 1, 0.8, 0.2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := objectstore.NewMemory()
			in := searchInput(t, store, test.target, test.measurements)
			p := newPlace(t, store)
			p.env.ExecuteWorkflow(TemperatureSearch, in)
			got, err := result[TemperatureSearchResult](p)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.Temperature-test.temperature) > 0.02 || math.Abs(got.Entropy-test.entropy) > 0.005 || got.WithinTolerance != test.within {
				t.Errorf("got %+v", got)
			}
			if n := len(got.Table); n == 0 || n > test.measurements || p.completed["GenerateRollouts"] != n || p.completed["RecordTemperature"] != 1 {
				t.Errorf("%d measurements, work %v", n, p.completed)
			}
			seen := map[float64]bool{}
			for _, m := range got.Table {
				if seen[m.Temperature] || math.Abs(m.Entropy-0.25*m.Temperature) > 1e-9 || m.Rollouts != in.Search.Problems || m.ResponseLength <= 0 {
					t.Errorf("measurement %+v", m)
				}
				seen[m.Temperature] = true
			}
			if _, ok := seen[got.Temperature]; !ok {
				t.Error("the temperature that was chosen was not measured")
			}
		})
	}
}

// TestEvaluationShards: however a benchmark is cut, its figures are the same.
func TestEvaluationShards(t *testing.T) {
	store := objectstore.NewMemory()
	stage := stageInput(t, store, 1)
	var want Score
	for _, shards := range []int{1, 3, 5, 16, 40} {
		p := newPlace(t, store)
		bench := recipe.Benchmark{
			Name: fmt.Sprintf("cut-%d", shards), Domain: "math", Data: "math", Samples: 3, Temperature: 0.6, TopP: 0.95, MaxResponseTokens: 24, Shards: shards,
		}
		in := EvaluationInput{
			Run: testRunID, Seed: 1, Vocabulary: stage.Vocabulary, Numerics: stage.Numerics, After: "sft", Policy: stage.State.Policy,
			Benches: []recipe.Benchmark{bench}, Datasets: map[string]activities.Dataset{"math": stage.Dataset},
		}
		// The random streams are keyed by the benchmark: here all are one, in runs of their own.
		in.Benches[0].Name, in.Run = "math", artifact.RunID{Name: testRunName, ID: fmt.Sprint(shards)}
		p.env.ExecuteWorkflow(Evaluation, in)
		got, err := result[EvaluationResult](p)
		if err != nil {
			t.Fatal(err)
		}
		if n := min(shards, 16); p.completed["GenerateRollouts"] != n || p.completed["ScoreRollouts"] != n || p.completed["SummarizeEvaluation"] != 1 {
			t.Errorf("%d shards: %v", shards, p.completed)
		}
		if shards == 1 {
			want = got.Scores[0]
			if want.Avg <= 0 || want.Avg >= 1 || want.Samples != 3 || want.After != "sft" {
				t.Fatalf("score is %+v", want)
			}
		}
		if got.Scores[0] != want {
			t.Errorf("%d shards: %+v, want %+v", shards, got.Scores[0], want)
		}
	}
}

// TestEvaluationGrading: each benchmark is graded by the rules that it asks for.
func TestEvaluationGrading(t *testing.T) {
	store := objectstore.NewMemory()
	stage := stageInput(t, store, 1)
	in := EvaluationInput{
		Run: testRunID, Seed: 1, Vocabulary: stage.Vocabulary, Numerics: stage.Numerics, After: "sft", Policy: stage.State.Policy,
		Datasets: map[string]activities.Dataset{"math": stage.Dataset},
	}
	want := map[recipe.Grading]string{"": "", recipe.GradingStrict: "", recipe.GradingLenient: " lenient", recipe.GradingToolkit: " acereason-toolkit"}
	for grading := range want {
		in.Benches = append(in.Benches, recipe.Benchmark{
			Name: "math" + string(grading), Domain: "math", Data: "math", Samples: 1, Temperature: 1, TopP: 1, MaxResponseTokens: 24, Shards: 1, Grading: grading,
		})
	}
	p := newPlace(t, store)
	p.env.ExecuteWorkflow(Evaluation, in)
	if _, err := result[EvaluationResult](p); err != nil {
		t.Fatal(err)
	}
	for grading, suffix := range want {
		manifest := fmt.Sprintf("%safter-sft-math%s/%s-", testRunID.Prefix(), grading, artifact.KindVerdicts)
		keys, err := store.List(context.Background(), manifest)
		if err != nil || len(keys) != 1 {
			t.Fatalf("grading %q: %d manifests (%v)", grading, len(keys), err)
		}
		data, err := store.Read(context.Background(), keys[0])
		if err != nil {
			t.Fatal(err)
		}
		if m, err := artifact.DecodeManifest(data); err != nil || !regexp.MustCompile("^math/[0-9]+"+suffix+"$").MatchString(m.Grader) {
			t.Errorf("grading %q: graded by %q (%v)", grading, m.Grader, err)
		}
	}
}

// TestEvaluationInTwoGradings: the same responses are judged by both, and both figures are told.
func TestEvaluationInTwoGradings(t *testing.T) {
	store := objectstore.NewMemory()
	stage := stageInput(t, store, 1)
	in := EvaluationInput{
		Run: testRunID, Seed: 1, Vocabulary: stage.Vocabulary, Numerics: stage.Numerics, After: "sft", Policy: stage.State.Policy,
		Datasets: map[string]activities.Dataset{"math": stage.Dataset},
		Benches: []recipe.Benchmark{{Name: "math", Domain: "math", Data: "math", Samples: 2, Temperature: 1, TopP: 1, MaxResponseTokens: 24, Shards: 2,
			AlsoGrading: recipe.GradingLenient}},
	}
	p := newPlace(t, store)
	p.env.ExecuteWorkflow(Evaluation, in)
	got, err := result[EvaluationResult](p)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Scores) != 2 || got.Scores[0].Benchmark != "math" || got.Scores[1].Benchmark != "math-lenient" || got.Scores[1].Avg < got.Scores[0].Avg {
		t.Errorf("scores are %+v", got.Scores)
	}
	for i, shard := range got.Shards["math"].Items {
		if again := got.Shards["math-lenient"].Items[i]; again.Rollouts != shard.Rollouts {
			t.Errorf("shard %d is %+v and %+v", i, shard, again)
		}
	}
	for kind, want := range map[artifact.Kind]int{artifact.KindRollouts: 2, artifact.KindVerdicts: 4} {
		if keys, err := store.List(context.Background(), fmt.Sprintf("%safter-sft-math/%s-", testRunID.Prefix(), kind)); err != nil || len(keys) != want {
			t.Errorf("%d manifests of %s, want %d (%v)", len(keys), kind, want, err)
		}
	}
}

func TestShardsOf(t *testing.T) {
	for _, test := range []struct {
		problems, n int
		want        string
	}{
		{5, 2, "[[0 1] [2 3 4]]"}, {7, 3, "[[0 1] [2 3] [4 5 6]]"}, {2, 5, "[[0] [1]]"}, {4, 1, "[[0 1 2 3]]"}, {3, 0, "[[0 1 2]]"}, {0, 2, "[[]]"},
	} {
		if got := fmt.Sprint(shardsOf(firstProblems(test.problems), test.n)); got != test.want {
			t.Errorf("%d in %d: %s, want %s", test.problems, test.n, got, test.want)
		}
	}
}

// TestStageThatWantsTooMuch: a step with more problems than the data have is the user's to mend.
func TestStageThatWantsTooMuch(t *testing.T) {
	store := objectstore.NewMemory()
	in := stageInput(t, store, 1)
	in.Stage.RL.ProblemsPerStep = 17
	p := newPlace(t, store)
	p.env.ExecuteWorkflow(RLStage, in)
	_, err := result[StageResult](p)
	checkUserError(t, err, "data.math", "17", "16")
	if n, err := p.learner.Updates(context.Background(), in.State.Policy); n != 0 || err != nil {
		t.Errorf("%d updates, %v", n, err)
	}
}

// TestTokenLimits: what a dataset may hold follows from all that use it.
func TestTokenLimits(t *testing.T) {
	r := smoke(t)
	if got := maxPromptTokens(r, "math"); got != 128-16 {
		t.Errorf("math prompts up to %d", got)
	}
	r.TemperatureSearch.MaxResponseTokens = 50
	if got := maxPromptTokens(r, "math"); got != 128-50 {
		t.Errorf("with a longer search: %d", got)
	}
	if got := maxPromptTokens(r, "math-held-out"); got != 128-24 {
		t.Errorf("benchmark prompts up to %d", got)
	}
	r.Stages[1].SFT.Data, r.Stages[1].SFT.MaxTokens = "base-text", 40
	if got := maxExampleTokens(r, "base-text"); got != 40 {
		t.Errorf("examples up to %d", got)
	}
	if got := maxExampleTokens(r, "math"); got != 0 {
		t.Errorf("no stage uses math, yet examples up to %d", got)
	}
}
