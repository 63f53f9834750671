package activities_test

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/rollout"
)

// generateInput asks for rollouts of the smoke recipe's math problems.
func generateInput(p *place, problems []int, samples int) activities.GenerateRolloutsInput {
	p.t.Helper()
	return activities.GenerateRolloutsInput{
		Run: testRun, Stage: "math", Step: 3, Shard: 1, Seed: 7, Vocabulary: p.vocabulary("synthetic"), Policy: p.initial(),
		Dataset: p.dataset("math").Problems, Problems: problems, Samples: samples,
		Sampling: activities.Decoding{Sampling: rollout.Sampling{Temperature: 0.8, TopP: 1, MaxResponseTokens: 12}, Rows: 4},
	}
}

func TestGenerateRollouts(t *testing.T) {
	p := newPlace(t, nil)
	in := generateInput(p, []int{5, 2}, 3)
	got := must(p, p.acts.GenerateRollouts, in)
	rollouts := p.rollouts(got.Rollouts)
	if len(rollouts) != 6 || got.Number != 6 {
		t.Fatalf("%d rollouts, summary %+v", len(rollouts), got)
	}
	tokens := 0
	for i, r := range rollouts {
		problem, sample := in.Problems[i/3], i%3
		if r.Problem != problem || r.Sample != sample || r.Seed != rollout.Seed(7, "math", 3, problem, sample) {
			t.Errorf("rollout %d is of problem %d sample %d seed %d", i, r.Problem, r.Sample, r.Seed)
		}
		tokens += len(r.Response)
	}
	if got.ResponseTokens != int64(tokens) || got.ResponseLength != float64(tokens)/6 || math.Abs(got.Entropy-0.25*0.8) > 1e-9 || got.TokensPerSecond <= 0 {
		t.Errorf("summary is %+v", got)
	}
	for key, m := range p.manifests(testRun) {
		if m.Kind != artifact.KindRollouts {
			continue
		}
		if !strings.HasPrefix(key, "runs/test/0001/math/rollouts-000003-01-") {
			t.Errorf("key is %s", key)
		}
		if m.Metrics[artifact.MetricTemperature] != 0.8 || m.Inputs["dataset"] != in.Dataset || m.Inputs["policy"] != in.Policy.Checkpoint {
			t.Errorf("manifest is %+v", m)
		}
	}
}

// TestRolloutsDoNotDependOnTheShard: the same problem has the same rollouts wherever it is sampled.
func TestRolloutsDoNotDependOnTheShard(t *testing.T) {
	p := newPlace(t, nil)
	whole := generateInput(p, []int{1, 4, 9}, 2)
	part := whole
	part.Problems, part.Shard = []int{9}, 0
	all := p.rollouts(must(p, p.acts.GenerateRollouts, whole).Rollouts)
	one := p.rollouts(must(p, p.acts.GenerateRollouts, part).Rollouts)
	if !reflect.DeepEqual(all[4:], one) {
		t.Errorf("got %+v, want %+v", one, all[4:])
	}
}

func TestMeasurementsAreAKindOfTheirOwn(t *testing.T) {
	p := newPlace(t, nil)
	in := generateInput(p, []int{0}, 1)
	in.Measurement = true
	must(p, p.acts.GenerateRollouts, in)
	for _, m := range p.manifests(testRun) {
		if m.Kind == artifact.KindRollouts {
			t.Error("a measurement is recorded as a step's rollouts")
		}
	}
}

func TestGenerateRolloutsRefuses(t *testing.T) {
	p := newPlace(t, nil)
	good := generateInput(p, []int{0}, 1)
	for _, test := range []struct {
		name    string
		change  func(*activities.GenerateRolloutsInput)
		class   string
		retried bool
		message string
	}{
		{"problem", func(in *activities.GenerateRolloutsInput) { in.Problems = []int{16} }, activities.UnexpectedType, true, "problem 16 is not in a dataset of 16"},
		{"no such dataset", func(in *activities.GenerateRolloutsInput) { in.Dataset = artifact.RefOf([]byte("x")) }, activities.DamagedType, true, "not in the store"},
		{"not a dataset", func(in *activities.GenerateRolloutsInput) { in.Dataset = in.Policy.Checkpoint }, activities.UnexpectedType, true, "line 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := good
			test.change(&in)
			_, err := do(p, p.acts.GenerateRollouts, in)
			if app := checkFailure(t, err, test.class, test.retried); !strings.Contains(app.Message(), test.message) {
				t.Errorf("message is %q", app.Message())
			}
		})
	}
}

// TestGeneratorEndsWithItsContext: a learner that is in the middle of a response sees the end of its context.
func TestGeneratorEndsWithItsContext(t *testing.T) {
	p := newPlace(t, nil)
	in := generateInput(p, []int{0}, 1)
	seen := false
	p.learner.Use(func(ctx context.Context, op learnertest.Op, _ int) error {
		if op != learnertest.OpSample {
			return nil
		}
		close(p.stop)
		<-ctx.Done()
		seen = true
		return ctx.Err()
	})
	_, err := do(p, p.acts.GenerateRollouts, in)
	checkFailure(t, err, activities.PreemptedType, true)
	if !seen {
		t.Error("the learner's context did not end")
	}
}
