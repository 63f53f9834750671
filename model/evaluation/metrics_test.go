package evaluation

import (
	"reflect"
	"testing"

	"temper/model/artifact"
)

// TestMetricsRoundTrip: every figure of a result is in a manifest, and comes back from it.
func TestMetricsRoundTrip(t *testing.T) {
	r := Result{
		Benchmark: "math", Problems: 1, Samples: 2, Avg: 3, AvgSE: 4, AvgSamplingSE: 5, Pass: 6, PassSE: 7, PassProblems: 8,
		Shape: Shape{ResponseLength: 9, MedianLength: 20, RightLength: 21, WrongLength: 22, Truncation: 10, NoReasoningEnd: 23, NoAnswer: 19, UngradableShare: 24}, Ungradable: 11, UngradableProblems: 12, Gain: Comparison{Problems: 13, Difference: 14, SE: 15},
		Vote: Vote{Problems: 16, Majority: 17, SE: 18},
	}
	for i := range reflect.ValueOf(r).NumField() {
		if reflect.ValueOf(r).Field(i).IsZero() {
			t.Fatalf("the test leaves out %s", reflect.TypeOf(r).Field(i).Name)
		}
	}
	if got := FromMetrics("math", r.Metrics()); got != r {
		t.Errorf("got %+v, want %+v", got, r)
	}
	r.PassProblems, r.Gain.Problems, r.Vote.Problems = 0, 0, 0
	for _, name := range []string{artifact.MetricPass, artifact.MetricPassSE, artifact.MetricGain, artifact.MetricGainSE, artifact.MetricGainProblems,
		artifact.MetricMajority, artifact.MetricMajoritySE, artifact.MetricMajorityProblems} {
		if value, ok := r.Metrics()[name]; ok {
			t.Errorf("%s is %g, where it is not known", name, value)
		}
	}
}
