package recipe

import (
	"os"
	"strings"
	"testing"
)

// teaching is the demo with a stage whose teacher's responses its supervised stage trains on.
func teaching(t *testing.T) Recipe {
	t.Helper()
	r := named(t, "demo")
	sft := *r.Stages[1].SFT
	sft.Data = "traces"
	teach := Teach{Domain: DomainMath, Data: "math-short", Endpoint: "r1", Model: "deepseek-r1", Samples: 4, Temperature: 0.6, TopP: 0.95, MaxTokens: 16384, Shards: 8, Into: "traces"}
	r.Stages = []Stage{r.Stages[0], {Name: "taught", Kind: KindTeach, Teach: &teach}, {Name: "sft", Kind: KindSFT, SFT: &sft}}
	return r
}

// TestValidateTeach changes one thing of a good recipe at a time.
func TestValidateTeach(t *testing.T) {
	if err := teaching(t).Validate(); err != nil {
		t.Fatal(err)
	}
	const datasets = "base-text, code, code-held-out, demonstrations, hard-held-out, math-held-out, math-last, math-longer, math-short"
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.taught.data=math-held-out"}, []string{`stages[1].data is "math-held-out", which is held out for evaluation; valid: a dataset without held_out`}},
		{[]string{"stages.taught.data=demonstrations"}, []string{`stages[1].data is "demonstrations", which holds demonstrations; valid: a dataset of problems`,
			`stages[1].data is "demonstrations", whose code_fraction is 0.45; valid for domain math: 0`}},
		{[]string{"stages.taught.domain=maths"}, []string{`stages[1].domain is "maths"; did you mean math? valid: math, code, graph, activity`}},
		{[]string{"stages.taught.endpoint=https://api.example.com"}, []string{`stages[1].endpoint is "https://api.example.com"; valid: 1 to 63 of a-z, 0-9, - and ., not beginning or ending with - or .`}},
		{[]string{"stages.taught.model=", "stages.taught.samples=0", "stages.taught.temperature=3", "stages.taught.top_p=0", "stages.taught.max_tokens=0", "stages.taught.shards=501"}, []string{
			"stages[1].model is empty; valid: the name that the endpoint has for the model", "stages[1].samples is 0; valid: at least 1",
			"stages[1].temperature is 3; valid: 0 to 2", "stages[1].top_p is 0; valid: above 0, at most 1", "stages[1].max_tokens is 0; valid: at least 1",
			"stages[1].shards is 501; valid: 1 to 500"}},
		{[]string{"stages.taught.samples=5", "stages.taught.mean_samples=4"}, []string{"stages[1].mean_samples is 4; valid: above 4, at most samples 5, or absent"}},
		{[]string{"stages.taught.samples=1", "stages.taught.mean_samples=-1"}, []string{"stages[1].mean_samples is -1; valid: above 0, at most samples 1, or absent"}},
		{[]string{"stages.taught.user=answer me"}, []string{`stages[1].user is "answer me"; valid: absent, or a text with {question} in it`}},
		{[]string{"stages.taught.system=be brief"}, []string{"stages[1].system is given without user; valid: both, or neither for the texts of prompt"}},
		{[]string{"stages.taught.keep=corect"}, []string{`stages[1].keep is "corect"; did you mean correct? valid: all, correct`}},
		{[]string{"stages.taught.cut=kept"}, []string{`stages[1].cut is "kept"; valid: keep, drop`}},
		{[]string{"stages.taught.into=math-last"}, []string{
			`stages[1].into is "math-last", which data or an earlier stage has; valid: a name of its own, or that of an earlier collection with add_to`,
			`stages[2].data is "traces", which neither data has nor an earlier stage collects; valid: ` + datasets + ", math-last"}},
		{[]string{"stages.taught.add_to=true"}, []string{`stages[1].add_to is true, but no earlier stage collects into "traces"; valid: false in the first of them`}},
	} {
		t.Run(test.set[0], func(t *testing.T) {
			r := teaching(t)
			for _, assignment := range test.set {
				if err := Set(&r, assignment); err != nil {
					t.Fatal(err)
				}
			}
			wantLines(t, r.Validate(), test.want...)
		})
	}
}

// TestTeachTwice: two stages teach into one dataset where the second adds to it.
func TestTeachTwice(t *testing.T) {
	r := teaching(t)
	more := *r.Stages[1].Teach
	more.Data = "math-longer"
	r.Stages = []Stage{r.Stages[0], r.Stages[1], {Name: "more", Kind: KindTeach, Teach: &more}, r.Stages[2]}
	wantLines(t, r.Validate(), `stages[2].into is "traces", which data or an earlier stage has; valid: a name of its own, or that of an earlier collection with add_to`)
	more.AddTo = true
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
}

// TestOnlyAsked: a teacher is asked questions that have no answer, as long as nobody judges what it says.
func TestOnlyAsked(t *testing.T) {
	r := teaching(t)
	r.Tokenizer = "bytes"
	r.Data["prompts"] = Dataset{URI: "/prompts.jsonl", Format: FormatRows, Fields: &Fields{Question: "problem"}}
	r.Stages[1].Teach.Data = "prompts"
	if err := r.Validate(); err != nil || !r.OnlyAsked("prompts") {
		t.Errorf("only asked: %v, %v", r.OnlyAsked("prompts"), err)
	}
	r.Stages[1].Teach.Keep = KeepRight
	const none = `is "prompts" of format rows, whose fields have no answer; valid: a dataset that has, for instance of format rows`
	wantLines(t, r.Validate(), "stages[1].data "+none)
	r.Stages[1].Teach.Keep = KeepAll
	r.Data["prompts"] = Dataset{URI: "/prompts.jsonl", Format: FormatRows, Fields: &Fields{Question: "problem", Answer: "answer"}}
	if r.OnlyAsked("prompts") || r.Validate() != nil {
		t.Errorf("rows with answers are judged by them: %v", r.Validate())
	}
}

// TestCurateTaught: what a teacher said is curated before a stage trains on it, and problems by how long it is; not before it is there.
func TestCurateTaught(t *testing.T) {
	r := teaching(t)
	some := Stage{Name: "some", Kind: KindCurate, Curate: &Curate{Data: "traces", Into: "fewer", Rules: []Rule{{Length: &Length{Below: 2000}}}}}
	long := Stage{Name: "long", Kind: KindCurate, Curate: &Curate{Data: "math-short", Into: "hard", Rules: []Rule{{Length: &Length{Below: 2000, Of: "traces"}}}}}
	r.Stages = []Stage{r.Stages[0], r.Stages[1], some, long, r.Stages[2]}
	r.Stages[4].SFT.Data = "fewer"
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := r.Origin("fewer"); got != "traces" {
		t.Errorf("what is curated comes from %q", got)
	}
	r.Stages[1], r.Stages[2], r.Stages[3] = some, long, r.Stages[1]
	const data = "base-text, code, code-held-out, demonstrations, hard-held-out, math-held-out, math-last, math-longer, math-short"
	wantLines(t, r.Validate(), `stages[1].data is "traces", which data does not have; valid: `+data,
		`stages[2].rules[0].length.of is "traces", which data does not have; valid: `+data)
}

// TestTeachDefaults: what a recipe leaves out stands in what it records.
func TestTeachDefaults(t *testing.T) {
	data, err := Encode(teaching(t))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Stages[1].Teach; s.Keep != KeepAll || s.Cut != CutKept || s.Problems(7) != 7 {
		t.Errorf("the stage is %+v", s)
	}
	if !r.Collects("traces") || r.Stages[1].Data() != "math-short" || r.DomainOf("math-short") != DomainMath {
		t.Error("what the stage makes and uses is not known")
	}
	if s := (Teach{Limit: 3}); s.Problems(7) != 3 || s.Problems(2) != 2 {
		t.Error("a limit does not limit")
	}
}

// TestTeacherTexts: a teacher is asked with the recipe's texts, or with the stage's.
func TestTeacherTexts(t *testing.T) {
	r := teaching(t)
	s := *r.Stages[1].Teach
	if system, user, _ := r.TeacherTexts(s); system != "" || user != "{question}" {
		t.Errorf("in tokens it is asked %q, %q", system, user)
	}
	r.Prompt = Prompt{Format: PromptAceReason}
	if system, user, _ := r.TeacherTexts(s); !strings.HasPrefix(system, "You are a helpful") || user != "{question}\n\nPlease place your final answer inside \\boxed{}." {
		t.Errorf("with the paper's texts it is asked %q, %q", system, user)
	}
	s.Domain = DomainCode
	if _, user, starter := r.TeacherTexts(s); !strings.Contains(user, "Write Python code") || !strings.Contains(starter, "{starter}\n```\n\nPlease place the solution code") {
		t.Errorf("for programs it is asked %q, %q", user, starter)
	}
	s.User = "solve {question}"
	if system, user, _ := r.TeacherTexts(s); system != "" || user != "solve {question}" {
		t.Errorf("with a text of its own it is asked %q, %q", system, user)
	}
}

// TestTeacherExample: the example is a recipe, and its prompt opens the reasoning that a teacher gives apart.
func TestTeacherExample(t *testing.T) {
	text, err := os.ReadFile("../../deploy/examples/recipes/teacher.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := Set(&r, "data.train=/train.jsonl"); err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	if system, user, _ := r.TeacherTexts(*r.Stages[0].Teach); system != "" || !strings.HasPrefix(user, "{question}\n\nPlease place") {
		t.Errorf("the teacher is asked %q, %q", system, user)
	}
}
