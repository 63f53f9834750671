package activities_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

func sftInput(p *place) activities.TrainSFTInput {
	p.t.Helper()
	stage, data := smoke(p.t).Stages[1], p.dataset("demonstrations")
	return activities.TrainSFTInput{
		Run: testRun, Stage: stage, Seed: 1, Vocabulary: p.vocabulary("synthetic"), Examples: data.Examples, NumExamples: data.NumExamples,
		Policy: p.initial(), FirstUpdate: 2, EndUpdate: 6, Updates: 16, Numerics: recipe.Numerics{MicroBatchTokens: 256},
	}
}

// recorder notes the segments that a learner gets.
type recorder struct {
	activities.Learner
	segments []activities.SFTSegment
}

func (r *recorder) TrainSFT(ctx context.Context, from artifact.Policy, s activities.SFTSegment, between func(activities.SFTStats, activities.SaveFunc) error) (artifact.Ref, activities.SFTStats, error) {
	r.segments = append(r.segments, s)
	return r.Learner.TrainSFT(ctx, from, s, between)
}

func TestTrainSFT(t *testing.T) {
	p := newPlace(t, nil)
	in := sftInput(p)
	rec := &recorder{Learner: p.learner}
	p.acts.Learner = rec
	got := must(p, p.acts.TrainSFT, in)
	if got.Policy.Checkpoint.IsZero() || len(got.Policy.Updates) != 0 || got.Tokens == 0 || got.TokensPerSecond <= 0 {
		t.Errorf("result is %+v", got)
	}
	if n, err := p.learner.Updates(context.Background(), got.Policy); err != nil || n != 4 {
		t.Errorf("%d updates, %v", n, err)
	}
	segment := rec.segments[0]
	if segment.FirstUpdate != 2 || segment.Updates != 16 || segment.Batches.Len != 4 || segment.Numerics.MicroBatchTokens != 256 || segment.ResetOptimizer {
		t.Errorf("segment is %+v", segment)
	}
	examples, err := dataset.DecodeExamples(p.get(in.Examples))
	if err != nil {
		t.Fatal(err)
	}
	want, err := dataset.NewOrders(in.NumExamples, recipe.DeriveSeed(1, "order of sft")).BatchExamples(in.Stage.SFT.BatchSize, in.Stage.SFT.Epochs, 5)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := segment.Batches.At(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range want {
		want, err := dataset.Tokenize(tok(t), 1, examples[i])
		if err != nil {
			t.Fatal(err)
		}
		if e := batch[k]; !reflect.DeepEqual(e, want) {
			t.Errorf("example %d of update 5 is %v, want %v", k, e, want)
		}
	}
	for _, m := range p.manifests(testRun) {
		if m.Kind == artifact.KindSFT && (m.Step != 6 || len(m.Series[artifact.MetricLoss]) != 4 || m.Inputs["parent"] != in.Policy.Checkpoint || m.Metrics[artifact.MetricLoss] != got.Loss) {
			t.Errorf("manifest is %+v", m)
		}
	}
}

// TestResetOptimizer: fresh moments come with a stage's first segment only, and only where the recipe wants them.
func TestResetOptimizer(t *testing.T) {
	for _, test := range []struct {
		state recipe.Carried
		first int
		want  bool
	}{{recipe.StateReset, 0, true}, {recipe.StateReset, 4, false}, {recipe.StateCarry, 0, false}} {
		p := newPlace(t, nil)
		in := sftInput(p)
		rec := &recorder{Learner: p.learner}
		p.acts.Learner = rec
		in.Stage.SFT.Optimizer.State, in.FirstUpdate = test.state, test.first
		must(p, p.acts.TrainSFT, in)
		if got := rec.segments[0].ResetOptimizer; got != test.want {
			t.Errorf("%s from update %d: %v", test.state, test.first, got)
		}
	}
}

func TestTrainSFTRefuses(t *testing.T) {
	p := newPlace(t, nil)
	good := sftInput(p)
	for _, test := range []struct {
		name    string
		change  func(*activities.TrainSFTInput)
		class   string
		retried bool
		message string
	}{
		{"empty segment", func(in *activities.TrainSFTInput) { in.EndUpdate = 2 }, activities.UnexpectedType, true, "segment [2, 2) is empty"},
		{"update beyond the end", func(in *activities.TrainSFTInput) { in.EndUpdate = 99 }, activities.UnexpectedType, true, "train sft"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := good
			test.change(&in)
			_, err := do(p, p.acts.TrainSFT, in)
			if app := checkFailure(t, err, test.class, test.retried); !strings.Contains(app.Message(), test.message) {
				t.Errorf("message is %q", app.Message())
			}
		})
	}
	if n := p.learner.Calls(learnertest.OpTrain); n != 0 {
		t.Errorf("the learner was asked %d times", n)
	}
}
