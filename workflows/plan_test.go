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
		"as it is":                nil,
		"evaluated while trained": {"stages.math.evaluate_every=1", "stages.sft.evaluate_every=1", "evaluation.before=true"},
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
			for name, n := range counts {
				did, spare := float64(p.completed[name]), 0.0
				switch name {
				case "GenerateRollouts":
					spare = float64(r.TemperatureSearch.MaxMeasurements)
				case "TrainSFT": // an evaluation at the end of an epoch may fall on a segment's end
					spare = float64(len(sets))
				}
				if did > n || did < n-spare {
					t.Errorf("%g activities %s are planned, %g were done", n, name, did)
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
