package synthetic

import (
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

// shares compares counts with shares that were measured on 60,000 draws of the
// task's original Python implementation; both sides vary by chance.
func shares[K comparable](t *testing.T, what string, counts map[K]int, want map[K]float64) {
	t.Helper()
	total := 0
	for _, n := range counts {
		total += n
	}
	for key, share := range want {
		if got := float64(counts[key]) / float64(total); got < share-.01 || got > share+.01 {
			t.Errorf("%s %v: share %.4f, want %.4f", what, key, got, share)
		}
	}
	if len(counts) != len(want) {
		t.Errorf("%s: got %v, want the keys of %v", what, counts, want)
	}
}

func TestMathDistribution(t *testing.T) {
	problems, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 60000, Operations: []int{2, 3, 4}}, 8)
	starts, answers, ks, ops := map[byte]int{}, map[string]int{}, map[int]int{}, map[rune]int{}
	for _, p := range problems {
		question := p.Question
		starts[question[0]]++
		answers[p.Answer]++
		ks[(len(question)-2)/3]++
		for _, c := range question {
			if strings.ContainsRune("+-*", c) {
				ops[c]++
			}
		}
	}
	shares(t, "operations", ks, map[int]float64{2: 1. / 3, 3: 1. / 3, 4: 1. / 3})
	shares(t, "operator", ops, map[rune]float64{'*': .0991, '+': .4195, '-': .4814})
	shares(t, "start", starts, map[byte]float64{'0': .1, '1': .1, '2': .1, '3': .1, '4': .1, '5': .1, '6': .1, '7': .1, '8': .1, '9': .1})
	shares(t, "answer", answers, map[string]float64{
		"0": .0911, "1": .0934, "2": .1004, "3": .0957, "4": .1078, "5": .0889, "6": .1086, "7": .0897, "8": .1228, "9": .1016,
	})
}

func TestCodeDistribution(t *testing.T) {
	problems, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 60000, CodeFraction: 1}, 8)
	forms, slopes, firstX := map[string]int{}, map[byte]int{}, map[byte]int{}
	for _, p := range problems {
		function := p.ID[2:strings.Index(p.ID, "@")]
		switch {
		case strings.HasSuffix(function, "x"):
			forms["b-a*x"]++
			slopes[function[2]]++
		default:
			forms["a*x"+function[3:4]+"b"]++
			slopes[function[0]]++
		}
		firstX[p.ID[len(p.ID)-1]]++
	}
	shares(t, "family", forms, map[string]float64{"a*x+b": .3497, "a*x-b": .2520, "b-a*x": .3983})
	shares(t, "slope", slopes, map[byte]float64{'1': .3825, '2': .3104, '3': .1922, '4': .1149})
	shares(t, "first x", firstX, map[byte]float64{'0': .2909, '1': .2403, '2': .2118, '3': .1551, '4': .1019})
}

func TestWordFrequencies(t *testing.T) {
	_, examples := generate(t, recipe.Synthetic{Kind: recipe.Demonstrations, Count: 5000, Operations: []int{3}, Styles: map[recipe.Style]float64{recipe.Verbose: 1}}, 8)
	leads, checks := map[string]int{}, map[string]int{}
	words := func(e dataset.Example, word string) int { return strings.Count(e.Response, word) }
	for _, e := range examples {
		for _, word := range leadWords {
			leads[word] += words(e, word)
		}
		for _, word := range checkWords {
			checks[word] += words(e, word)
		}
	}
	shares(t, "leading word", leads, map[string]float64{"so": .60, "then": .20, "now": .12, "next": .08})
	shares(t, "checking word", checks, map[string]float64{"check": .60, "wait": .30, "hmm": .10})
}

func TestDrawNeverPicksWeightZero(t *testing.T) {
	rng := newGenerator(1, "texts")
	counts := map[int]int{}
	for range 30000 {
		counts[draw(rng, []float64{0, 1, 0, 2, 0})]++
	}
	shares(t, "index", counts, map[int]float64{1: 1. / 3, 3: 2. / 3})
}
