package evaluation

import (
	"strings"

	"temper/model/reward"
)

// Answer is what a sample answers, "" if nothing was found, and the verdict on it.
type Answer struct {
	Text    string
	Verdict reward.Verdict
}

// Vote is maj@k over the problems whose k samples all have verdicts.
type Vote struct {
	// Majority is the mean of each problem's vote, SE its standard error over problems.
	Majority float64 `json:"majority"`
	SE       float64 `json:"se"`
	Problems int     `json:"problems"`
}

// Majority is maj@k (Wang et al. 2022, arXiv 2203.11171): the answer that most samples of a
// problem give, blanks aside, is the problem's. Samples without an answer have no vote; where
// nobody votes the problem counts 0, and of answers with equally many votes each counts its share.
func Majority(answers [][]Answer) Vote {
	var votes []float64
	for _, row := range answers {
		whole := true
		for _, a := range row {
			whole = whole && a.Verdict != reward.Ungradable
		}
		if whole && len(row) > 0 {
			votes = append(votes, voteOf(row))
		}
	}
	v := Vote{Problems: len(votes)}
	v.Majority, v.SE = meanAndSE(votes)
	return v
}

// voteOf is the share of a problem's most frequent answers that is correct. One answer in two
// spellings may have two verdicts: each of its samples counts with its own.
func voteOf(row []Answer) float64 {
	count, correct := map[string]int{}, map[string]int{}
	most := 0
	for _, a := range row {
		text := strings.Join(strings.Fields(a.Text), "")
		if text == "" {
			continue
		}
		count[text]++
		most = max(most, count[text])
		if a.Verdict == reward.Correct {
			correct[text]++
		}
	}
	winners, share := 0, 0.0
	for text, n := range count {
		if n == most {
			winners++
			share += float64(correct[text]) / float64(n)
		}
	}
	if winners == 0 {
		return 0
	}
	return share / float64(winners)
}

// PassCurve is pass@1, pass@2, pass@4 and so on up to pass@k by the unbiased estimator, each with
// its standard error over problems, over the problems whose k samples all have verdicts; empty
// where there is none.
func PassCurve(verdicts [][]reward.Verdict) (curve, errors []float64, err error) {
	var complete []tally
	samples := 0
	for _, row := range verdicts {
		t, err := tallyOf(row)
		if err != nil {
			return nil, nil, err
		}
		if samples = max(samples, len(row)); t.graded == len(row) && t.graded > 0 {
			complete = append(complete, t)
		}
	}
	if len(complete) == 0 {
		return nil, nil, nil
	}
	for k := 1; k <= samples; k *= 2 {
		mean, se, err := pass(complete, k)
		if err != nil {
			return nil, nil, err
		}
		curve, errors = append(curve, mean), append(errors, se)
	}
	return curve, errors, nil
}
