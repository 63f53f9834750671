package curation

import (
	"regexp"
	"strings"

	"temper/model/recipe"
)

// reasonContaminated is the reason of Decontaminate, followed by the benchmark's name.
const reasonContaminated = "in_"

// letters is what Python's \w+ finds.
var letters = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// wordsOf cuts a text into lower-case words.
func wordsOf(text string, rule recipe.WordRule) []string {
	text = strings.ToLower(text)
	if rule == recipe.WordBlanks {
		return strings.Fields(text)
	}
	return letters.FindAllString(text, -1)
}

// grams are all runs of n words; a shorter text is one run.
func grams(words []string, n int) []string {
	if len(words) == 0 {
		return nil
	}
	if len(words) < n {
		return []string{strings.Join(words, " ")}
	}
	runs := make([]string, 0, len(words)-n+1)
	for end := n; end <= len(words); end++ {
		runs = append(runs, strings.Join(words[end-n:end], " "))
	}
	return runs
}

// decontaminate leaves out rows whose question shares a run of words with a benchmark's,
// or is a text shorter than that which the benchmark has too. Which run is the evidence.
func decontaminate(rule recipe.Decontaminate, rows []Row, given Given) []Drop {
	known := map[string]string{} // a run of words: the benchmark that has it
	for _, name := range rule.Against {
		for _, row := range given.Others[name] {
			for _, gram := range grams(wordsOf(row.Question, rule.WordRule), rule.Words) {
				if _, ok := known[gram]; !ok {
					known[gram] = name
				}
			}
		}
	}
	return each(rows, func(row Row) (string, string) {
		for _, gram := range grams(wordsOf(row.Question, rule.WordRule), rule.Words) {
			if benchmark, ok := known[gram]; ok {
				return reasonContaminated + benchmark, gram
			}
		}
		return "", ""
	})
}
