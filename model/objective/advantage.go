package objective

import "math"

// of compares each score of each group with the others:
//
//	group_mean     A_i = (r_i - mean) / (std + epsilon)
//	leave_one_out  A_i = (r_i - mean of the others) / (std + epsilon)   (RLOO, arXiv 2402.14740)
//	none           A_i = r_i / (std + epsilon)                          (REINFORCE)
//
// or without the divisor under NoStd. It departs from veRL in two corner cases.
// Where all scores of a group are equal the advantages under a baseline are
// exactly 0; veRL subtracts a rounded mean and divides the rest by epsilon, which
// can leave as much as 0.03 in fp32. A group of one has nothing to compare with
// and gets 0; veRL takes mean 0 and std 1 there, which makes the reward its own
// advantage.
func (a Advantage) of(groups [][]float64) [][]float64 {
	var all []float64
	for _, scores := range groups {
		all = append(all, scores...)
	}
	out := make([][]float64, len(groups))
	for k, scores := range groups {
		out[k] = make([]float64, len(scores))
		if allEqual(scores) && a.Baseline != NoBaseline {
			continue
		}
		n := float64(len(scores))
		mean, squares := moments(scores)
		divisor := 1.0
		switch a.Std {
		case SampleStd:
			divisor = math.Sqrt(squares/max(1, n-1)) + a.Epsilon
		case PopulationStd:
			divisor = math.Sqrt(squares/n) + a.Epsilon
		case BatchStd:
			_, squares := moments(all)
			divisor = math.Sqrt(squares/max(1, float64(len(all)-1))) + a.Epsilon
		}
		for i, r := range scores {
			switch a.Baseline {
			case GroupMean:
				out[k][i] = (r - mean) / divisor
			case LeaveOneOut:
				out[k][i] = (r - mean) * (n / (n - 1)) / divisor
			case NoBaseline:
				out[k][i] = r / divisor
			}
		}
	}
	return out
}

// moments are the mean and the sum of squared distances from it.
func moments(values []float64) (mean, squares float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return mean, squares
}

// allEqual reports whether no value differs from the first; one alone is all equal.
func allEqual(values []float64) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}

// Spread describes the advantages of a batch. Their mean says nothing: it is 0
// in every group.
type Spread struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	Std float64 `json:"std"`
	// Zero is the share that is exactly 0: those of zero-variance groups.
	Zero float64 `json:"zero"`
}

// SpreadOf describes advantages.
func SpreadOf(advantages []float64) Spread {
	if len(advantages) == 0 {
		return Spread{}
	}
	s := Spread{Min: advantages[0], Max: advantages[0]}
	n := float64(len(advantages))
	for _, a := range advantages {
		s.Min, s.Max = min(s.Min, a), max(s.Max, a)
		if a == 0 {
			s.Zero += 1 / n
		}
	}
	_, squares := moments(advantages)
	s.Std = math.Sqrt(squares / n)
	return s
}
