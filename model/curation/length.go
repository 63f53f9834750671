package curation

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"temper/model/recipe"
)

// reasonThinned is the reason of Length.
const reasonThinned = "thinned_by_length"

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
type length struct {
	recipe.Length
	seed uint64
	name string // of its draws
}

func newLength(rule recipe.Length, seed uint64) length {
	return length{rule, seed, fmt.Sprintf("length %d %d", rule.From, rule.Below)}
}

// judge thins a row by its tokens and its draw.
func (l length) judge(tokens, drawn float64) (reason, evidence string) {
	if tokens == 0 || tokens < float64(l.From) || l.Below > 0 && tokens >= float64(l.Below) || drawn < l.Keep {
		return "", ""
	}
	return reasonThinned, fmt.Sprintf("%.0f tokens", tokens)
}

// lengths is the rule where each row's own response has the length, or the teacher's responses
// to its question have.
func lengths(rule recipe.Length, rows []Row, given Given) []Drop {
	l := newLength(rule, given.Seed)
	return each(rows, func(row Row) (string, string) {
		tokens, by := float64(row.Tokens), row.Question+"\x00"+row.Response
		if rule.Tokens == recipe.TokensTeacher {
			tokens, by = given.Tallies[QuestionKey(row.Question)].Tokens, row.Question
		}
		return l.judge(tokens, draw(l.seed, l.name, by))
	})
}

// lengthOf is the rule where another dataset has the lengths, the means of its responses to each
// question. A row is drawn by its question, so that all its responses stay or leave together.
type lengthOf struct {
	length
	of map[Key]tokens
}

// tokens are those of some responses.
type tokens struct{ sum, responses float64 }

func (l *lengthOf) Sketch(row Row) Sketch {
	return Sketch{ID: row.ID, Question: keyOf(normalised(row.Question)), Tokens: row.Tokens, Draws: [3]float64{draw(l.seed, l.name, row.Question)}}
}

func (l *lengthOf) Other(_ string, s Sketch) {
	t := l.of[s.Question]
	l.of[s.Question] = tokens{t.sum + float64(s.Tokens), t.responses + 1}
}

func (l *lengthOf) Look(Sketch) {}

func (l *lengthOf) Judge(s Sketch) (reason, evidence string) {
	t, ok := l.of[s.Question]
	if !ok {
		return "", ""
	}
	return l.judge(t.sum/t.responses, s.Draws[0])
}
