package curation

import (
	"regexp"
	"strings"
)

var (
	// options open choices: "(A) … (B)", "A) … B)", "A. … B.".
	options     = regexp.MustCompile(`(?:^|[\s{$])(?:\(([A-E])\)|([A-E])[.):：]\s|\\(?:text|math)(?:bf|rm)?\{\s*\(?([A-E])[).:]?\s*\)?\})`)
	choiceWords = regexp.MustCompile(`(?i)\b(?:which (?:one )?of the following|choose the (?:correct|right|best)|select the (?:correct|right|best)|the following (?:options|choices))\b|\benter "[^"]+",? (?:or )?"|\b(?:answer|respond|reply|enter|write)\b[^.?!]{0,30}\b(?:one|either) of the (?:words|options|letters)\b`)
	// oneOfWords is a question that names what it may be answered by: "is it even, odd, or neither?".
	oneOfWords = regexp.MustCompile(`(?i)(?:^|[.?!,:;]\s+|\n\s*)(?:is|are|does|do)\b[^.?!]*?\b[a-z-]+(?: [a-z-]+)?, (?:[a-z-]+(?: [a-z-]+)?, )*[a-z -]+?,? or [a-z -]+\?|(?:^|[.?!,:;]\s+|\n\s*)(?:determine|decide|state|say) (?:whether|if)\b[^.?!]*?\b[a-z-]+(?: [a-z-]+)?, (?:[a-z-]+(?: [a-z-]+)?, )*or [a-z -]+[.?]`)
	// interrogative words make a list in a question no choice.
	interrogative = regexp.MustCompile(`(?i)\b(?:what|how|which|where|who|when)\b`)
	// offers are words of an introduction after which answers are offered: it asks, or leaves a gap.
	offers = regexp.MustCompile(`(?i)\?|？|\(\s*(?:\\quad)?\s*\)|（\s*）|_{2,}|\b(?:is|are|equals?|be|to|by)\s*:?\s*\$*\s*$`)
)

// choice finds the words that offer a choice, or options from A to C at least, or from a to c or 1 to 3 of which none asks for anything.
func choice(question string) string {
	if found := choiceWords.FindString(question); found != "" {
		return found
	}
	if strings.Contains(question, " or ") {
		if found := oneOfWords.FindString(formulas.ReplaceAllString(question, "X")); found != "" && !interrogative.MatchString(found) {
			return found
		}
	}
	var seen []string
	for _, m := range options.FindAllStringSubmatch(question, -1) {
		label := m[1] + m[2] + m[3]
		if len(seen) < 3 && label == string(rune('A'+len(seen))) {
			seen = append(seen, label)
		}
	}
	if len(seen) == 3 {
		return "options " + strings.Join(seen, ", ")
	}
	for _, label := range labels {
		if p := partsOf(question, label); len(p.parts) >= 3 && p.asking() == 0 && offers.MatchString(p.intro) {
			return "options from " + p.second
		}
	}
	return ""
}

var (
	judged = regexp.MustCompile(`(?i)(?:^|[.?!]\s+)is it (?:true|correct) that\b|\b(?:true or false|true/false|right or wrong|correct or (?:incorrect|wrong)|yes or no|yes/no)\b|\bis (?:this|the|it) (?:(?:statement|claim|proposition)\b[^?]*)?(?:true|correct)\?|(?:^|[.?!:;,]\s+|\n\s*|\bthen\s+|\band\s+|\bplease\s+)(?:determine|decide|state|judge|say|check|tell) (?:whether|if)\b`)
	// ofTests are words after "true or false" of a question that is about such questions.
	ofTests = regexp.MustCompile(`(?i)^\W*(?:questions?|tests?|quiz|exam|items?|problems?)\b`)
	// answerable is a sentence that yes or no answers.
	answerable = regexp.MustCompile(`(?:^|[.!?:,;]\s+|\n\s*)(?:Is|Are|Does|Do|Can|Could|Will|Is it|Must|Has|Have)\s[^.?!]*\?`)
)

// trueFalse finds the words that ask for a yes or no, where no value is asked for.
func trueFalse(question string) string {
	text := formulas.ReplaceAllString(question, "X")
	for _, at := range judged.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		whether := strings.HasSuffix(strings.ToLower(found), " whether") || strings.HasSuffix(strings.ToLower(found), " if")
		if ofTests.MatchString(text[at[1]:]) || whether && valueAsked.MatchString(text[at[1]:]) {
			continue
		}
		return found
	}
	found := strings.TrimSpace(strings.TrimLeft(answerable.FindString(text), ".!?:,; \n"))
	if found == "" || strings.Contains(found, " or ") || valueAsked.MatchString(text) {
		return ""
	}
	return found
}
