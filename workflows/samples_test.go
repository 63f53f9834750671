package workflows

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/report"
	"temper/model/samples"
)

// samples reads those of the place's run.
func (p *place) samples(f activities.SampleFilter) (all []samples.Sample) {
	p.t.Helper()
	err := activities.EachSample(p.t.Context(), p.store, p.manifests(), f, func(s samples.Sample) error {
		all = append(all, s)
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// TestSamples: every judged response of a run can be read, with what the update made of it.
func TestSamples(t *testing.T) {
	p, r := newPlace(t, nil), smoke(t)
	p.mustRun(r)
	rl := r.Stages[slices.IndexFunc(r.Stages, func(s recipe.Stage) bool { return s.RL != nil })]
	want := rl.RL.Steps * rl.RL.ProblemsPerStep * rl.RL.GroupSize
	steps := map[int]int{}
	groups := map[[2]int]float64{}
	for _, s := range p.samples(activities.SampleFilter{Stage: rl.Name}) {
		if s.Stage != rl.Name {
			if !strings.HasPrefix(s.Stage, "after-"+rl.Name+"-") || s.Step != 0 || s.Advantage != nil {
				t.Errorf("%+v is of an evaluation", s)
			}
			continue
		}
		steps[s.Step]++
		group := [2]int{s.Step, s.Index}
		if s.Prompt == "" || s.Response == "" || s.Verdict == "" || s.Tokens < 1 || s.Problem == "" || (s.Advantage == nil) != s.Truncated {
			t.Errorf("something is missing: %+v", s)
		}
		if s.Truncated { // the stage filters them: the update learns nothing from them, and they count in the mean
			groups[group] = math.NaN()
			continue
		}
		groups[group] += *s.Advantage
		if (s.Verdict == "correct") != (s.Score == 1) || *s.Advantage > 0 && s.Score == 0 {
			t.Errorf("score and advantage do not fit the verdict: %+v", s)
		}
	}
	if total := steps[1] * rl.RL.Steps; total != want || len(steps) != rl.RL.Steps || steps[0] != 0 {
		t.Errorf("samples by step are %v, want %d in all", steps, want)
	}
	for group, sum := range groups {
		if math.Abs(sum) > 1e-9 { // not of a group with a truncated one
			t.Errorf("the advantages of step %d, problem %d add up to %g", group[0], group[1], sum)
		}
	}
	wrong := p.samples(activities.SampleFilter{Stage: rl.Name, Step: 1, Verdict: "incorrect"})
	right := p.samples(activities.SampleFilter{Stage: rl.Name, Step: 1, Verdict: "correct"})
	if len(wrong)+len(right) != steps[1] || len(wrong) == 0 {
		t.Errorf("%d are wrong and %d right of %d", len(wrong), len(right), steps[1])
	}
	if of := p.samples(activities.SampleFilter{Stage: rl.Name, Step: 1, Problem: wrong[0].Problem}); len(of) < rl.RL.GroupSize || of[0].Problem != wrong[0].Problem {
		t.Errorf("%d samples are of problem %s", len(of), wrong[0].Problem)
	}
	enough := errors.New("enough")
	err := activities.EachSample(t.Context(), p.store, p.manifests(), activities.SampleFilter{}, func(samples.Sample) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("reading went on: %v", err)
	}
}

// damaging is a store in which one blob is damaged.
type damaging struct {
	objectstore.Store
	blob artifact.Ref
}

func (d damaging) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if ref == d.blob {
		return nil, fmt.Errorf("get %s: %w", ref.Key, artifact.ErrCorrupt)
	}
	return d.Store.Get(ctx, ref)
}

// TestDamagedSamples: where a report's samples are damaged, it names the shard instead.
func TestDamagedSamples(t *testing.T) {
	p, r := newPlace(t, nil), smoke(t)
	p.mustRun(r)
	at := slices.IndexFunc(r.Stages, func(s recipe.Stage) bool { return s.RL != nil })
	stage := r.Stages[at]
	var verdicts artifact.Ref
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindVerdicts && m.Stage == stage.Name && m.Step == stage.RL.Steps-1 && m.Shard == 0 {
			verdicts = m.Outputs[artifact.OutputVerdicts]
		}
	}
	of, err := activities.ReportSamples(t.Context(), damaging{p.store, verdicts}, r.Stages, p.manifests())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(of, func(s report.StageSamples) bool { return s.Stage == stage.Name })
	if i < 0 || !slices.Equal(of[i].Damaged, []string{"shard 1"}) {
		t.Errorf("the samples are %+v", of)
	}
	page, err := report.Render(report.Run{Recipe: r, Samples: of})
	if err != nil || !strings.Contains(string(page), "what was answered there is not shown: shard 1.") {
		t.Errorf("the page does not say it, error %v", err)
	}
}
