package source

import (
	"slices"
	"strings"
	"testing"

	"temper/model/recipe"
)

const clips = `{"question":"Natalia sold clips to 48 friends. In May (1.5 months later) she sold half as many. How many clips did she sell?",` +
	`"answer":"She sold 48/2 = <<48/2=24>>24 in May, and 3*0.5=<<3*0.5=1.5>>1.5 more.\nAltogether 48+24 = <<48+24=72>>72, then 72-24 = <<72-24=47>>48.\nSo 24+24 = <<24+24=48>>48 and 72-24 = <<72-24=48>>48 are left.\n#### 48"}` + "\n"

// loadCalculations is one line per problem: its ID, prompt, response and answer.
func loadCalculations(t *testing.T, data string, c recipe.Calculations, frame Frame) []string {
	t.Helper()
	problems, examples, err := Load("s", recipe.Dataset{Format: recipe.FormatGSM8K, Calculations: &c}, []byte(data), frame)
	if err != nil || len(problems) != len(examples) {
		t.Fatalf("%d problems, %d examples, %v", len(problems), len(examples), err)
	}
	var lines []string
	for i, p := range problems {
		if e := examples[i]; e.ID != p.ID || e.Prompt != p.Prompt || e.Question != p.Question || p.Domain != recipe.DomainMath {
			t.Errorf("problem %+v has the example %+v", p, e)
		}
		lines = append(lines, strings.Join([]string{p.ID, p.Prompt, examples[i].Response, p.Answer}, "|"))
	}
	return lines
}

func TestCalculations(t *testing.T) {
	plain := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain, Math: "{question}\n"}}
	for _, test := range []struct {
		name  string
		c     recipe.Calculations
		frame Frame
		want  []string
	}{
		// 3*0.5 is not of whole numbers, 72-24=47 is wrong.
		{"sentence", recipe.Calculations{Prompt: recipe.CalculationSentence, MaxNumber: 99}, TokenFrame(), []string{
			`line-1/1|<user>She sold 48/2 =<asst><think>|48/2=24</think>\boxed{24}|24`,
			`line-1/3|<user>Altogether 48+24 =<asst><think>|48+24=72</think>\boxed{72}|72`,
			`line-1/5|<user>So 24+24 =<asst><think>|24+24=48</think>\boxed{48}|48`,
			`line-1/6|<user>So 24+24 = 48 and 72-24 =<asst><think>|72-24=48</think>\boxed{48}|48`,
		}},
		// Of the first, 48 stands in the question but not in its last sentence.
		{"question", recipe.Calculations{Prompt: recipe.CalculationQuestion, MaxNumber: 99}, TokenFrame(), []string{
			"line-1/3|<user>How many clips did she sell?\n48/2=24\n3*0.5=1.5<asst><think>|48+24=72</think>\\boxed{72}|72",
			"line-1/5|<user>How many clips did she sell?\n48/2=24\n3*0.5=1.5\n48+24=72\n72-24=47<asst><think>|24+24=48</think>\\boxed{48}|48",
			"line-1/6|<user>How many clips did she sell?\n48/2=24\n3*0.5=1.5\n48+24=72\n72-24=47\n24+24=48<asst><think>|72-24=48</think>\\boxed{48}|48",
		}},
		{"no number above 50", recipe.Calculations{Prompt: recipe.CalculationSentence, MaxNumber: 50, AnswerOnly: 0.5}, plain, []string{
			"line-1/1|She sold 48/2 =\n|48/2=24\n</think>\n\n\\boxed{24}|24",
			"line-1/5|So 24+24 =\n|</think>\n\n\\boxed{48}|48",
		}},
	} {
		if got := loadCalculations(t, clips, test.c, test.frame); !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

// TestAnswerOnlyIsAShare of all examples of a file, wherever its lines end.
func TestAnswerOnlyIsAShare(t *testing.T) {
	for _, share := range []float64{0, 0.25, 0.5, 0.8, 1} {
		alone := 0
		all := loadCalculations(t, strings.Repeat(clips, 25), recipe.Calculations{Prompt: recipe.CalculationSentence, MaxNumber: 99, AnswerOnly: share}, TokenFrame())
		for _, line := range all {
			if strings.Contains(line, "<think>|</think>") {
				alone++
			}
		}
		if len(all) != 100 || alone != int(100*share) {
			t.Errorf("%d of %d responses at %g", alone, len(all), share)
		}
	}
}

// TestCalculationsRefuse what GSM8K's format refuses.
func TestCalculationsRefuse(t *testing.T) {
	for data, want := range map[string]string{
		`{"question":"q","answer":"<<1+1=2>>2"}`:             `s line 1: field "answer" has no final answer after "####"`,
		`{"question":"q<asst>","answer":"1\n#### 1"}`:        `s line 1: field "question" contains the chat token <asst>`,
		`{"question":"q","answer":"1\n#### 1","extra":true}`: `s line 1: unknown field "extra", the fields are question, answer`,
	} {
		d := recipe.Dataset{Format: recipe.FormatGSM8K, Calculations: &recipe.Calculations{Prompt: recipe.CalculationQuestion, MaxNumber: 9}}
		if _, _, err := Load("s", d, []byte(data), TokenFrame()); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestCalculationsHoldOut: no prompt that the test split asks by question stands in the training split.
func TestCalculationsHoldOut(t *testing.T) {
	c := recipe.Calculations{Prompt: recipe.CalculationQuestion, MaxNumber: 50}
	seen := map[string]bool{}
	train, _, err := Load("train", recipe.Dataset{Format: recipe.FormatGSM8K, Calculations: &c}, sharedFile(t, "gsm8k/train.jsonl"), TokenFrame())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range train {
		seen[p.Prompt] = true
	}
	test, _, err := Load("test", recipe.Dataset{Format: recipe.FormatGSM8K, Calculations: &c}, sharedFile(t, "gsm8k/test.jsonl"), TokenFrame())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range test {
		if seen[p.Prompt] {
			t.Errorf("%s is in the training split: %q", p.ID, p.Prompt)
		}
	}
	if len(train) < 2500 || len(test) < 500 {
		t.Errorf("%d and %d problems", len(train), len(test))
	}
}
