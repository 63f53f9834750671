package curation

import (
	"crypto/sha256"

	"temper/model/recipe"
)

// A rule that compares rows, with each other or with those of other datasets, needs little of
// each, its sketch, so that millions of them fit into memory: some 100 bytes each.

// Key stands for a text.
type Key [16]byte

func keyOf(text string) (k Key) {
	sum := sha256.Sum256([]byte(text))
	copy(k[:], sum[:])
	return k
}

// Sketch is what a rule that compares needs of a row. Which of its fields are set depends on the rule.
type Sketch struct {
	ID string
	// Question stands for the question, and Said for a question with its response.
	Question, Said Key
	// Tokens are those of the response.
	Tokens int
	// Draws are the row's numbers, of its question and then of its response.
	Draws [3]float64
}

// Comparison applies a rule that compares rows. First it is told of all rows of the other
// datasets, by Other, then of the dataset's, by Look; then it judges these, in the same order.
type Comparison interface {
	// Sketch is what the rule needs of a row.
	Sketch(row Row) Sketch
	Other(dataset string, s Sketch)
	Look(s Sketch)
	// Judge says why a row is left out, "" for one that stays, and what was found.
	Judge(s Sketch) (reason, evidence string)
}

// Compares says whether a rule compares rows. Other rules ask of each row by itself.
func Compares(rule recipe.Rule) bool { return NewComparison(rule, 0) != nil }

// NewComparison is the comparison of a rule; nil where it makes none.
func NewComparison(rule recipe.Rule, seed uint64) Comparison {
	switch {
	case rule.Dedupe != nil:
		return newDedupe()
	case rule.Length != nil && rule.Length.Of != "" && rule.Length.Tokens != recipe.TokensTeacher:
		return &lengthOf{length: newLength(*rule.Length, seed), of: map[Key]tokens{}}
	case rule.Subset != nil:
		return newSubset(*rule.Subset, seed)
	}
	return nil
}

// Compare gives the rows that a comparison which knows the other datasets leaves out, in order.
func Compare(c Comparison, rows []Row) []Drop {
	sketches := make([]Sketch, len(rows))
	for i, row := range rows {
		sketches[i] = c.Sketch(row)
		c.Look(sketches[i])
	}
	var drops []Drop
	for i, s := range sketches {
		if reason, evidence := c.Judge(s); reason != "" {
			drops = append(drops, Drop{Row: i, ID: s.ID, Reason: reason, Evidence: evidence})
		}
	}
	return drops
}

// compare is Compare with what is given.
func compare(rule recipe.Rule, rows []Row, given Given) []Drop {
	c := NewComparison(rule, given.Seed)
	for _, name := range rule.Others() {
		for _, row := range given.Others[name] {
			c.Other(name, c.Sketch(row))
		}
	}
	return Compare(c, rows)
}

// texts holds many short texts in one piece.
type texts struct {
	all  []byte
	ends []int
}

// add returns the number of a text.
func (t *texts) add(text string) int32 {
	t.all = append(t.all, text...)
	t.ends = append(t.ends, len(t.all))
	return int32(len(t.ends) - 1)
}

func (t *texts) at(i int32) string {
	begin := 0
	if i > 0 {
		begin = t.ends[i-1]
	}
	return string(t.all[begin:t.ends[i]])
}
