package dataset

import (
	"regexp"
	"strings"
)

// NGramWords is the length of the word sequence that marks a training record as
// contaminated (AceReason-Nemotron 1.1 §2: 9-gram overlap with a test sample).
const NGramWords = 9

// Record is a problem or an example.
type Record interface{ Asked() string }

var word = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// ngrams returns the 9-grams of text: runs of nine lower-cased words (letters,
// digits and underscores), joined by spaces. Shorter text has none.
func ngrams(text string) []string {
	words := word.FindAllString(strings.ToLower(text), -1)
	var grams []string
	for end := NGramWords; end <= len(words); end++ {
		grams = append(grams, strings.Join(words[end-NGramWords:end], " "))
	}
	return grams
}

// Decontaminate drops every training record whose question shares a 9-gram with
// the question of a benchmark's record. Chat tokens and responses are not looked
// at. Both results keep their order.
func Decontaminate[T, B Record](train []T, benchmark []B) (kept, dropped []T) {
	known := map[string]bool{}
	for _, record := range benchmark {
		for _, gram := range ngrams(record.Asked()) {
			known[gram] = true
		}
	}
	for _, record := range train {
		if sharesAny(ngrams(record.Asked()), known) {
			dropped = append(dropped, record)
		} else {
			kept = append(kept, record)
		}
	}
	return kept, dropped
}

func sharesAny(grams []string, known map[string]bool) bool {
	for _, gram := range grams {
		if known[gram] {
			return true
		}
	}
	return false
}

// Dedupe keeps the first record of each question (AceReason-Nemotron 1.1 §2:
// each prompt is unique). Both results keep their order.
func Dedupe[T Record](records []T) (kept, dropped []T) {
	seen := map[string]bool{}
	for _, record := range records {
		question := record.Asked()
		if seen[question] {
			dropped = append(dropped, record)
			continue
		}
		seen[question] = true
		kept = append(kept, record)
	}
	return kept, dropped
}
