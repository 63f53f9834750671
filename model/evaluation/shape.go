package evaluation

import (
	"slices"

	"temper/model/reward"
)

// Response is what is counted of one judged response.
type Response struct {
	// Tokens is its length, by the server's count where a server answered; Cut says that its budget ended it.
	Tokens int
	Cut    bool
	// Reasoned says that its reasoning came to an end, by </think>; Answered that an answer or a program was found.
	Reasoned, Answered bool
	Verdict            reward.Verdict
}

// Shape is how responses look, over all samples. Lengths are in tokens and shares in [0, 1].
type Shape struct {
	ResponseLength float64 `json:"response_length"`
	MedianLength   float64 `json:"median_length,omitempty"`
	// RightLength and WrongLength are the means over correct and incorrect responses, 0 where there is none.
	RightLength float64 `json:"right_length,omitempty"`
	WrongLength float64 `json:"wrong_length,omitempty"`
	// Truncation is the share that the budget cut, NoReasoningEnd that without </think>, NoAnswer
	// that in which no box (or what else the grading looks for) or no program was found.
	Truncation      float64 `json:"truncation"`
	NoReasoningEnd  float64 `json:"no_reasoning_end,omitempty"`
	NoAnswer        float64 `json:"no_answer,omitempty"`
	UngradableShare float64 `json:"ungradable_share,omitempty"`
}

// ShapeOf counts responses; of none all is 0.
func ShapeOf(responses []Response) Shape {
	var s Shape
	if len(responses) == 0 {
		return s
	}
	lengths, of := make([]float64, len(responses)), map[reward.Verdict][]float64{}
	share := 1 / float64(len(responses))
	for i, r := range responses {
		lengths[i] = float64(r.Tokens)
		of[r.Verdict] = append(of[r.Verdict], lengths[i])
		for _, c := range []struct {
			is bool
			to *float64
		}{{r.Cut, &s.Truncation}, {!r.Reasoned, &s.NoReasoningEnd}, {!r.Answered, &s.NoAnswer}, {r.Verdict == reward.Ungradable, &s.UngradableShare}} {
			if c.is {
				*c.to++
			}
		}
	}
	for _, count := range []*float64{&s.Truncation, &s.NoReasoningEnd, &s.NoAnswer, &s.UngradableShare} {
		*count *= share
	}
	s.ResponseLength, _ = meanAndSE(lengths)
	s.RightLength, _ = meanAndSE(of[reward.Correct])
	s.WrongLength, _ = meanAndSE(of[reward.Incorrect])
	slices.Sort(lengths)
	middle := len(lengths) / 2
	s.MedianLength = lengths[middle]
	if len(lengths)%2 == 0 {
		s.MedianLength = (lengths[middle-1] + lengths[middle]) / 2
	}
	return s
}
