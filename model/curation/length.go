package curation

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"temper/model/recipe"
)

// The reasons of Length and Subset.
const (
	reasonThinned = "thinned_by_length"
	reasonBeyond  = "beyond_subset"
)

// draw is a number from 0 to below 1 that belongs to a rule, a text and a seed, whatever other
// rows there are and in which order. Each rule draws for itself: what one has thinned would
// otherwise come first in the next.
func draw(seed uint64, rule, text string) float64 {
	h := fnv.New64a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed)) // a hash's Write never fails
	h.Write([]byte(rule + "\x00" + text))
	return rand.New(rand.NewPCG(seed, h.Sum64())).Float64()
}

// length thins the rows whose response has a number of tokens between the rule's bounds.
// A row is drawn by its question, so that all its responses stay or leave together where
// another dataset gives the length.
func length(rule recipe.Length, rows []Row, given Given) []Drop {
	mean, name := meanTokens(given.Others[rule.Of]), fmt.Sprintf("length %d %d", rule.From, rule.Below)
	tokensOf := func(row Row) float64 { return mean[normalised(row.Question)] }
	if rule.Tokens == recipe.TokensTeacher {
		tokensOf = func(row Row) float64 { return given.Tallies[QuestionKey(row.Question)].Tokens }
	}
	return each(rows, func(row Row) (string, string) {
		tokens, by := float64(row.Tokens), row.Question+"\x00"+row.Response
		if rule.Of != "" {
			tokens, by = tokensOf(row), row.Question
		}
		if tokens == 0 || tokens < float64(rule.From) || rule.Below > 0 && tokens >= float64(rule.Below) {
			return "", ""
		}
		if draw(given.Seed, name, by) < rule.Keep {
			return "", ""
		}
		return reasonThinned, fmt.Sprintf("%.0f tokens", tokens)
	})
}

// meanTokens are the mean numbers of tokens of the responses to each question.
func meanTokens(rows []Row) map[string]float64 {
	sum, count := map[string]float64{}, map[string]float64{}
	for _, row := range rows {
		question := normalised(row.Question)
		sum[question] += float64(row.Tokens)
		count[question]++
	}
	for question := range sum {
		sum[question] /= count[question]
	}
	return sum
}

// subset keeps the questions, and of each the responses, that come first in an order that
// the seed gives: a smaller subset is part of every larger one.
func subset(rule recipe.Subset, rows []Row, seed uint64) []Drop {
	var questions []string
	of := map[string][]int{} // the rows of a question
	for i, row := range rows {
		if of[row.Question] == nil {
			questions = append(questions, row.Question)
		}
		of[row.Question] = append(of[row.Question], i)
	}
	kept := map[int]bool{}
	for _, question := range first(questions, rule.Prompts, func(q string) float64 { return draw(seed, "prompts", q) }) {
		n := responsesOf(rule.Responses, draw(seed, "share of responses", question))
		responses := first(of[question], n, func(i int) float64 { return draw(seed, "responses", question+"\x00"+rows[i].Response) })
		for _, i := range responses {
			kept[i] = true
		}
	}
	var drops []Drop
	for i, row := range rows {
		if !kept[i] {
			drops = append(drops, Drop{Row: i, ID: row.ID, Reason: reasonBeyond})
		}
	}
	return drops
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
func first[T any](items []T, n int, key func(T) float64) []T {
	if n == 0 || n >= len(items) {
		return items
	}
	type keyed struct {
		item T
		key  float64
	}
	sorted := make([]keyed, len(items))
	for i, item := range items {
		sorted[i] = keyed{item, key(item)}
	}
	slices.SortStableFunc(sorted, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	least := make([]T, n)
	for i := range least {
		least[i] = sorted[i].item
	}
	return least
}
