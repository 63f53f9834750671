package audit

import (
	"fmt"
	"math"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/reward"
	"temper/model/rollout"
)

// near tells whether two figures are one, computed in two orders.
func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// expect compares a record's metrics with what its documents give.
func (w *walk) expect(key string, m artifact.Manifest, want map[string]float64) {
	for _, name := range sortedNames(want) {
		if got, ok := m.Metrics[name]; !ok || !near(got, want[name]) {
			w.find(ByRecord, key, "it says %s = %v, and what it names gives %v", name, m.Metrics[name], want[name])
		}
	}
}

// checkFigures compares a record with the documents that it names, as far as those tell.
func (w *walk) checkFigures(key string, m artifact.Manifest, input document) error {
	w.checkOutputNames(key, m)
	if input == nil {
		return nil
	}
	switch m.Kind {
	case artifact.KindRollouts, artifact.KindMeasurement:
		return w.checkRollouts(key, m, input)
	case artifact.KindVerdicts:
		return w.checkVerdicts(key, m, input)
	case artifact.KindUpdate:
		return w.checkUpdate(key, m, input)
	case artifact.KindEvaluation:
		return w.checkEvaluation(key, m, input)
	case artifact.KindSFT:
		return w.checkSegment(key, m, input)
	case artifact.KindTemperature:
		chosen := input.object("chosen")
		w.expect(key, m, map[string]float64{artifact.MetricTemperature: chosen.number("temperature"), artifact.MetricEntropy: chosen.number("entropy")})
	case artifact.KindDecision:
		var said struct {
			Metrics map[string]float64 `json:"metrics"`
		}
		if err := input.into(&said); err == nil {
			w.expect(key, m, said.Metrics)
		}
	}
	return nil
}

// outputNames are the outputs that records of a kind have: the first one each has, the others some.
var outputNames = map[artifact.Kind][]string{
	artifact.KindRecipe:      {artifact.OutputRecipe},
	artifact.KindSFT:         {artifact.OutputCheckpoint},
	artifact.KindUpdate:      {artifact.OutputUpdate, artifact.OutputCheckpoint},
	artifact.KindRollouts:    {artifact.OutputRollouts},
	artifact.KindMeasurement: {artifact.OutputRollouts},
	artifact.KindCheckpoint:  {artifact.OutputCheckpoint, artifact.OutputVocabulary},
	artifact.KindVocabulary:  {artifact.OutputVocabulary},
	artifact.KindReport:      {artifact.OutputReport},
}

// checkOutputNames refuses outputs that a kind has not, or that lack.
func (w *walk) checkOutputNames(key string, m artifact.Manifest) {
	names, known := outputNames[m.Kind]
	if !known {
		return
	}
	if _, ok := m.Outputs[names[0]]; !ok {
		w.find(ByRecord, key, "it has no output %s, as every record of kind %s has", names[0], m.Kind)
	}
	for _, name := range sortedNames(m.Outputs) {
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known {
			w.find(ByRecord, key, "it has an output %s, which no record of kind %s has", name, m.Kind)
		}
	}
}

// rollouts reads a shard of rollouts; ok is false where it cannot be read, which is found elsewhere.
func (w *walk) rollouts(key string, ref artifact.Ref) (all []rollout.Rollout, ok bool, err error) {
	return readAs(w, key, "rollouts", ref, rollout.Decode)
}

// verdicts reads the verdicts of a shard, as rollouts does.
func (w *walk) verdicts(key string, ref artifact.Ref) (all []reward.Record, ok bool, err error) {
	return readAs(w, key, "verdicts", ref, reward.Decode)
}

func readAs[T any](w *walk, key, what string, ref artifact.Ref, decode func([]byte) (T, error)) (value T, ok bool, err error) {
	data, err := w.read(key, what, ref)
	if data == nil || err != nil {
		return value, false, err
	}
	if value, err = decode(data); err != nil {
		w.find(ByRecord, key, "its %s are none: %v", what, err)
		return value, false, nil
	}
	return value, true, nil
}

// checkRollouts compares a shard with its input: problems, samples, the seed of each, and the figures.
func (w *walk) checkRollouts(key string, m artifact.Manifest, input document) error {
	all, ok, err := w.rollouts(key, m.Outputs[artifact.OutputRollouts])
	if err != nil || !ok {
		return err
	}
	var asked struct {
		Stage    string  `json:"stage"`
		Step     int     `json:"step"`
		Seed     uint64  `json:"seed"`
		Problems numbers `json:"problems"`
		Samples  int     `json:"samples"`
	}
	if err := input.into(&asked); err != nil {
		w.find(ByRecord, key, "its input is not that of rollouts: %v", err)
		return nil
	}
	w.expect(key, m, summaryOf(rollout.Summarize(all)))
	if len(all) != len(asked.Problems)*asked.Samples {
		w.find(ByRecord, key, "it has %d rollouts, and its input asks for %d of each of %d problems", len(all), asked.Samples, len(asked.Problems))
		return nil
	}
	for i, r := range all {
		problem, sample := asked.Problems[i/asked.Samples], i%asked.Samples
		if r.Problem != problem || r.Sample != sample || r.Seed != rollout.Seed(asked.Seed, asked.Stage, asked.Step, problem, sample) {
			w.find(ByRecord, key, "rollout %d is not that of problem %d, sample %d with the seed of this work", i, problem, sample)
			return nil
		}
	}
	return nil
}

// summaryOf are the metrics that every record of rollouts has.
func summaryOf(s rollout.Summary) map[string]float64 {
	truncation := 0.0
	if s.Rollouts > 0 {
		truncation = float64(s.Truncated) / float64(s.Rollouts)
	}
	return map[string]float64{
		artifact.MetricRollouts: float64(s.Rollouts), artifact.MetricResponseTokens: float64(s.ResponseTokens),
		artifact.MetricResponseLength: s.MeanResponseTokens, artifact.MetricTruncation: truncation, artifact.MetricEntropy: s.MeanEntropy,
	}
}

// checkVerdicts compares a shard's verdicts with its rollouts, one by one, and with the figures.
func (w *walk) checkVerdicts(key string, m artifact.Manifest, input document) error {
	ref, has := m.Outputs[artifact.OutputVerdicts]
	if !has { // a rule of curation found no program to try
		return nil
	}
	found, ok, err := w.verdicts(key, ref)
	if err != nil || !ok {
		return err
	}
	counts, total := map[reward.Verdict]float64{}, 0.0
	for _, v := range found {
		if counts[v.Verdict]++; v.Verdict != reward.Ungradable {
			total += v.Score
		}
	}
	if _, counted := m.Metrics[artifact.MetricCorrect]; counted {
		want := map[string]float64{
			artifact.MetricCorrect: counts[reward.Correct], artifact.MetricIncorrect: counts[reward.Incorrect], artifact.MetricUngradable: counts[reward.Ungradable],
		}
		if graded := float64(len(found)) - counts[reward.Ungradable]; graded > 0 && m.Metrics[artifact.MetricScore] != 0 {
			want[artifact.MetricScore] = total / graded
		}
		w.expect(key, m, want)
	}
	sampled, ok := input.ref(artifact.OutputRollouts)
	if !ok || len(found) > 0 && found[0].Schema == 0 {
		return nil
	}
	all, ok, err := w.rollouts(key, sampled)
	if err != nil || !ok {
		return err
	}
	if said := verdictsFit(all, found); said != "" {
		w.find(ByRecord, key, "its verdicts are not on its rollouts: %s", said)
	}
	return nil
}

// verdictsFit says what does not fit between rollouts and the verdicts on them, "" if all does.
func verdictsFit(all []rollout.Rollout, found []reward.Record) string {
	if len(all) != len(found) {
		return fmt.Sprintf("%d verdicts on %d rollouts", len(found), len(all))
	}
	for i, v := range found {
		if v.Rollout != i || v.Problem != all[i].Problem || v.Sample != all[i].Sample {
			return fmt.Sprintf("verdict %d is on rollout %d, problem %d, sample %d, and rollout %d is of problem %d, sample %d", i, v.Rollout, v.Problem, v.Sample, i, all[i].Problem, all[i].Sample)
		}
	}
	return ""
}

// checkEvaluation counts an evaluation's accuracy again.
func (w *walk) checkEvaluation(key string, m artifact.Manifest, input document) error {
	shards, _ := input["shards"].([]any)
	var order []int
	of := map[int][]reward.Verdict{}
	for _, shard := range shards {
		s, _ := shard.(map[string]any)
		ref, ok := document(s).ref(artifact.OutputVerdicts)
		if !ok {
			return nil
		}
		found, ok, err := w.verdicts(key, ref)
		if err != nil || !ok {
			return err
		}
		for _, v := range found {
			if v.Schema == 0 { // of the form that names no problem
				return nil
			}
			if of[v.Problem] == nil {
				order = append(order, v.Problem)
			}
			of[v.Problem] = append(of[v.Problem], v.Verdict)
		}
	}
	var matrix [][]reward.Verdict
	for _, p := range order {
		matrix = append(matrix, of[p])
	}
	result, err := evaluation.Evaluate(m.Name, matrix)
	if err != nil {
		return nil // nothing was graded
	}
	want, all := map[string]float64{}, result.Metrics()
	for _, name := range []string{artifact.MetricAvg, artifact.MetricAvgSE, artifact.MetricPass, artifact.MetricProblems} {
		if value, ok := all[name]; ok {
			want[name] = value
		}
	}
	w.expect(key, m, want)
	return nil
}
