package curation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

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
	recipe.QuestionTrueFalse:  trueFalse.FindString,
	recipe.QuestionProof:      proof,
	recipe.QuestionNonEnglish: nonEnglish,
	recipe.QuestionFigure:     figure.FindString,

	recipe.QuestionSeveralOutputs: severalOutputsIn,
	recipe.QuestionInteractive:    interactiveIn,
	recipe.QuestionImage:          imageIn,
}

var (
	// partLabels open parts: "(a) … (b)", "(i) … (ii)", "1) … 2)", "Part A", each at the start of
	// a line, of the text or after a sentence or colon.
	partLabels = regexp.MustCompile(`(?:^|[\n.:;?]\s*)(?:\*\*|\\textbf\{|\\item\s*)?(?:\(([a-d]|i{1,3}|[1-4])\)|([a-d1-4])\)|(?:Part|Question)\s+\(?([A-Da-d1-4]|[Ii]{1,3})\b|([1-4]|I{1,3})\.\s)`)
	// askedTwice are two things to find: "Find … Also, find …", "How many … and how long …?".
	askedTwice = regexp.MustCompile(`(?i)\balso,? (?:find|determine|compute|calculate|state)\b|\b(?:how|what|find|determine|compute)\b[^.?]*,? and (?:how (?:many|much|long|far|old)|what (?:is|are|was)|find|determine|state|compute)\b`)
	// options open choices: "(A) … (B)", "A) … B)", "A. … B.".
	options     = regexp.MustCompile(`(?:^|[\s{$])(?:\(([A-E])\)|([A-E])[.):]\s|\\text(?:bf|rm)?\{\s*\(?([A-E])[).:]?\s*\)?\})`)
	choiceWords = regexp.MustCompile(`(?i)\b(?:which (?:one )?of the following|choose the (?:correct|right|best)|select the (?:correct|right|best)|the following (?:options|choices)|multiple.choice)\b|\benter "[^"]+",? (?:or )?"`)
	trueFalse   = regexp.MustCompile(`(?i)(?:^|[.?!]\s+)is it (?:true|correct) that\b|\b(?:true or false|true/false|is (?:this|the|it) (?:(?:statement|claim|proposition)\b[^?]*)?(?:true|correct)\?|(?:determine|decide|state) (?:whether|if) (?:the (?:following )?(?:statement|claim|proposition)|this|it)\b[^.?]*\b(?:true|false|correct|holds?))`)
	proofAsked  = regexp.MustCompile(`(?i)(?:^|[.!?:;,]\s+|\n\s*|\bthen\s+|\band\s+|\bto\s+)(?:\W*)(?:(?:prove|show|demonstrate|verify|establish)(?:,? (?:that|this|the|it|there|for|your|or disprove|by)\b)|prove:|explain why)`)
	valueAsked  = regexp.MustCompile(`(?i)\b(?:find|compute|calculate|determine|evaluate|what (?:is|are|was|fraction|percent)|how (?:many|much|long|far|old|often)|solve|express|simplify|give)\b`)
	figure      = regexp.MustCompile(`(?i)\[asy\]|\\begin\{(?:tikzpicture|asy)\}|\\includegraphics|!\[[^\]]*\]\(|<img\b|\b(?:in|from|see|by|refer to|consult) the (?:figure|diagram|picture|image|graph|chart|drawing|illustration|table)\b|\b(?:figure|diagram|picture|image|graph|chart|drawing|table|illustration)s? (?:above|below|shown|at (?:the )?right|on the (?:right|left)|to the (?:right|left))|\bthe (?:bar|pie|line) (?:chart|graph)|\b(?:as shown|shown (?:above|below|here|in)|pictured|(?:shaded|unshaded) (?:area|region|part))\b`)
)

// multiPart finds the second label of a question that has two or more in order, or words that
// ask for a second thing.
func multiPart(question string) string {
	if twice := askedTwice.FindString(question); twice != "" {
		return twice
	}
	if strings.Count(question, `\item`) > 1 {
		return `\item`
	}
	seen := map[string]bool{}
	for _, m := range partLabels.FindAllStringSubmatch(question, -1) {
		label := strings.ToLower(m[1] + m[2] + m[3] + m[4])
		if before, ok := precedes[label]; ok && seen[before] {
			return strings.TrimSpace(m[0])
		}
		seen[label] = true
	}
	return ""
}

// precedes is the label before each second label.
var precedes = map[string]string{"b": "a", "ii": "i", "2": "1"}

// choice finds the words that offer a choice, or options from A to C at least.
func choice(question string) string {
	if words := choiceWords.FindString(question); words != "" {
		return words
	}
	var seen []string
	for _, m := range options.FindAllStringSubmatch(question, -1) {
		label := m[1] + m[2] + m[3]
		if len(seen) < 3 && label == string(rune('A'+len(seen))) {
			seen = append(seen, label)
		}
	}
	if len(seen) < 3 {
		return ""
	}
	return "options " + strings.Join(seen, ", ")
}

// proof finds the words that ask for a proof, where no value is asked for after them.
func proof(question string) string {
	at := proofAsked.FindStringIndex(question)
	if at == nil || valueAsked.MatchString(question[at[1]:]) {
		return ""
	}
	return strings.TrimSpace(question[at[0]:at[1]])
}

var (
	// formulas are not text of any language.
	formulas = regexp.MustCompile(`(?s)\$\$.*?\$\$|\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+`)
	// englishWords stand in nearly every English question of some length.
	englishWords = strings.Fields("the a an of is are in to and what how many find for with that if on by each be it at from there has have let which compute")
	// otherWords are as common in Spanish, Portuguese, French, Italian, German and Dutch, and no English words.
	otherWords = strings.Fields("el la los las una que es por para con cual del un o os das uma quantos qual não como le les des est une dans pour et quel quelle combien il lo gli di che sono per quanti der das die und ist ein eine wie viele mit von den het een van hoeveel")
)

// nonEnglish finds letters of another script, or more words of other languages than English ones.
func nonEnglish(question string) string {
	text := strings.ToLower(formulas.ReplaceAllString(question, " "))
	var all, foreign int
	for _, r := range text {
		if unicode.IsLetter(r) {
			all++
			if !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Greek, r) {
				foreign++
			}
		}
	}
	if foreign*10 > all {
		return fmt.Sprintf("%d of %d letters are not Latin", foreign, all)
	}
	var words, english, other int
	for _, word := range letters.FindAllString(text, -1) {
		if len(word) > 1 && !unicode.IsDigit(rune(word[0])) {
			words++
		}
		switch {
		case slices.Contains(englishWords, word):
			english++
		case slices.Contains(otherWords, word):
			other++
		}
	}
	if other > 1 && other > english {
		return fmt.Sprintf("%d words of other languages, %d English", other, english)
	}
	if words > 7 && english == 0 {
		return fmt.Sprintf("none of %d words is a common English one", words)
	}
	return ""
}
