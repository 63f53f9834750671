package workflows

import (
	"testing"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/compute"
	"temper/model/plan"
	"temper/model/recipe"
)

// TestRunAsPlanned runs recipes and compares them with their plans: as many activities of each kind, but for a
// temperature search, which may end early, and no more tokens than the plan allows.
func TestRunAsPlanned(t *testing.T) {
	for name, sets := range map[string][]string{
		"as it is":                   nil,
		"evaluated while trained":    {"stages.math.evaluate_every=1", "stages.sft.evaluate_every=1", "evaluation.before=true"},
		"judged twice":               {"evaluation.benchmarks.math.also_grading=lenient"},
		"ended by epochs":            {"stages.math.steps=12", "stages.math.stop.epochs=1", "data.math.synthetic.count=10"},
		"ended by a plateau":         {"stages.math.steps=12", "stages.math.stop.plateau={window: 1, min_gain: 9, min_steps: 3}"},
		"outside its band, warned":   {"stages.math.steps=6", "stages.math.band={high: 0.0001, over: 2, then: warn}"},
		"outside its band, searched": {"stages.math.steps=8", "stages.math.band={high: 0.0001, over: 2, then: search, max_searches: 2}"},
		"an error that is bounded":   {"data.math.synthetic.count=60", "temperature_search.problems=2", "temperature_search.max_standard_error=0.0001", "temperature_search.max_problems=40"},
		"handed on by a benchmark":   {"stages.math.steps=4", "stages.math.evaluate_every=2", "stages.math.hand_on={policy: best, benchmark: math}"},
	} {
		t.Run(name, func(t *testing.T) {
			r := smoke(t)
			for _, set := range sets {
				if err := recipe.Set(&r, set); err != nil {
					t.Fatal(err)
				}
			}
			planned := plan.New(r, plan.Inputs{Shape: compute.Shape{Layers: 1, Hidden: 32, Intermediate: 64, Heads: 2, KeyValueHeads: 1, HeadSize: 16, Vocabulary: 53},
				Assume: plan.Default(), Machine: plan.OnCPU(1e11)})
			p := newPlace(t, nil)
			run := p.mustRun(r).Run
			counts := map[string]float64{}
			for _, a := range planned.Activities {
				counts[a.Name] += a.Count
			}
			search, ended := 0.0, 0.0 // what a search, and what a plateau, may spare
			for _, a := range planned.Activities {
				if a.Name == "GenerateRollouts" && a.Of == "temperature" {
					search += a.Count
				}
			}
			for _, stage := range planned.Stages {
				ended += stage.Steps - stage.LeastSteps
			}
			for name, n := range counts {
				did, spare := float64(p.completed[name]), 0.0
				switch name {
				case "GenerateRollouts":
					spare = search + ended*float64(r.Stages[2].RL.Shards)
				case "ScoreRollouts":
					spare = ended * float64(r.Stages[2].RL.Shards)
				case "UpdatePolicy":
					spare = ended
				case "SaveCheckpoint": // where the last step's policy is no checkpoint
					spare = n
				case "TrainSFT": // an evaluation at the end of an epoch may fall on a segment's end
					spare = float64(len(sets))
				}
				if did > n || did < n-spare {
					t.Errorf("%g activities %s are planned, %g of them may be spared, %g were done", n, name, spare, did)
				}
			}
			for name := range p.completed {
				if counts[name] == 0 {
					t.Errorf("no %s is planned, and %d were done", name, p.completed[name])
				}
			}
			manifests, _, err := records.All(t.Context(), p.store, run)
			if err != nil {
				t.Fatal(err)
			}
			var trained, sampled float64
			for _, m := range manifests {
				trained += m.Metrics[artifact.MetricTrainedTokens]
				if m.Kind == artifact.KindRollouts || m.Kind == artifact.KindMeasurement {
					sampled += m.Metrics[artifact.MetricResponseTokens]
				}
			}
			if most := planned.Total.Most; trained == 0 || trained > most.Trained || sampled == 0 || sampled > most.Sampled {
				t.Errorf("trained %g tokens and sampled %g; the plan allows %g and %g", trained, sampled, most.Trained, most.Sampled)
			}
		})
	}
}
