// Package evaluation turns the verdicts of a benchmark into avg@k and pass@k
// with standard errors.
//
// avg@k is the mean accuracy over k samples of each problem, then over problems:
// what one answer is worth. pass@k is the chance that at least one of k is
// correct: what is within reach. Problems are the unit of the standard errors,
// because the k samples of a problem are anything but independent; two policies
// are compared problem by problem.
package evaluation

import (
	"errors"
	"fmt"
	"math"

	"temper/model/reward"
)

// ErrNothingGraded is wrapped by Evaluate's error when no sample has a verdict.
var ErrNothingGraded = errors.New("no sample has a verdict")

// Result is what a benchmark measured. Accuracies and shares are in [0, 1].
type Result struct {
	Benchmark string `json:"benchmark"`
	// Problems with at least one graded sample; the others are UngradableProblems.
	Problems int `json:"problems"`
	// Samples is k: responses per problem.
	Samples int `json:"samples"`
	// Avg is avg@k. AvgSE says how much it would vary over other problems of the
	// same kind; AvgSamplingSE how much over other samples for these problems.
	Avg           float64 `json:"avg"`
	AvgSE         float64 `json:"avg_se"`
	AvgSamplingSE float64 `json:"avg_sampling_se"`
	// Pass is the unbiased pass@k over the PassProblems whose k samples are all
	// graded: fewer samples allow no unbiased estimate. It is 0 and says nothing
	// where PassProblems is 0.
	Pass         float64 `json:"pass"`
	PassSE       float64 `json:"pass_se"`
	PassProblems int     `json:"pass_problems"`
	// Shape is how the responses look. It comes from them, not from the verdicts alone, so
	// Evaluate leaves it to its caller.
	Shape
	// Ungradable samples have no verdict and are in no accuracy.
	Ungradable         int `json:"ungradable"`
	UngradableProblems int `json:"ungradable_problems"`
	// Vote is that of the answers of a math benchmark. Evaluate leaves it to its caller.
	Vote Vote `json:"vote,omitzero"`
	// Gain compares with an earlier evaluation on the same problems; Evaluate
	// leaves it to its caller too. Without one it has no problems.
	Gain Comparison `json:"gain,omitzero"`
}

// tally is how many graded samples a problem has, and how many of them are correct.
type tally struct{ graded, correct int }

func (t tally) accuracy() float64 { return float64(t.correct) / float64(t.graded) }

// Evaluate summarises a benchmark from verdicts[i][j], that of sample j of
// problem i. Every problem must have the same number of samples. A standard
// error is 0 where it is not defined: over fewer than two problems, or
// (AvgSamplingSE) if some problem has fewer than two graded samples.
func Evaluate(benchmark string, verdicts [][]reward.Verdict) (Result, error) {
	result := Result{Benchmark: benchmark}
	if len(verdicts) > 0 {
		result.Samples = len(verdicts[0])
	}
	var tallies, complete []tally
	for i, row := range verdicts {
		if len(row) != result.Samples {
			return Result{}, fmt.Errorf("evaluate %s: problem %d has %d samples, problem 0 has %d", benchmark, i, len(row), result.Samples)
		}
		count, err := tallyOf(row)
		if err != nil {
			return Result{}, fmt.Errorf("evaluate %s: problem %d: %w", benchmark, i, err)
		}
		result.Ungradable += len(row) - count.graded
		if count.graded == 0 {
			result.UngradableProblems++
			continue
		}
		tallies = append(tallies, count)
		if count.graded == result.Samples {
			complete = append(complete, count)
		}
	}
	if len(tallies) == 0 {
		return Result{}, fmt.Errorf("evaluate %s: %d problems: %w", benchmark, len(verdicts), ErrNothingGraded)
	}
	result.Problems, result.PassProblems = len(tallies), len(complete)
	result.Avg, result.AvgSE = average(tallies)
	result.AvgSamplingSE = samplingSE(tallies)
	var err error
	result.Pass, result.PassSE, err = pass(complete, result.Samples)
	return result, err
}

func tallyOf(verdicts []reward.Verdict) (tally, error) {
	var t tally
	for _, v := range verdicts {
		switch v {
		case reward.Correct:
			t.correct++
			t.graded++
		case reward.Incorrect:
			t.graded++
		case reward.Ungradable:
		default:
			return tally{}, fmt.Errorf("unknown verdict %q; valid: %q, %q, %q", string(v), reward.Correct, reward.Incorrect, reward.Ungradable)
		}
	}
	return t, nil
}

// average is avg@k and its standard error.
func average(tallies []tally) (mean, se float64) {
	accuracies := make([]float64, len(tallies))
	for i, t := range tallies {
		accuracies[i] = t.accuracy()
	}
	return meanAndSE(accuracies)
}

// pass is pass@k over problems with at least k graded samples, and its standard error.
func pass(tallies []tally, k int) (mean, se float64, err error) {
	values := make([]float64, len(tallies))
	for i, t := range tallies {
		if values[i], err = PassAtK(t.graded, t.correct, k); err != nil {
			return 0, 0, err
		}
	}
	mean, se = meanAndSE(values)
	return mean, se, nil
}

// meanAndSE is the mean over problems and std (n-1) / sqrt(n).
func meanAndSE(values []float64) (mean, se float64) {
	n := float64(len(values))
	if n == 0 {
		return 0, 0
	}
	for _, v := range values {
		mean += v
	}
	mean /= n
	if n < 2 {
		return mean, 0
	}
	var squares float64
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}

// samplingSE is sqrt(sum_i var_i / n_i) / P with var_i = p_i (1-p_i) n_i / (n_i-1):
// the error of avg@k that more samples for the same P problems would shrink.
func samplingSE(tallies []tally) float64 {
	var sum float64
	for _, t := range tallies {
		if t.graded < 2 {
			return 0
		}
		n, c := float64(t.graded), float64(t.correct)
		sum += c * (n - c) / (n * n * (n - 1))
	}
	return math.Sqrt(sum) / float64(len(tallies))
}
