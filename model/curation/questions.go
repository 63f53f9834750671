package curation

import (
	"fmt"
	"regexp"

	"temper/model/recipe"
)

// questions leaves out rows whose question is of one of the rule's kinds; the first that
// fits is the reason.
func questions(rule recipe.Questions, rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		for _, kind := range rule.Drop {
			if kind == recipe.QuestionShort {
				if n := len(letters.FindAllString(row.Question, -1)); n < rule.MinWords {
					return string(kind), fmt.Sprintf("%d words", n)
				}
				continue
			}
			if evidence := kinds[kind](row.Question); evidence != "" {
				return string(kind), evidence
			}
		}
		return "", ""
	})
}

// kinds find what shows that a question is of a kind, "" where nothing does.
var kinds = map[recipe.QuestionKind]func(question string) string{
	recipe.QuestionMultiPart:  multiPart,
	recipe.QuestionChoice:     choice,
	recipe.QuestionTrueFalse:  trueFalse,
	recipe.QuestionProof:      proof,
	recipe.QuestionNonEnglish: nonEnglish,
	recipe.QuestionFigure:     figureIn,

	recipe.QuestionSeveralOutputs: severalOutputsIn,
	recipe.QuestionInteractive:    interactiveIn,
	recipe.QuestionImage:          imageIn,
}

// figure are words about a figure, or a figure as text.
var figure = regexp.MustCompile(`(?i)\[asy\]|\b(?:fig\.|figure)\s*\(?\d|\\begin\{(?:tikzpicture|asy)\}|\\includegraphics|!\[[^\]]*\]\(|<img\b|\b(?:in|from|see|by|refer to|consult) the (?:figure|diagram|picture|image|graph|chart|drawing|illustration|table)\b|\b(?:figure|diagram|picture|image|graph|chart|drawing|table|illustration)s? (?:above|below|shown|at (?:the )?right|on the (?:right|left)|to the (?:right|left))|\bthe (?:bar|pie|line) (?:chart|graph)|\b(?:as shown|shown (?:above|below|here)|shown in (?:the|this|fig)|pictured|(?:shaded|unshaded) (?:area|region|part))\b`)

// figureIn finds a figure, or words about one. The graph of a function is none.
func figureIn(question string) string {
	for _, at := range figure.FindAllStringIndex(question, -1) {
		if inTable.MatchString(question[at[0]:at[1]]) && written.MatchString(question) {
			continue
		}
		if !ofSomething.MatchString(question[at[1]:]) || !inGraph.MatchString(question[at[0]:at[1]]) {
			return question[at[0]:at[1]]
		}
	}
	return ""
}

var (
	inGraph     = regexp.MustCompile(`(?i)^(?:in|from|by) the (?:graph|image|table)$`)
	ofSomething = regexp.MustCompile(`(?i)^\s+(?:(?:of|is|has|with)\b|\$)`)
	// A table that is written out is no figure.
	inTable = regexp.MustCompile(`(?i)\btable|\bshown\b`)
	written = regexp.MustCompile(`\\begin\{(?:tabular|array)\}|\|\s*:?-{2,}`)
)
