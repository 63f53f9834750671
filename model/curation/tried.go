package curation

import (
	"temper/model/recipe"
	"temper/model/reward"
)

// Tried is a trial with the verdict on it.
type Tried struct {
	// Name is the trial's.
	Name    string
	Verdict reward.Verdict
	// Reason is why it was not right.
	Reason string
}

// The reasons of Golden and WeakTests.
const (
	reasonNoGolden     = "no_golden_solution"
	reasonFailedGolden = "failed_golden_solution"
	reasonWeak         = "weak_tests"
)

// golden leaves out code problems without a golden solution and those whose golden solution fails. One without
// a verdict stays: the fault is not the problem's.
func golden(rule recipe.Golden, rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		if row.Domain == recipe.DomainCode && len(row.Tried) == 0 && rule.Missing != recipe.LackingKept {
			return reasonNoGolden, ""
		}
		for _, t := range row.Tried {
			if t.Verdict == reward.Incorrect {
				return reasonFailedGolden, t.Reason
			}
		}
		return "", ""
	})
}

// weakTests leaves out code problems whose tests a trivial program passes; which one is the evidence.
func weakTests(rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		for _, t := range row.Tried {
			if t.Verdict == reward.Correct {
				return reasonWeak, "a program that " + t.Name + " passes"
			}
		}
		return "", ""
	})
}
