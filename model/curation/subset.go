package curation

import (
	"cmp"
	"math"
	"slices"

	"temper/model/recipe"
)

// reasonBeyond is the reason of Subset.
const reasonBeyond = "beyond_subset"

// subset keeps the questions, and of each the responses, that come first in an order that
// the seed gives: a smaller subset is part of every larger one.
type subset struct {
	recipe.Subset
	seed uint64
	// questions are those of the rows in the order in which they come, of their numbers.
	questions []drawnQuestion
	number    map[Key]int32
	rows      []drawnRow
	kept      []bool // by row, once all rows are known
	judged    int
}

type drawnQuestion struct{ order, share float64 }

type drawnRow struct {
	question int32
	order    float64
}

func newSubset(rule recipe.Subset, seed uint64) *subset {
	return &subset{Subset: rule, seed: seed, number: map[Key]int32{}}
}

func (s *subset) Sketch(row Row) Sketch {
	return Sketch{ID: row.ID, Question: keyOf(row.Question), Draws: [3]float64{
		draw(s.seed, "prompts", row.Question), draw(s.seed, "share of responses", row.Question), draw(s.seed, "responses", row.Question+"\x00"+row.Response),
	}}
}

func (s *subset) Other(string, Sketch) {}

func (s *subset) Look(row Sketch) {
	question, known := s.number[row.Question]
	if !known {
		question = int32(len(s.questions))
		s.number[row.Question] = question
		s.questions = append(s.questions, drawnQuestion{row.Draws[0], row.Draws[1]})
	}
	s.rows = append(s.rows, drawnRow{question, row.Draws[2]})
}

func (s *subset) Judge(Sketch) (reason, evidence string) {
	if s.kept == nil {
		s.choose()
	}
	s.judged++
	if s.kept[s.judged-1] {
		return "", ""
	}
	return reasonBeyond, ""
}

// choose decides which rows are kept.
func (s *subset) choose() {
	s.number, s.kept = nil, make([]bool, len(s.rows))
	chosen := make([]bool, len(s.questions))
	for _, question := range first(numbers(len(s.questions)), s.Prompts, func(i int32) float64 { return s.questions[i].order }) {
		chosen[question] = true
	}
	rows := slices.DeleteFunc(numbers(len(s.rows)), func(i int32) bool { return !chosen[s.rows[i].question] })
	slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(s.rows[a].question, s.rows[b].question) })
	for len(rows) > 0 {
		question, n := s.rows[rows[0]].question, 1
		for n < len(rows) && s.rows[rows[n]].question == question {
			n++
		}
		most := responsesOf(s.Responses, s.questions[question].share)
		for _, i := range first(rows[:n], most, func(i int32) float64 { return s.rows[i].order }) {
			s.kept[i] = true
		}
		rows = rows[n:]
	}
}

// numbers are those from 0 to below n.
func numbers(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// responsesOf is how many rows a question keeps of a mean number: the whole part, and one more
// where the question's draw is below the rest. It never falls where the mean rises.
func responsesOf(mean, draw float64) int {
	whole := math.Floor(mean)
	if draw < mean-whole {
		whole++
	}
	return int(whole)
}

// first are the n items with the smallest keys, all of them if n is 0; of equal keys the earlier.
func first(items []int32, n int, key func(int32) float64) []int32 {
	if n == 0 || n >= len(items) {
		return items
	}
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b int32) int { return cmp.Compare(key(a), key(b)) })
	return sorted[:n]
}
