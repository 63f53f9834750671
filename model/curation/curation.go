// Package curation leaves rows out of datasets by the rules of a recipe: what is there
// twice, what a benchmark holds too, questions of kinds that rewards cannot be trusted
// with, answers that no response can be judged by, responses of lengths that say that a
// problem is easy. To add a rule: a field of recipe.Rule with its checks, a file here, a
// case in Apply.
//
// Everything here is a pure function of its arguments.
package curation

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/recipe"
)

// Row is a problem or an example as rules see it.
type Row struct {
	ID       string
	Domain   recipe.Domain
	Question string
	// Answer is a problem's reference answer.
	Answer string
	// Response is an example's response, of Tokens tokens.
	Response string
	Tokens   int
	// Of Judged responses that were sampled to a problem Correct are correct, and Ungradable
	// have no verdict.
	Judged, Correct, Ungradable int
	// Released is the day on which a problem was published, as 2024-08-01, and URL where; "" where the data does not say.
	Released, URL string
	// Level is what an earlier rule has written on a problem: see LevelOf.
	Level *int
	// Tried are the programs that were judged by a problem's tests: see Trials.
	Tried []Tried
}

// Drop is a row that a rule leaves out.
type Drop struct {
	// Row is its index.
	Row int `json:"row"`
	// ID is the row's.
	ID string `json:"id"`
	// Reason is a word, the same for all rows that are left out for it; Evidence is what was found.
	Reason   string `json:"reason"`
	Evidence string `json:"evidence,omitempty"`
}

// Given is what rules work with beside rows.
type Given struct {
	// Others are the rows of other datasets, by name.
	Others map[string][]Row
	// Tallies are of the teacher's responses that the rule asks about, by the question's key.
	Tallies map[string]Tally
	// Seed decides what is drawn.
	Seed uint64
}

// Apply gives the rows that a rule leaves out, in order.
func Apply(rule recipe.Rule, rows []Row, given Given) ([]Drop, error) {
	switch {
	case Compares(rule):
		return compare(rule, rows, given), nil
	case rule.Decontaminate != nil:
		return decontaminate(*rule.Decontaminate, rows, given), nil
	case rule.Questions != nil:
		return questions(*rule.Questions, rows), nil
	case rule.Answers != nil:
		return answers(*rule.Answers, rows), nil
	case rule.Length != nil:
		return lengths(*rule.Length, rows, given), nil
	case rule.PassRate != nil:
		return passRate(*rule.PassRate, rows), nil
	case rule.Released != nil:
		return released(*rule.Released, rows), nil
	case rule.SameSource != nil:
		for _, name := range rule.SameSource.Against {
			if others := given.Others[name]; len(others) > 0 && !slices.ContainsFunc(others, func(r Row) bool { return r.URL != "" }) {
				return nil, fmt.Errorf("%s: none of its %d rows says where it comes from", name, len(others))
			}
		}
		return sameSource(*rule.SameSource, rows, given), nil
	case rule.Golden != nil:
		return golden(*rule.Golden, rows), nil
	case rule.WeakTests != nil:
		return weakTests(rows), nil
	case rule.Difficulty != nil:
		return difficulty(*rule.Difficulty, rows, given), nil
	}
	return nil, fmt.Errorf("rule %q: there is no such rule", rule.Name())
}

// each asks of every row whether it is left out: reason "" keeps it.
func each(rows []Row, judge func(Row) (reason, evidence string)) []Drop {
	var drops []Drop
	for i, row := range rows {
		if reason, evidence := judge(row); reason != "" {
			drops = append(drops, Drop{Row: i, ID: row.ID, Reason: reason, Evidence: evidence})
		}
	}
	return drops
}

// normalised is a question without case, and without blanks and punctuation that change nothing.
func normalised(question string) string {
	return strings.Trim(strings.Join(strings.Fields(strings.ToLower(question)), " "), " .,:;!?")
}

// Without is items without those that are left out.
func Without[T any](items []T, drops []Drop) []T {
	out := make(map[int]bool, len(drops))
	for _, d := range drops {
		out[d.Row] = true
	}
	var kept []T
	for i, item := range items {
		if !out[i] {
			kept = append(kept, item)
		}
	}
	return kept
}
