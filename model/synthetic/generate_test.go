package synthetic

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
)

var mix = map[recipe.Style]float64{recipe.Concise: .20, recipe.Verbose: .55, recipe.Guess: .25}

func generate(t testing.TB, spec recipe.Synthetic, runSeed uint64) ([]dataset.Problem, []dataset.Example) {
	t.Helper()
	problems, examples, err := Generate("data", spec, runSeed)
	if err != nil {
		t.Fatal(err)
	}
	return problems, examples
}

func TestGenerateIsDeterministic(t *testing.T) {
	spec := recipe.Synthetic{Kind: recipe.Demonstrations, Count: 200, CodeFraction: .45, Operations: []int{2, 3, 4, 5}, Styles: mix}
	draw := func(name string, seed, runSeed uint64) []dataset.Example {
		spec.Seed = seed
		_, examples, err := Generate(name, spec, runSeed)
		if err != nil {
			t.Fatal(err)
		}
		return examples
	}
	first := draw("a", 0, 1)
	tests := []struct {
		what string
		got  []dataset.Example
		same bool
	}{
		{"same seeds and name", draw("a", 0, 1), true},
		{"another run seed", draw("a", 0, 2), false},
		{"another name", draw("b", 0, 1), false},
		{"a seed of its own", draw("a", 9, 1), false},
	}
	for _, test := range tests {
		if same := reflect.DeepEqual(first, test.got); same != test.same {
			t.Errorf("%s: same data is %t", test.what, same)
		}
	}
	if !reflect.DeepEqual(draw("a", 9, 1), draw("b", 9, 2)) {
		t.Error("a seed of its own still depends on the run seed or the name")
	}
	// Pins the generator: other data would change every run's digest.
	want := dataset.Example{
		ID: "m:8a-1b-3c-2d+1e-1/0", Question: "8a-1b-3c-2d+1e-1?", Prompt: "<user>8a-1b-3c-2d+1e-1?<asst><think>", Response: `</think>\boxed{2}`,
	}
	if first[0] != want {
		t.Errorf("first demonstration %+v, want %+v", first[0], want)
	}
}

// The same seed gives the same prompts in the same order, whatever is made of
// them and however many follow: data that differ in one respect can be compared.
func TestTasksDependOnTheSeedAlone(t *testing.T) {
	problems, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 50, CodeFraction: .45, Operations: []int{2, 3}}, 6)
	_, texts := generate(t, recipe.Synthetic{Kind: recipe.BaseText, Count: 80, CodeFraction: .45, Operations: []int{2, 3}}, 6)
	_, demonstrations := generate(t, recipe.Synthetic{Kind: recipe.Demonstrations, Count: 70, CodeFraction: .45, Operations: []int{2, 3}, Styles: mix, ResponsesPerPrompt: 4}, 6)
	for i, p := range problems {
		if texts[i].Prompt != p.Question || demonstrations[4*i].Prompt != p.Prompt || demonstrations[4*i+3].Prompt != p.Prompt {
			t.Fatalf("prompt %d: %q, %q, %q", i, p.Prompt, texts[i].Prompt, demonstrations[4*i].Prompt)
		}
	}
}

// No held-out identity ever occurs in training data, of whatever kind.
func TestTrainingDataHoldNothingOut(t *testing.T) {
	heldOut := map[string]bool{}
	for _, spec := range []recipe.Synthetic{
		{Kind: recipe.Problems, Count: 3000, Operations: []int{2, 3, 4, 5}, HeldOut: true},
		{Kind: recipe.Problems, CodeFraction: 1, HeldOut: true},
	} {
		problems, _ := generate(t, spec, 5)
		for _, p := range problems {
			identity, _, _ := strings.Cut(p.ID, "@")
			if !HeldOut(identity) {
				t.Errorf("%s is not held out", p.ID)
			}
			heldOut[p.Prompt] = true
		}
	}
	training := map[string]recipe.Synthetic{
		"base text":      {Kind: recipe.BaseText, Count: 15000, CodeFraction: .45, Operations: []int{2, 3, 4, 5}},
		"demonstrations": {Kind: recipe.Demonstrations, Count: 15000, CodeFraction: .45, Operations: []int{2, 3, 4, 5}, Styles: mix},
		"problems":       {Kind: recipe.Problems, Count: 15000, CodeFraction: .45, Operations: []int{2, 3, 4, 5}},
	}
	for kind, spec := range training {
		problems, examples := generate(t, spec, 5)
		for _, p := range problems {
			examples = append(examples, dataset.Example{ID: p.ID + "/0", Prompt: p.Prompt})
		}
		if len(examples) != 15000 {
			t.Errorf("%s: %d records", kind, len(examples))
		}
		for _, e := range examples {
			identity := e.ID[:strings.IndexAny(e.ID, "@/")]
			if HeldOut(identity) || heldOut[e.Prompt] || heldOut[dataset.TokenPrompt(e.Prompt)] {
				t.Fatalf("%s: %s is held out", kind, e.ID)
			}
		}
	}
}

// The counts of functions and prompts are those of the task's description.
func TestCodeProblemCounts(t *testing.T) {
	count := func(problems []dataset.Problem) (functions, prompts int) {
		byID, byPrompt := map[string]bool{}, map[string]bool{}
		for _, p := range problems {
			function, _, _ := strings.Cut(p.ID, "@")
			byID[function], byPrompt[p.Prompt] = true, true
		}
		return len(byID), len(byPrompt)
	}
	train, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 20000, CodeFraction: 1}, 1)
	if functions, prompts := count(train); functions != 71 || prompts != 168 {
		t.Errorf("training: %d functions, %d prompts, want 71 and 168", functions, prompts)
	}
	all, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, CodeFraction: 1, HeldOut: true}, 1)
	if functions, prompts := count(all); functions != 18 || prompts != 38 || len(all) != 38 {
		t.Errorf("held out: %d functions, %d prompts, %d problems, want 18, 38 and 38", functions, prompts, len(all))
	}
	drawn, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 38, CodeFraction: 1, HeldOut: true}, 1)
	if functions, prompts := count(drawn); functions != 18 || prompts != 38 {
		t.Errorf("held out, drawn: %d functions, %d prompts, want 18 and 38", functions, prompts)
	}
}

func TestHeldOutProblemsAreDistinct(t *testing.T) {
	problems, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 400, CodeFraction: .05, Operations: []int{1, 2, 3, 4}, HeldOut: true}, 3)
	seen := map[string]bool{}
	code := 0
	for _, p := range problems {
		if seen[p.ID] {
			t.Errorf("%s stands twice", p.ID)
		}
		seen[p.ID] = true
		if p.Domain == recipe.DomainCode {
			code++
		}
	}
	if len(problems) != 400 || code < 8 || code > 36 { // 20 expected
		t.Errorf("%d problems, %d code", len(problems), code)
	}
}

func TestCodeTests(t *testing.T) {
	tests := []struct {
		a, x0  int
		form   family
		b      int
		prompt string
		expect []int
	}{
		{2, 2, risingPlus, 3, "f(2)=7,f(3)=9", []int{3, 5, 7, 9, 11, 13, 15, 17, 19, 21}},
		{3, 3, risingMinus, 9, "f(3)=0,f(4)=3", []int{-9, -6, -3, 0, 3, 6, 9, 12, 15, 18}},
		{4, 0, falling, 6, "f(0)=6,f(1)=2", []int{6, 2, -2, -6, -10, -14, -18, -22, -26, -30}},
	}
	for _, test := range tests {
		made, ok := codeTask(test.a, test.x0, test.form, test.b)
		if !ok {
			t.Fatalf("%+v is refused", test)
		}
		p := made.problem()
		if p.Domain != recipe.DomainCode || p.Answer != "" || p.Question != test.prompt {
			t.Errorf("got %+v", p)
		}
		var got struct {
			Type, Name string
			Cases      []struct {
				Args   []int
				Expect int
			}
		}
		if err := json.Unmarshal(p.Tests, &got); err != nil || got.Type != "function" || got.Name != "f" || len(got.Cases) != 10 {
			t.Fatalf("tests %s: %v", p.Tests, err)
		}
		for x, c := range got.Cases {
			if len(c.Args) != 1 || c.Args[0] != x || c.Expect != test.expect[x] {
				t.Errorf("%s: case %d is %+v, want %d", test.prompt, x, c, test.expect[x])
			}
		}
	}
	for _, bad := range [][4]int{{4, 3, int(falling), 9}, {1, 4, int(risingMinus), 6}, {2, 4, int(risingPlus), 1}} {
		if made, ok := codeTask(bad[0], bad[1], family(bad[2]), bad[3]); ok {
			t.Errorf("%v gives %s, whose values are not all digits", bad, made.question)
		}
	}
}

func TestGenerateErrors(t *testing.T) {
	good := recipe.Synthetic{Kind: recipe.Problems, Count: 5, Operations: []int{2}}
	tests := []struct {
		change func(*recipe.Synthetic)
		want   string
	}{
		{func(s *recipe.Synthetic) { s.Kind = "text" }, `kind: "text": valid values are base-text, demonstrations, problems`},
		{func(s *recipe.Synthetic) { s.CodeFraction = 1.5 }, `code_fraction: 1.5: want 0 to 1`},
		{func(s *recipe.Synthetic) { s.Count = 0 }, `count: 0: want at least 1`},
		{func(s *recipe.Synthetic) { s.Count = -1; s.HeldOut = true }, `count: -1: want at least 1`},
		{func(s *recipe.Synthetic) { s.Count = 0; s.HeldOut = true }, `count: 0 takes all held-out problems, which needs code_fraction 1 and no depths: want at least 1`},
		{func(s *recipe.Synthetic) { s.Operations = nil }, `operations: it is empty: want numbers from 1 to 5`},
		{func(s *recipe.Synthetic) { s.Operations = []int{2, 6} }, `operations: 6: want numbers from 1 to 5`},
		{func(s *recipe.Synthetic) { s.Styles = mix }, `styles: kind problems has no styles`},
		{func(s *recipe.Synthetic) { s.ResponsesPerPrompt = 2 }, `responses_per_prompt: 2: kind problems has one record per prompt`},
		{func(s *recipe.Synthetic) { s.Kind = recipe.Demonstrations }, `styles: no style has a weight above 0: valid values are concise, verbose, guess`},
		{func(s *recipe.Synthetic) {
			s.Kind = recipe.Demonstrations
			s.Styles = map[recipe.Style]float64{"C": 1, recipe.Guess: 1}
		},
			`styles: there is a style of another name: valid values are concise, verbose, guess`},
		{func(s *recipe.Synthetic) {
			s.Kind = recipe.Demonstrations
			s.Styles = map[recipe.Style]float64{recipe.Guess: -1}
		}, `styles: guess has the weight -1: want 0 or more`},
		{func(s *recipe.Synthetic) { s.Kind = recipe.Demonstrations; s.Styles = mix; s.ResponsesPerPrompt = -1 }, `responses_per_prompt: -1: want 0 (which means 1) or more`},
		{func(s *recipe.Synthetic) { s.CodeFraction, s.Depths = 1, []int{5} }, `depths: 5: want numbers from 1, or from 2 where they are held out, to 4`},
		{func(s *recipe.Synthetic) { s.CodeFraction, s.Depths, s.HeldOut = 1, []int{1, 2}, true }, `depths: 1: want numbers from 1, or from 2 where they are held out, to 4`},
		{func(s *recipe.Synthetic) { s.CodeFraction, s.Depths, s.HeldOut, s.Count = 1, []int{2}, true, 0 }, `count: 0 takes all held-out problems, which needs code_fraction 1 and no depths: want at least 1`},
		{func(s *recipe.Synthetic) { s.CodeFraction, s.HeldOut, s.Count = 1, true, 39 },
			`count: 39 held-out problems are asked for, but after 38 no further code problem was found`},
	}
	for _, test := range tests {
		spec := good
		test.change(&spec)
		problems, examples, err := Generate("test", spec, 1)
		if want := "data.test.synthetic." + test.want; err == nil || err.Error() != want || problems != nil || examples != nil {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
