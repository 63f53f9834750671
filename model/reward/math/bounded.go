package math

import (
	"errors"
	"fmt"
	"strings"

	"temper/model/library/budget"
	"temper/model/library/latex"
	"temper/model/reward"
)

const (
	// maxSteps is the budget of one pair, in steps of about ten nanoseconds: reading both
	// answers, and all attempts to compare them.
	maxSteps = 4_000_000
	// maxBytes is how much memory that may take, all in all.
	maxBytes = 32 << 20
	// patternSteps is what is spent on a byte of an answer that patterns are tried on.
	patternSteps = 50
)

// pair is one answer and one gold answer, and the budget for grading them.
type pair struct {
	budget       *budget.Budget
	answer, gold string
}

// inBudget grades within the budget of a pair. An answer that takes more is incorrect, unless
// the gold answer alone does. A fault of the grader itself is no verdict on the answer.
func inBudget(gold string, grade func(*pair) reward.Result) (result reward.Result) {
	p := &pair{budget: budget.New(maxSteps, maxBytes), gold: gold}
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		result = reward.Result{Verdict: reward.Incorrect, Extracted: p.answer, Reason: "takes too long to compare with " + short(gold)}
		if fault != budget.ErrExhausted {
			result.Verdict, result.Reason = reward.Ungradable, fmt.Sprintf("the grader failed: %v", fault)
		} else if err := CheckGold(gold); err != nil {
			result.Verdict, result.Reason = reward.Ungradable, "the gold answer "+err.Error()
		}
	}()
	return grade(p)
}

// CheckGold says why no response can be judged against a gold answer. Reading it must leave
// half of the budget for an answer.
func CheckGold(gold string) (err error) {
	b := budget.New(maxSteps/2, maxBytes/2)
	defer func() {
		if fault := recover(); fault == budget.ErrExhausted {
			err = errors.New("takes too long to read")
		} else if fault != nil {
			err = fmt.Errorf("makes the grader fail: %v", fault)
		}
	}()
	value := reference(b, gold)
	if err := usable(value); err != nil {
		return err
	}
	latex.Parse(b, value, latex.Options{})
	return nil
}

func usable(value string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return errors.New("is empty")
	case len(value) > MaxAnswer:
		return errors.New("is too long")
	}
	return nil
}
