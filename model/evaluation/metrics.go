package evaluation

import "temper/model/artifact"

// metrics pairs a result's figures with the names that manifests have for them.
func (r *Result) metrics() (numbers map[string]*float64, counts map[string]*int) {
	return map[string]*float64{
			artifact.MetricAvg: &r.Avg, artifact.MetricAvgSE: &r.AvgSE, artifact.MetricAvgSamplingSE: &r.AvgSamplingSE,
			artifact.MetricPass: &r.Pass, artifact.MetricPassSE: &r.PassSE,
			artifact.MetricResponseLength: &r.ResponseLength, artifact.MetricTruncation: &r.Truncation,
			artifact.MetricMedianLength: &r.MedianLength, artifact.MetricRightLength: &r.RightLength, artifact.MetricWrongLength: &r.WrongLength,
			artifact.MetricNoReasoningEnd: &r.NoReasoningEnd, artifact.MetricNoAnswer: &r.NoAnswer, artifact.MetricUngradableShare: &r.UngradableShare,
			artifact.MetricMajority: &r.Vote.Majority, artifact.MetricMajoritySE: &r.Vote.SE,
			artifact.MetricGain: &r.Gain.Difference, artifact.MetricGainSE: &r.Gain.SE,
		}, map[string]*int{
			artifact.MetricProblems: &r.Problems, artifact.MetricSamples: &r.Samples, artifact.MetricPassProblems: &r.PassProblems,
			artifact.MetricUngradable: &r.Ungradable, artifact.MetricUngradableProblems: &r.UngradableProblems,
			artifact.MetricGainProblems: &r.Gain.Problems, artifact.MetricMajorityProblems: &r.Vote.Problems,
		}
}

// Metrics are the result's figures as a manifest has them. What is not known is left out: pass@k
// where no problem has all its verdicts, and the gain where there is nothing to compare with.
func (r Result) Metrics() map[string]float64 {
	all := map[string]float64{}
	numbers, counts := r.metrics()
	for name, value := range numbers {
		all[name] = *value
	}
	for name, value := range counts {
		all[name] = float64(*value)
	}
	if r.PassProblems == 0 {
		delete(all, artifact.MetricPass)
		delete(all, artifact.MetricPassSE)
	}
	if r.Vote.Problems == 0 {
		delete(all, artifact.MetricMajority)
		delete(all, artifact.MetricMajorityProblems)
		delete(all, artifact.MetricMajoritySE)
	}
	if r.Gain.Problems == 0 {
		delete(all, artifact.MetricGain)
		delete(all, artifact.MetricGainSE)
		delete(all, artifact.MetricGainProblems)
	}
	return all
}

// FromMetrics is the result of a benchmark that a manifest's metrics describe.
func FromMetrics(benchmark string, all map[string]float64) Result {
	r := Result{Benchmark: benchmark}
	numbers, counts := r.metrics()
	for name, value := range numbers {
		*value = all[name]
	}
	for name, value := range counts {
		*value = int(all[name])
	}
	return r
}
