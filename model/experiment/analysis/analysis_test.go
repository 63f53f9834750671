package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/library/statistics"
	"temper/model/report"
	"temper/model/reward"
)

const (
	yes = reward.Correct
	no  = reward.Incorrect
)

// run is a measured run with one evaluation on the benchmark b.
func run(variant string, seed uint64, accuracy, flops float64, verdicts map[int][]reward.Verdict) Measured {
	return Measured{Variant: variant, Seed: seed, Needs: -1, State: completed, Counted: true, FLOPs: flops, Steps: 10,
		Points: []Point{{After: "last", Benchmark: "b", Steps: 10, FLOPs: flops, Evaluation: report.Evaluation{Avg: report.Number{Value: accuracy, Source: "m"}, Curve: []float64{accuracy, 2 * accuracy}}, Verdicts: verdicts}}}
}

// Differences by seed are 0.1, 0.2, 0.3: mean 0.2, standard error 0.1/sqrt(3), t of 2 degrees 4.302653.
func TestDifferenceOverSeeds(t *testing.T) {
	r := Results{Experiment: experiment.Experiment{Benchmark: "b"}, Runs: []Measured{
		run("a", 1, 0.1, 1, nil), run("a", 2, 0.2, 1, nil), run("a", 3, 0.3, 1, nil),
		run("z", 3, 0.6, 1, nil), run("z", 1, 0.2, 1, nil), run("z", 2, 0.4, 1, nil), run("z", 9, 0.9, 1, nil),
	}}
	d := r.difference("z", "a", experiment.MetricAccuracy, "")
	if half := 4.302653 * 0.1 / math.Sqrt(3); d.N != 3 || math.Abs(d.Value-0.2) > 1e-12 || math.Abs(d.Half-half) > 1e-6 || d.ByProblem {
		t.Errorf("got %+v, want 0.2 ± %g over 3 seeds", d, half)
	}
	claim := experiment.Claim{Text: "More is more", Source: "p. 1", Metric: experiment.MetricAccuracy, More: "z", Less: "a"}
	if got, want := r.claimText(claim), "More is more (p. 1). This does not show at this scale, the difference cannot be told from zero: accuracy of z minus a is +20.0 % [-4.8 %, +44.8 %] over 3 seeds (+30.0 %, +10.0 %, +20.0 %)."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// With one seed the interval is over problems: differences 1, 0, 0, 1 have mean 0.5 and standard error sqrt(1/12).
func TestDifferenceOverProblems(t *testing.T) {
	before := map[int][]reward.Verdict{3: {no, no}, 1: {yes, no}, 0: {yes, yes}, 2: {no, no}, 7: {yes, yes}}
	after := map[int][]reward.Verdict{0: {yes, yes}, 1: {no, yes}, 2: {yes, yes}, 3: {yes, yes}}
	r := Results{Experiment: experiment.Experiment{Benchmark: "b"}, Runs: []Measured{run("a", 1, 0.375, 1, before), run("z", 1, 0.875, 1, after)}}
	d := r.difference("z", "a", experiment.MetricAccuracy, "")
	if half := 1.959964 * math.Sqrt(1./12); !d.ByProblem || d.Value != 0.5 || math.Abs(d.Half-half) > 1e-9 {
		t.Errorf("got %+v, want 0.5 ± %g over problems", d, half)
	}
	if d := r.difference("z", "a", experiment.MetricPass, ""); !d.ByProblem || math.IsNaN(d.Half) {
		t.Errorf("pass@k differs by %+v", d)
	}
	if d := r.difference("z", "a", experiment.MetricSteps, ""); d.Value != 0 || !math.IsNaN(d.Half) {
		t.Errorf("policy steps differ by %+v", d)
	}
}

func TestJudge(t *testing.T) {
	mean := func(value, half float64) Difference {
		d := Difference{}
		d.N, d.Value, d.Half = 3, value, half
		return d
	}
	for _, row := range []struct {
		within, value, half float64
		want                Outcome
	}{
		{0, 2, 1, Shows}, {0, -2, 1, Reverse}, {0, 1, 1.5, NotShown}, {0, 2, math.NaN(), FewSeeds},
		{3, 1, 1, Shows}, {3, 1, 2.5, TooWide}, {3, 5, 1, NotWithin}, {3, -5, 1, NotWithin},
	} {
		if got := judge(experiment.Claim{Within: row.within}, mean(row.value, row.half)); got != row.want {
			t.Errorf("%+v: got %s", row, got)
		}
	}
	if got := judge(experiment.Claim{}, Difference{}); got != Missing {
		t.Errorf("nothing measured: %s", got)
	}
}

func TestChangesOf(t *testing.T) {
	before := map[int][]reward.Verdict{0: {no, no, no}, 1: {yes, no, no}, 2: {yes, yes, no}, 3: {no}, 4: {yes}}
	after := map[int][]reward.Verdict{0: {no, yes, no}, 1: {yes, yes, no}, 2: {no, no, no}, 3: {no}}
	if c := ChangesOf(before, after, AnySolved); c.Problems != 4 || !slices.Equal(c.Gained, []int{0}) || !slices.Equal(c.Lost, []int{2}) {
		t.Errorf("by any sample: %+v", c)
	}
	if c := ChangesOf(before, after, MostSolved); !slices.Equal(c.Gained, []int{1}) || !slices.Equal(c.Lost, []int{2}) {
		t.Errorf("by most samples: %+v", c)
	}
}

// Weak comes to 0.2, 0.4, 0.6 with 10, 20, 30 operations after 0 of its own parent; strong to 0.5 with 40 and to 0.7 with
// 60. The lower of the bests is 0.6: weak has it at 30, strong, halfway from 0.5 to 0.7, at 50.
func TestToEqualAccuracy(t *testing.T) {
	course := func(variant string, points ...[2]float64) Measured {
		m := Measured{Variant: variant, Seed: 1, Needs: -1, Counted: true}
		for _, p := range points {
			m.Points = append(m.Points, Point{After: "s", Benchmark: "b", FLOPs: p[0], Steps: int(p[0]), Evaluation: report.Evaluation{Avg: report.Number{Value: p[1], Source: "m"}}})
			m.FLOPs, m.Steps = p[0], int(p[0])
		}
		return m
	}
	weak, strong := course("weak", [2]float64{10, 0.2}, [2]float64{20, 0.4}, [2]float64{30, 0.6}), course("strong", [2]float64{40, 0.5}, [2]float64{60, 0.7})
	r := Results{Experiment: experiment.Experiment{Benchmark: "b"}, Runs: []Measured{weak, strong}}
	row, ratio := r.toEqual([]string{"weak", "strong"}, 0, 1, "")
	if got, want := strings.Join(row, "|"), "weak → strong|1|60.0 %|30|50|1.67|30|50"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if math.Abs(ratio-5./3) > 1e-12 {
		t.Errorf("the ratio is %g", ratio)
	}
	for want, logs := range map[string][]float64{
		"too few for an interval": {0.5, 0.6}, "weak is the cheaper way": {0.5, 0.6, 0.55}, "strong is the cheaper way": {-0.5, -0.6, -0.55}, "cannot be told": {-0.5, 0.6, 0.1},
	} {
		if got := cheaper([]string{"weak", "strong"}, statistics.MeanOf(logs, level)); !strings.Contains(got, want) {
			t.Errorf("of %v it says %s", logs, got)
		}
	}
	// A run that begins with another has the other's operations and evaluations before its own.
	child := course("more", [2]float64{5, 0.8})
	child.Needs = 1
	r.Runs = append(r.Runs, child)
	if steps, flops, _ := r.withParents(2); steps != 65 || flops != 65 {
		t.Errorf("with its parent it has %d steps, %g operations", steps, flops)
	}
	if points := r.coursePoints(2, ""); len(points) != 3 || points[0].FLOPs != 40 || points[2].FLOPs != 65 {
		t.Errorf("its course is %+v", points)
	}
}

// Accuracy 10 + 4 log2 x + 2 log2 y percent: standardised, the coefficients are those times the population's standard deviations.
func TestScaling(t *testing.T) {
	e := experiment.Experiment{Benchmark: "b"}
	var runs []Measured
	for i, at := range [][2]float64{{1, 1}, {2, 1}, {4, 1}, {8, 1}, {4, 2}, {8, 2}, {8, 4}} {
		name := string(rune('a' + i))
		e.Variants = append(e.Variants, experiment.Run{Name: name, X: map[string]float64{"prompts": at[0], "responses": at[1]}})
		runs = append(runs, run(name, 1, (10+4*math.Log2(at[0])+2*math.Log2(at[1]))/100, 1, nil))
	}
	r := Results{Experiment: e, Runs: runs}
	s := r.scaling(experiment.Section{Kind: experiment.SectionScaling, X: []string{"prompts", "responses"}})
	rows := s.Tables[0].Rows
	if got, want := strings.Join(rows[1], "|"), "log2|4.000 ± 0.000|2.000 ± 0.000|10.00|1.000|7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// log2 x is 0 1 2 3 2 3 3: mean 2, variance 8/7; log2 y is 0 0 0 0 1 1 2: mean 4/7, variance 26/49.
	if got := rows[0][1]; !strings.HasPrefix(got, "4.276") || math.Abs(4*math.Sqrt(8./7)-4.276) > 0.001 {
		t.Errorf("standardised a is %s", got)
	}
	if got := rows[0][2]; !strings.HasPrefix(got, "1.457") || math.Abs(2*math.Sqrt(26./49)-1.457) > 0.001 {
		t.Errorf("standardised b is %s", got)
	}
	if !strings.Contains(s.Remarks[0], "Here a is larger than b too: a = 4.276 ± 0.000, b = 1.457 ± 0.000, R² = 1.000") {
		t.Errorf("it says %s", s.Remarks[0])
	}
	r.Runs = runs[:2]
	if s := r.scaling(experiment.Section{Kind: experiment.SectionScaling, X: []string{"prompts", "responses"}}); len(s.Remarks) != 1 || !strings.Contains(s.Remarks[0], "There is no fit") {
		t.Errorf("of two points it says %v", s.Remarks)
	}
}

// TestDocument: the page is whole where nothing is measured, and says which runs are missing.
func TestDocument(t *testing.T) {
	e := experiment.Experiment{Name: "e", Title: "<b>", Recipe: "r", Benchmark: "b", Seeds: []uint64{1}, Variants: []experiment.Run{{Name: "a", X: map[string]float64{"x": 1}}, {Name: "z", X: map[string]float64{"x": 2}}},
		Claims: []experiment.Claim{{Text: "T", Source: "S", Metric: experiment.MetricEntropy, More: "a", Less: "z"}}}
	for _, kind := range []experiment.SectionKind{experiment.SectionCurve, experiment.SectionTraining, experiment.SectionFLOPs, experiment.SectionPass, experiment.SectionFlips} {
		e.Sections = append(e.Sections, experiment.Section{Kind: kind, X: []string{"x"}, Pairs: [][]string{{"a", "z"}}})
	}
	page, err := report.RenderDocument(Results{Experiment: e, Runs: []Measured{{Variant: "a", Needs: -1, State: "failed", Why: "no disk"}, {Variant: "z", Needs: -1, State: "waiting"}}}.Document())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"&lt;b&gt;", "2 of 2 runs have not completed", "is not measured", "no disk", "not measured yet"} {
		if !strings.Contains(string(page), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

// Operations until an update: rollouts count policy steps from 0, updates from 1; evaluations count for nothing, what
// decides inside a stage for the stage.
func TestOperationsUntil(t *testing.T) {
	at := func(kind artifact.Kind, stage string, step int) artifact.Manifest {
		return artifact.Manifest{Kind: kind, Stage: stage, Step: step}
	}
	w := worked{stages: []string{"sft", "math"}, flops: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}, manifests: []artifact.Manifest{
		at(artifact.KindSFT, "sft", 50), at(artifact.KindSFT, "sft", 100),
		at(artifact.KindMeasurement, "math", 1), at(artifact.KindRollouts, "math", 0), at(artifact.KindUpdate, "math", 1), at(artifact.KindRollouts, "math", 1), at(artifact.KindUpdate, "math", 2),
		at(artifact.KindRollouts, "after-math-b", 0), at(artifact.KindRollouts, "after-math@1-b", 0), at(artifact.KindRollouts, "math@solved-1", 0),
	}}
	for _, row := range []struct {
		stage   string
		updates int
		want    float64
	}{{"sft", 50, 1}, {"sft", 1000, 3}, {"math", 1, 4 + 8 + 16 + 512}, {"math", 2, 4 + 8 + 16 + 32 + 64 + 512}, {"", 9, 0}} {
		if got := w.until(row.stage, row.updates); got != row.want {
			t.Errorf("%s until %d: %g operations, want %g", row.stage, row.updates, got, row.want)
		}
	}
}
