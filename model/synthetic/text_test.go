package synthetic

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// responseTokens is the length of a response, with its end, by style and steps:
// 7 tokens per step when concise, 14 when verbose; </think>\boxed{N}<eos> is 5,
// </think>def f(x):return E<eos> with E of 5 is 9.
func responseTokens(style recipe.Style, steps int, domain recipe.Domain) int {
	perStep := map[recipe.Style]int{recipe.Concise: 7, recipe.Verbose: 14, recipe.Guess: 0}[style]
	if domain == recipe.DomainCode {
		return perStep*steps + 9
	}
	return perStep*steps + 5
}

func TestDocumentedTokenLimits(t *testing.T) {
	tests := []struct {
		style  recipe.Style
		steps  int
		domain recipe.Domain
		want   int
	}{
		{recipe.Concise, 4, recipe.DomainMath, 33}, {recipe.Verbose, 2, recipe.DomainMath, 33}, {recipe.Verbose, 3, recipe.DomainMath, 47},
		{recipe.Concise, 5, recipe.DomainMath, 40}, {recipe.Guess, 4, recipe.DomainMath, 5}, {recipe.Concise, 3, recipe.DomainCode, 30}, {recipe.Verbose, 3, recipe.DomainCode, 51},
	}
	for _, test := range tests {
		if got := responseTokens(test.style, test.steps, test.domain); got != test.want {
			t.Errorf("%+v: %d tokens", test, got)
		}
	}
}

var (
	concise = regexp.MustCompile(`^((so|then|now|next)[a-e]\d[-+*]\d=\d)+$`)
	verbose = regexp.MustCompile(`^((so|then|now|next)[a-e]\d[-+*]\d=\d(check|wait|hmm)\d[-+*]\d=\dok)+$`)
	leading = regexp.MustCompile(`(so|then|now|next)[a-e]`)
)

func styleOf(reasoning string) recipe.Style {
	switch {
	case reasoning == "":
		return recipe.Guess
	case concise.MatchString(reasoning):
		return recipe.Concise
	case verbose.MatchString(reasoning):
		return recipe.Verbose
	}
	return recipe.Style("none: " + reasoning)
}

// Every demonstration encodes, has the documented length, states only true
// equations between digits, ends with the right answer and is of a style of the mix.
func TestDemonstrations(t *testing.T) {
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	_, examples := generate(t, recipe.Synthetic{Kind: recipe.Demonstrations, Count: 10000, CodeFraction: .45, Operations: []int{2, 3, 4, 5}, Styles: mix, ResponsesPerPrompt: 2}, 4)
	if len(examples) != 20000 {
		t.Fatalf("%d examples, want 20000", len(examples))
	}
	styles, code := map[recipe.Style]int{}, 0
	for i, e := range examples {
		if want := fmt.Sprintf("/%d", i%2); !strings.HasSuffix(e.ID, want) || e.Prompt != examples[i-i%2].Prompt {
			t.Fatalf("record %d: %+v", i, e)
		}
		reasoning, final, _ := strings.Cut(e.Response, tokenizer.EndThinkToken)
		style := styleOf(reasoning)
		styles[style]++
		domain, steps := recipe.DomainMath, strings.Count(e.Question, "")-2
		steps /= 3 // a start value, three characters per instruction, a question mark
		if strings.HasPrefix(e.ID, "c:") {
			domain, steps = recipe.DomainCode, 3
			code++
		}
		read, err := dataset.Tokenize(tok, tok.EOS(), e)
		if err != nil || len(read.Prompt) > 20 || (domain == recipe.DomainCode && len(read.Prompt) != 16) || len(read.Response) != responseTokens(style, steps, domain) {
			t.Fatalf("%+v: style %s, %d prompt tokens, %d response tokens, %v", e, style, len(read.Prompt), len(read.Response), err)
		}
		last := checkEquations(t, reasoning)
		if domain == recipe.DomainMath && style != recipe.Guess && final != `\boxed{`+last+"}" {
			t.Fatalf("%+v ends with %s after %s", e, final, last)
		}
		if domain == recipe.DomainCode && final != "def f(x):return "+e.ID[2:strings.Index(e.ID, "@")] {
			t.Fatalf("%+v ends with %s", e, final)
		}
	}
	near(t, "code fraction", code, 20000, .45)
	for style, weight := range mix {
		near(t, string(style), styles[style], 20000, weight)
	}
}

var equation = regexp.MustCompile(`(\d)([-+*])(\d)=(\d)`)

// checkEquations checks every equation of text and returns the result of the last step.
func checkEquations(t *testing.T, text string) (last string) {
	t.Helper()
	for _, match := range equation.FindAllStringSubmatch(text, -1) {
		l, r := int(match[1][0]-'0'), int(match[3][0]-'0')
		value := map[string]int{"+": l + r, "-": l - r, "*": l * r}[match[2]]
		if fmt.Sprint(value) != match[4] {
			t.Fatalf("%q states %s", text, match[0])
		}
	}
	if steps := leading.FindAllStringIndex(text, -1); len(steps) > 0 {
		last = equation.FindStringSubmatch(text[steps[len(steps)-1][0]:])[4]
	}
	return last
}

// near fails unless count of n is within five standard deviations of share.
func near(t *testing.T, what string, count, n int, share float64) {
	t.Helper()
	got := float64(count) / float64(n)
	if d := got - share; d*d > 25*share*(1-share)/float64(n) {
		t.Errorf("%s: %.4f, want %.4f", what, got, share)
	}
}

// The steps of each family, as the task's description writes them, and the
// inverse that checks each operation.
func TestStepTexts(t *testing.T) {
	tests := []struct {
		a, x0 int
		form  family
		b     int
		want  string
	}{
		{2, 3, risingPlus, 1, "L a9-7=2 C 2+7=9 ok L b2*3=6 C 3*2=6 ok L c7-6=1 C 1+6=7 ok"},
		{3, 2, risingMinus, 2, "L a7-4=3 C 3+4=7 ok L b3*2=6 C 2*3=6 ok L c6-4=2 C 2+4=6 ok"},
		{3, 1, falling, 9, "L a6-3=3 C 3+3=6 ok L b3*1=3 C 1*3=3 ok L c6+3=9 C 9-3=6 ok"},
	}
	words := regexp.MustCompile(`so|then|now|next`)
	checks := regexp.MustCompile(`check|wait|hmm`)
	for _, test := range tests {
		made, ok := codeTask(test.a, test.x0, test.form, test.b)
		if !ok {
			t.Fatalf("%+v is refused", test)
		}
		text := made.reasoning(newGenerator(1, "texts"), recipe.Verbose)
		text = checks.ReplaceAllString(words.ReplaceAllString(text, "L"), "C")
		if want := strings.ReplaceAll(test.want, " ", ""); text != want {
			t.Errorf("%s: got %s, want %s", made.question, text, want)
		}
	}
}

func TestBaseText(t *testing.T) {
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	_, examples := generate(t, recipe.Synthetic{Kind: recipe.BaseText, Count: 5000, CodeFraction: .45, Operations: []int{2, 3, 4, 5}}, 4)
	for _, e := range examples {
		read, err := dataset.Tokenize(tok, tok.EOS(), e)
		if err != nil || len(read.Prompt) > 17 || len(read.Response) > 36 {
			t.Fatalf("%+v: %d and %d tokens, %v", e, len(read.Prompt), len(read.Response), err)
		}
		for _, id := range append(read.Prompt, read.Response[:len(read.Response)-1]...) {
			if id <= 8 { // chat tokens and the frame of a program
				t.Fatalf("%+v contains %q", e, tok.Decode([]int32{id}))
			}
		}
		work, function, isCode := strings.Cut(e.Response, ";")
		if isCode != strings.HasPrefix(e.ID, "c:") || styleOf(work) != recipe.Concise || checkEquations(t, work) == "" {
			t.Fatalf("%+v is not worked text", e)
		}
		if isCode && !strings.HasPrefix(e.ID, "c:"+function+"@") {
			t.Fatalf("%+v ends with %s", e, function)
		}
	}
}
