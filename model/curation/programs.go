package curation

import (
	"regexp"
	"strings"

	"temper/model/source"
)

// The words by which a question about a program says that more than one output is right.
var severalOutputs = []*regexp.Regexp{
	// "print any of them", "return any valid answer", "output one of them", "print the answer as any permutation"
	regexp.MustCompile(`(?i)\b(?:print|output|return|report|display|write(?: down)?)(?:s|ed|ing)?\s+(?:the (?:answer|result)s?,? )?(?:(?:any|one)(?: one)? of (?:them|these|those|the|all|such)\b|any (?:one|suitable|appropriate|possible|valid|correct|optimal|such|acceptable|answer|solution|permutation|array|sequence|string|order|pair|number that|integer that)\b|any\s*[.;\n]|(?:an )?arbitrary (?:one|answer|solution)\b)`),
	// "any of them will be accepted", "all valid answers are accepted", "the judge accepts any correct answer"
	regexp.MustCompile(`(?i)\b(?:any|all|each)\b[^.;?\n]{0,50}\b(?:is|are|will be|would be|is considered|are considered)\s+(?:also )?(?:accepted|acceptable|fine|allowed as an answer)|\baccepts? (?:any|all) (?:\w+ ){0,2}(?:answers?|solutions?|outputs?)\b`),
	// "if there are several possible answers, you may choose any of them"
	regexp.MustCompile(`(?i)\b(?:multiple|several|many|various|different|more than one|two or more)\s+(?:(?:possible|valid|correct|optimal|such|suitable|acceptable|different|best) )*(?:answers?|solutions?|outputs?|ways?|options?|possibilities|variants?)\b[^.;?\n]{0,70}\b(?:any of (?:them|these|those)|any one|any\s*[.)\n]|arbitrary|whichever)`),
	// "return the answer in any order", "in arbitrary order"
	regexp.MustCompile(`(?i)\b(?:print|output|return|list|report)(?:s|ed|ing)?\b[^.;?\n]{0,80}\bin (?:any|an arbitrary|arbitrary) order\b|\b(?:answers?|outputs?|results?|solutions?)\b[^.;?\n]{0,40}\b(?:can|may) be (?:printed|returned|output|given|listed|in)\b[^.;?\n]{0,30}\bany order\b`),
	// "find any such array", "find any colouring, or report that there is none"
	regexp.MustCompile(`(?i)\bfind any (?:one|such|valid|possible|suitable|appropriate|correct|acceptable|optimal|of (?:them|these|those))\b|\bfind any\b[^.;?\n]{0,60}\bor (?:report|print|output|determine|say|state|tell)\b`),
	regexp.MustCompile(`(?i)\bspecial (?:judge|checker)\b`),
}

// forbids are words before a match that turn it round: "do not print any of the …".
var forbids = regexp.MustCompile(`(?i)(?:\bnot|n't|\bnever|\bwithout|\bif)\s+(?:\w+\s+)?$`)

// severalOutputsIn finds the words that say that several outputs are right.
func severalOutputsIn(question string) string {
	for _, words := range severalOutputs {
		for _, at := range words.FindAllStringIndex(question, -1) {
			if !forbids.MatchString(question[max(0, at[0]-30):at[0]]) {
				return strings.Join(strings.Fields(question[at[0]:at[1]]), " ")
			}
		}
	}
	return ""
}

// talks are words that only problems have that talk with a judge, beside those that package source knows.
var talks = regexp.MustCompile(`(?i)\binteractive (?:problem|task|version|judge|mode)\b|\bthe interactor\b|\b(?:flush|fflush)\b[^.\n]{0,40}\b(?:after|output|stdout|stream|buffer|query|each)\b|\b(?:stdout|cout|output)\b[^.\n]{0,20}\bflush|\b(?:you (?:can|may) (?:ask|make)|ask) (?:at most|no more than|up to)\s+\S+ (?:queries|questions|requests)\b|\bto (?:ask|make) a (?:query|question), (?:print|output)\b`)

func interactiveIn(question string) string {
	if words := source.AsksInteraction(question); words != "" {
		return strings.TrimSpace(words)
	}
	return talks.FindString(question)
}

var (
	// pictured are words of a statement about an image that text has lost.
	pictured = regexp.MustCompile(`(?i)\\includegraphics|data:image/|\bhttps?://\S+\.(?:png|jpe?g|gif|svg)\b|\b(?:see|shown in|as in|depicted in|according to|given in|refer to|consult|marked in|drawn in) the (?:\w+ )?(?:figure|picture|image|diagram|drawing|illustration)s?\b|\b(?:figure|picture|image|diagram|drawing|illustration)s? (?:above|below)\b|\bthe following (?:figure|picture|image|diagram|illustration)s?\b`)
	// illustrates are words of a sentence whose image explains an example and is not needed.
	illustrates = regexp.MustCompile(`(?i)\b(?:examples?|samples?|illustrates?|for instance)\b`)
)

// imageIn finds an image, or words about one, without which a statement is not whole.
func imageIn(question string) string {
	if mark := source.Image(question); mark != "" {
		return mark
	}
	statement := source.Statement(question)
	for _, at := range pictured.FindAllStringIndex(statement, -1) {
		begin := strings.LastIndexAny(statement[:at[0]], ".?!\n") + 1
		end := len(statement)
		if i := strings.IndexAny(statement[at[1]:], ".?!\n"); i >= 0 {
			end = at[1] + i
		}
		if !illustrates.MatchString(statement[begin:end]) {
			return statement[at[0]:at[1]]
		}
	}
	return ""
}
