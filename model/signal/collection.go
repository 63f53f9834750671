package signal

import (
	"fmt"

	"temper/model/collection"
	"temper/model/teacher"
)

// OfCollection remarks on a stage that has kept nothing of what it sampled; ok is false where it has.
func OfCollection(stage string, s collection.Stats) (r Remark, ok bool) {
	if s.Kept > 0 {
		return Remark{}, false
	}
	at := "stages." + stage + "."
	reason, advice := "no response was correct", "raise "+at+"samples or temperature, take easier problems in "+at+"data, or train the policy first"
	switch {
	case s.Dropped > 0:
		reason, advice = "what could be kept is longer than the supervised stages take", "raise their max_tokens, or lower "+at+"max_response_tokens"
	case s.Unmatched > 0:
		reason = fmt.Sprintf("none of %d unsolved problems has a demonstration with its question or prompt", s.Unmatched)
		advice = "give " + at + "demonstrations a dataset of the same problems"
	case s.Solved == s.Problems:
		reason, advice = "every problem was solved", "take harder problems in "+at+"data, or end the alternation here"
	case s.Ungradable == s.Responses:
		reason, advice = "no response could be judged", "see the reasons in its verdicts"
	case s.Truncation >= mostly:
		reason = fmt.Sprintf("no response was correct, and %.0f %% were cut at the budget", 100*s.Truncation)
		advice = "raise " + at + "max_response_tokens, or train the policy to answer and end first"
	}
	return Remark{stage, AboutData, fmt.Sprintf("nothing was kept of %d responses to %d problems: %s; %s", s.Responses, s.Problems, reason, advice)}, true
}

// OfEmptyDataset remarks on a supervised stage that was skipped, since the dataset that an earlier stage collects is empty.
func OfEmptyDataset(stage, data string) Remark {
	return Remark{stage, AboutData, fmt.Sprintf("it was skipped and left the policy as it was: %s, which an earlier stage collects, holds no examples", data)}
}

// OfTaught remarks on a stage that has kept nothing of what a teacher answered; ok is false where it has.
func OfTaught(stage string, s teacher.Stats) (r Remark, ok bool) {
	if s.Kept > 0 {
		return Remark{}, false
	}
	at := "stages." + stage + "."
	reason, advice := "they are empty, or longer than the supervised stages take", "see the responses, or raise the max_tokens of the stages that train on "+at+"into"
	switch {
	case s.Wrong > 0:
		reason, advice = "no response was found correct", "see its verdicts, take "+at+"keep: all, or easier problems in "+at+"data"
	case s.Cut > 0:
		reason, advice = "the budget cut them", "raise "+at+"max_tokens, or take "+at+"cut: keep"
	}
	return Remark{stage, AboutData, fmt.Sprintf("nothing was kept of %d responses of the teacher: %s; %s", s.Responses, reason, advice)}, true
}
