package workflows

import (
	"context"
	"math"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/signal"
)

// noisy is an entropy that differs from response to response by up to 40 %.
func noisy(seed uint64, _ int, temperature float64) float64 {
	return 0.25 * temperature * (0.6 + 0.8*float64(seed%1000)/1000)
}

// TestSearchMeetsAStandardError: each candidate is sampled on further problems until the standard error over
// problems is below the bound, and the record of the decision has the table and all rollouts.
func TestSearchMeetsAStandardError(t *testing.T) {
	store := objectstore.NewMemory()
	in := searchInput(t, store, 0.3, 2)
	in.Search.Problems, in.Search.MaxStandardError = 4, 0.02
	p := newPlace(t, store)
	p.learner.Entropy = noisy
	p.env.ExecuteWorkflow(TemperatureSearch, in)
	got, err := result[TemperatureSearchResult](p)
	if err != nil {
		t.Fatal(err)
	}
	decision := manifestsOf(t, store, "math/"+string(artifact.KindTemperature))[0]
	batches := manifestsOf(t, store, "math/"+string(artifact.KindMeasurement))
	if len(batches) <= len(got.Table) || len(decision.Inputs) != len(batches) {
		t.Fatalf("%d batches for %d candidates, the decision names %d", len(batches), len(got.Table), len(decision.Inputs))
	}
	problems := map[int]bool{}
	for i, m := range got.Table {
		var all []rollout.Rollout
		for _, batch := range batches {
			if batch.Step != i {
				continue
			}
			data, err := store.Get(context.Background(), batch.Outputs[artifact.OutputRollouts])
			if err != nil {
				t.Fatal(err)
			}
			rollouts, err := rollout.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, rollouts...)
		}
		sums := rollout.EntropyOf(all)
		if m.Problems != len(all) || sums.Problems != len(all) || m.Rollouts != len(all) {
			t.Errorf("candidate %+v has %d rollouts of %d problems", m, len(all), sums.Problems)
		}
		if math.Abs(m.EntropySE-sums.SE()) > 1e-9 || m.EntropySE > 0.02 || m.EntropySE == 0 || math.Abs(m.Entropy-sums.Mean()) > 1e-9 || float64(m.ResponseTokens) != sums.Tokens {
			t.Errorf("candidate %+v, its rollouts have %g ± %g", m, sums.Mean(), sums.SE())
		}
		if s := decision.Series; s[artifact.MetricTemperature][i] != m.Temperature || s[artifact.MetricEntropySE][i] != m.EntropySE || s[artifact.MetricProblems][i] != float64(m.Problems) {
			t.Errorf("the record has %v, want %+v", s, m)
		}
		for _, r := range all {
			problems[r.Problem] = true
		}
	}
	if problems[0] && problems[1] && problems[2] && problems[3] && len(problems) < 8 {
		t.Errorf("problems %v are the first, and no sample", problems)
	}
	if !strings.Contains(temperatureDetails(in.Search, got.Table), "± 0.0") {
		t.Errorf("the page says\n%s", temperatureDetails(in.Search, got.Table))
	}
}

// TestSearchThatMissesItsStandardError: where the problems do not suffice that is remarked, with what to do.
func TestSearchThatMissesItsStandardError(t *testing.T) {
	r := smoke(t)
	r.TemperatureSearch.MaxStandardError, r.TemperatureSearch.MaxProblems, r.TemperatureSearch.Tolerance = 0.0001, 10, 1
	p := newPlace(t, nil)
	p.learner.Entropy = noisy
	result := p.mustRun(r)
	text := about(result.Remarks, "math", signal.AboutSearch)
	if !strings.Contains(text, "above temperature_search.max_standard_error 0.0001; raise temperature_search.max_problems") {
		t.Errorf("remarks %v", result.Remarks)
	}
	if page := stageDetails(p.progress().Stages[2]); !strings.Contains(page, "temperature found: ") || !strings.Contains(page, " over 10 prompts") {
		t.Errorf("the page says\n%s", page)
	}
	decision := manifestsOf(t, p.store, "math/"+string(artifact.KindTemperature))[0]
	if decision.Metrics[artifact.MetricImprecise] != 1 || decision.Series[artifact.MetricProblems][0] != 10 {
		t.Errorf("recorded %v, %v", decision.Metrics, decision.Series)
	}
}

// TestSearchInterpolates: a stage may sample at a temperature between two candidates, and the record says that nobody measured it.
func TestSearchInterpolates(t *testing.T) {
	store := objectstore.NewMemory()
	in := searchInput(t, store, 0.25, 2)
	in.Search.Start, in.Search.Candidates, in.Search.Choose = 0, []float64{0.8, 1.3}, recipe.ChooseInterpolated
	p := newPlace(t, store)
	p.env.ExecuteWorkflow(TemperatureSearch, in)
	got, err := result[TemperatureSearchResult](p)
	if err != nil || got.Temperature != 1 || got.Entropy != 0.25 || !got.Interpolated || !got.WithinTolerance || len(got.Table) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	if d := got.decision(); !d.Chosen.Interpolated || d.Chosen.Temperature != 1 {
		t.Errorf("decision %+v", d)
	}
	if m := manifestsOf(t, store, "math/"+string(artifact.KindTemperature))[0].Metrics; m[artifact.MetricInterpolated] != 1 || m[artifact.MetricTemperature] != 1 {
		t.Errorf("recorded %v", m)
	}
}

// manifestsOf are the records of the tests' run whose keys go on like this, in the order of their keys.
func manifestsOf(t *testing.T, store objectstore.Store, like string) []artifact.Manifest {
	t.Helper()
	keys, err := store.List(context.Background(), testRunID.Prefix()+like)
	if err != nil || len(keys) == 0 {
		t.Fatalf("no records %s: %v", like, err)
	}
	all := make([]artifact.Manifest, len(keys))
	for i, key := range keys {
		data, err := store.Read(context.Background(), key)
		if err == nil {
			all[i], err = artifact.DecodeManifest(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
