// Package analysis compares the runs of an experiment by what they have recorded, and says plainly
// where a finding of the paper's shows, where the reverse does, and where that cannot be told.
package analysis

import (
	"math"
	"slices"
	"strings"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/report"
	"temper/model/reward"
)

// Measured is what one run has recorded, reduced to what is compared.
type Measured struct {
	Variant string
	Shared  bool
	Seed    uint64
	X       map[string]float64
	Run     artifact.RunID
	// State is how the run ended, or that it has not; Why what it lacks.
	State, Why string
	// Needs is the index of the run that this one began with, -1 if there is none.
	Needs int
	// Points are its evaluations, in order.
	Points []Point
	// Stages are those that trained with rollouts, in order.
	Stages []Stage
	// FLOPs and Steps are the run's own; Bought are the tokens of teachers.
	FLOPs, Bought float64
	Steps         int
	// Counted says that the operations are known.
	Counted bool
}

// Point is one evaluation of a run.
type Point struct {
	// After is the stage, Benchmark what was measured.
	After, Benchmark string
	// Steps and FLOPs are the run's own until then, without evaluations.
	Steps int
	FLOPs float64
	report.Evaluation
	// Verdicts are those of each problem, by its index; nil where they were not read.
	Verdicts map[int][]reward.Verdict
}

// Stage is an RL stage's course.
type Stage struct {
	Name                    string
	Reward, Entropy, Length report.Curve
	Temperature             float64
}

// ReadVerdicts reads the verdicts on an evaluation's responses, by problem.
type ReadVerdicts func(artifact.Manifest) (map[int][]reward.Verdict, error)

// Measure reduces a run's records. The operations of teachers are those of a model of teacher parameters,
// two for each parameter and token; 0 leaves them out.
func Measure(r recipe.Recipe, manifests []artifact.Manifest, teacher float64, read ReadVerdicts) (Measured, error) {
	m := Measured{Needs: -1}
	page, err := report.Build(r, manifests)
	if err != nil {
		return m, err
	}
	var flops []float64
	flops, m.Counted = report.Operations(r, manifests)
	work := worked{manifests: manifests, flops: flops, stages: r.StageNames()}
	for i, record := range manifests {
		if record.Kind == artifact.KindTeaching {
			m.Bought += record.Metrics[artifact.MetricBoughtTokens]
			flops[i] += 2 * teacher * record.Metrics[artifact.MetricBoughtTokens]
		}
	}
	m.FLOPs = work.until("", math.MaxInt)
	for _, s := range page.Stages {
		for _, inside := range s.Inside {
			at := Point{After: inside.Name, Steps: m.Steps + inside.Step, FLOPs: m.FLOPs + work.until(s.Name, inside.Step)}
			if s.RL == nil {
				at.Steps = m.Steps // updates of supervised training are no policy steps
			}
			if err := m.addPoints(page, at, inside.Evaluations, manifests, read); err != nil {
				return m, err
			}
		}
		m.Steps += len(s.Reward)
		m.FLOPs += work.until(s.Name, math.MaxInt)
		if s.RL != nil || len(s.Reward) > 0 {
			m.Stages = append(m.Stages, Stage{s.Name, s.Reward, s.Entropy, s.ResponseLength, s.Temperature.Value})
		}
		if err := m.addPoints(page, Point{After: s.Name, Steps: m.Steps, FLOPs: m.FLOPs}, s.Evaluations, manifests, read); err != nil {
			return m, err
		}
	}
	return m, nil
}

// addPoints adds the evaluations at one point of a run, benchmark by benchmark.
func (m *Measured) addPoints(page report.Run, at Point, evaluations map[string]report.Evaluation, manifests []artifact.Manifest, read ReadVerdicts) error {
	for _, row := range page.Accuracy {
		p := at
		p.Benchmark, p.Evaluation = row.Benchmark, evaluations[row.Benchmark]
		if !p.Avg.Known() {
			continue
		}
		i := slices.IndexFunc(manifests, func(r artifact.Manifest) bool {
			return r.Kind == artifact.KindEvaluation && r.Stage == p.After && r.Name == p.Benchmark
		})
		if i >= 0 && read != nil {
			var err error
			if p.Verdicts, err = read(manifests[i]); err != nil {
				return err
			}
		}
		m.Points = append(m.Points, p)
	}
	return nil
}

// worked are a run's records with their operations.
type worked struct {
	manifests []artifact.Manifest
	flops     []float64
	stages    []string
}

// until are the operations of a stage up to a number of its updates, "" for what belongs to none, without evaluations.
func (w worked) until(stage string, updates int) float64 {
	sum := 0.0
	for i, m := range w.manifests {
		if isEvaluation(m.Stage, w.stages) {
			continue
		}
		name, _, _ := strings.Cut(m.Stage, "@") // responses that decide something inside a stage are the stage's
		step := m.Step
		if m.Kind == artifact.KindRollouts { // which count policy steps from 0
			step++
		}
		if name == stage && step <= updates {
			sum += w.flops[i]
		}
	}
	return sum
}

// isEvaluation says whether work recorded under a stage's name is that of an evaluation.
func isEvaluation(stage string, stages []string) bool {
	return strings.HasPrefix(stage, "after-") && !slices.Contains(stages, stage)
}

// last is the run's last evaluation on a benchmark.
func (m Measured) last(benchmark string) (Point, bool) {
	for _, p := range slices.Backward(m.Points) {
		if p.Benchmark == benchmark {
			return p, true
		}
	}
	return Point{}, false
}

// lastSteps is how many policy steps a metric of them is the mean of.
const lastSteps = 5

// tail is the mean of a curve's last values.
func tail(c report.Curve) (float64, bool) {
	c = c[max(0, len(c)-lastSteps):]
	sum := 0.0
	for _, p := range c {
		sum += p.Value
	}
	return sum / float64(max(1, len(c))), len(c) > 0
}
