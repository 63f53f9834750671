package curation

import (
	"regexp"
	"slices"
	"strings"
)

// numbering is a way to number parts; the group of its form holds the number. Second are texts of which one stands where
// there is a second part: without them nothing is looked for.
type numbering struct {
	second []string
	form   *regexp.Regexp
}

// labels are the ways to number parts. Each stands at the start of a line, of the text, or after a blank or punctuation;
// those without brackets after the end of a sentence or a colon, since numbers and letters stand in sentences too.
var labels = func() (all []numbering) {
	const open, sentence, bold = `(?:^|[\s.:;?,。；，：$}])`, `(?:^|\n|[.:;?。；：}$]\s|\$\$|\\quad\s*|\\\\)\s*`, `(?:\*\*|\\textbf\{|\$)?\s*`
	add := func(form string, second ...string) {
		all = append(all, numbering{second, regexp.MustCompile(form)})
	}
	add(open+bold+`\(([a-h])\)`, "(b)")
	add(open+bold+`\(([1-9])\)`, "(2)")
	add(open+bold+`（([1-9])）`, "（2）")
	add(open+bold+`\(([ivx]{1,4})\)`, "(ii)")
	add(open+bold+`\(([IVX]{1,4})\)`, "(II)")
	add(open+bold+`[(（]([ⅠⅡⅢⅣⅤ])[)）]`, "Ⅱ")
	add(`([①②③④⑤⑥])`, "②")
	add(sentence+bold+`([a-h])\)`, "b)")
	add(sentence+bold+`([1-9])\)`, "2)")
	add(sentence+bold+`([1-9])\.\s`, "2.")
	add(sentence+bold+`([IVX]{1,4})\.\s`, "II.")
	add(sentence+bold+`([a-h])\.\s`, "b.")
	add(sentence+bold+`(?:Part|Question|Task|Subtask)\s+\(?([A-Ha-h1-9]|[ivxIVX]{1,4})\b`, "Part", "Question", "Task", "Subtask")
	add(sentence+bold+`(First|Second|Third)(?:ly,| (?:question|part|task)\b)`, "Second")
	add(`(\\item)\b`, `\item`)
	return all
}()

// counted are the values of labels, each list in order.
var counted = []string{"a b c d e f g h", "1 2 3 4 5 6 7 8 9", "i ii iii iv v vi vii viii ix", "Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ", "① ② ③ ④ ⑤ ⑥", "first second third", "A B C D E F G H", "I II III IV V VI VII VIII IX"}

// isNumber says whether a label is number n of a list that it may stand in.
func isNumber(label string, n int) bool {
	for _, list := range counted {
		if words := strings.Fields(list); n <= len(words) && words[n-1] == label {
			return true
		}
	}
	return label == `\item` || strings.ToLower(label) == "first" && n == 1 || strings.ToLower(label) == "second" && n == 2 || strings.ToLower(label) == "third" && n == 3
}

// parted is a text that labels cut into parts.
type parted struct {
	intro string
	parts []string
	// second is the label of the second part.
	second string
}

// partsOf cuts a text at the labels of one form that count 1, 2, 3 and so on; no parts where there are fewer than two.
func partsOf(text string, label numbering) (p parted) {
	if !slices.ContainsFunc(label.second, func(second string) bool { return strings.Contains(text, second) }) {
		return parted{}
	}
	var begins, ends []int
	for _, m := range label.form.FindAllStringSubmatchIndex(text, -1) {
		if isNumber(text[m[2]:m[3]], len(begins)+1) {
			begins, ends = append(begins, m[2]), append(ends, m[1])
		}
	}
	if len(begins) < 2 {
		return parted{}
	}
	p.intro, p.second = text[:begins[0]], strings.TrimSpace(text[begins[1]:ends[1]])
	for i := range begins {
		end := len(text)
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		p.parts = append(p.parts, text[ends[i]:end])
	}
	return p
}

// asking is how many parts ask for something.
func (p parted) asking() (n int) {
	for _, part := range p.parts {
		if asks.MatchString(part) {
			n++
		}
	}
	return n
}

var (
	// asks are words that ask for something, and question marks.
	asks = regexp.MustCompile(`(?i)\b(?:find|compute|calculate|determine|evaluate|what|how (?:many|much|long|far|old|often|fast|high|wide|deep|big|large|tall)|solve|simplify|express|prove|show|verify|discuss|describe|write|draw|sketch|plot|construct|state|give|estimate|compare|explain|factor(?:i[sz]e)?|expand|convert|decide|prove|the same)\b|\?|？|求|证明`)
	// following end an introduction after which parts are listed that are asked for, with the word for what is done to each.
	following = regexp.MustCompile(`(?i)\b(?:solve|simplify|calculate|compute|evaluate|find|determine|factor(?:i[sz]e)?|expand|prove|answer|convert|express)\b[^.?!]*:\s*(?:\$*\s*\\(?:q?quad|begin\{\w+\}))?[\s$\\;,]*$`)
	// conditions are words of an introduction after which conditions are listed, and nothing that is asked.
	conditions = regexp.MustCompile(`(?i)\b(?:satisf\w+|conditions?|such that|propert(?:y|ies)|given that|rules?|requirements?|hold|holds|so that|with)\b[^.?!]*$`)
)

// multiPart finds the second label of a question that has two or more parts which ask for something, or words that ask for a second thing.
func multiPart(question string) string {
	if twice := askedTwice.FindString(question); twice != "" {
		return twice
	}
	for _, label := range labels {
		p := partsOf(question, label)
		if len(p.parts) < 2 {
			continue
		}
		n := p.asking()
		if n >= 2 || n == 0 && following.MatchString(p.intro) && !conditions.MatchString(p.intro) && (len(p.parts) < 3 || !offers.MatchString(p.intro)) {
			return p.second
		}
	}
	return secondAsked(question)
}

var (
	// askedTwice are two things to find in a sentence: "Find … Also, find …", "How many … and how long …?".
	askedTwice = regexp.MustCompile(`(?i)(?:^|[.;,?!]\s+|\band\s+)also,? (?:find|determine|compute|calculate|state)\b|\b(?:how|what|find|determine|compute)\b[^.?]*,? and (?:how (?:many|much|long|far|old)|what (?:is|are|was)|find|determine|state|compute)\b`)
	sentences  = regexp.MustCompile(`[.?!](?:\s+|$)`)
	// orders and questions begin a sentence that asks.
	orders         = regexp.MustCompile(`^(?:Find|Determine|Calculate|Compute|Evaluate|Solve|Prove|Show that|Sketch|Factor)\b`)
	interrogations = regexp.MustCompile(`^(?:What|How (?:many|much|long|far|old|often|fast)|At what|In how many|By how much|Which)\b`)
	// backward are words by which a sentence asks for what was found before it, and for nothing new.
	backward = regexp.MustCompile(`(?i)\b(?:there|these|those|them|their|its|such|all possible|(?:your|the|final) answer|they|that (?:number|value|sum)|the (?:sum|product|number|value) of (?:all|the))\b|^(?:Find|Compute|Calculate|Determine|Evaluate|What is)(?: the value of)? S$`)
)

// combined are formulas of several letters.
var combined = regexp.MustCompile(`^\$+[^$=]*[a-zA-Z][^$=]*[-+][^$=]*[a-zA-Z][^$=]*\$+$`)

// secondAsked finds a sentence that asks after another that does: of orders any two, of questions two that follow one another, of
// both together three.
func secondAsked(question string) string {
	// A formula is one word: S if it combines several values, as in "Find $m+n$", which asks for what was found before.
	text := formulas.ReplaceAllStringFunc(question, func(formula string) string {
		if combined.MatchString(formula) {
			return "S"
		}
		return "X"
	})
	before, asked, ordered := "", 0, 0
	for _, sentence := range sentences.Split(text, -1) {
		sentence = strings.TrimSpace(sentence)
		kind := ""
		switch {
		case orders.MatchString(sentence):
			kind = "order"
		case interrogations.MatchString(sentence):
			kind = "question"
		}
		if kind != "" && (asked == 0 || !backward.MatchString(sentence)) {
			asked++
			if kind == "order" {
				ordered++
			}
			if asked > 2 || ordered > 1 || asked > 1 && before == "question" && kind == "question" {
				return sentence
			}
		}
		before = kind
	}
	return ""
}
