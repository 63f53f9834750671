package recipe

import "testing"

// grading has a teacher's responses judged, and curates by them.
func grading(t *testing.T) Recipe {
	t.Helper()
	r := curating(t)
	teach := func(name string, domain Domain, data string, judge bool) Stage {
		return Stage{Name: name, Kind: KindTeach, Teach: &Teach{Domain: domain, Data: data, Endpoint: "e", Model: "m", Samples: 8, TopP: 1, MaxTokens: 9, Shards: 1, Judge: judge, Into: name}}
	}
	curate := Curate{Data: "math-short", Into: "levelled", Rules: []Rule{
		{Difficulty: &Difficulty{Of: "graded", Keep: KeepMajority}}, {Difficulty: &Difficulty{Levels: &Levels{To: 5}}}, {Length: &Length{Below: 2000, Of: "said", Tokens: TokensTeacher}}}}
	again := Curate{Data: "levelled", Into: "simple", Rules: []Rule{{Difficulty: &Difficulty{Levels: &Levels{From: 1, To: 3}}}}}
	r.Stages = append([]Stage{teach("graded", DomainMath, "math-short", true), teach("said", DomainMath, "math-short", false), teach("programs", DomainCode, "code", true),
		{Name: "levels", Kind: KindCurate, Curate: &curate}, {Name: "simple", Kind: KindCurate, Curate: &again}}, r.Stages...)
	return r
}

// TestValidateDifficulty changes one thing of a good recipe at a time.
func TestValidateDifficulty(t *testing.T) {
	if err := grading(t).Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.levels.rules=[{difficulty: {of: graded}}]"}, []string{"stages[3].rules[0].difficulty.levels and keep are both given or both absent; valid: one of them"}},
		{[]string{"stages.levels.rules=[{difficulty: {of: graded, keep: all, levels: {from: 3, to: 2}}}]"}, []string{
			`stages[3].rules[0].difficulty.keep is "all"; valid: majority`, "stages[3].rules[0].difficulty.levels and keep are both given or both absent; valid: one of them",
			"stages[3].rules[0].difficulty.levels.from is 3; valid: 0 to levels.to 2"}},
		{[]string{"stages.levels.rules=[{difficulty: {of: graded, levels: {from: 0, to: 8}}}]"}, []string{
			"stages[3].rules[0].difficulty.levels.to is 8, of 8 responses; valid: at most that, and below it with levels.from 0, with which every problem stays"}},
		{[]string{"stages.levels.rules=[{difficulty: {of: math-short, levels: {from: 0, to: 7}}}, {difficulty: {of: graded, keep: majority}}]"}, []string{
			`stages[3].rules[0].difficulty.of is "math-short", which no earlier stage of kind teach collects; valid: the into of one`}},
		{[]string{"stages.levels.rules=[{difficulty: {of: said, levels: {from: 0, to: 7}}}]"}, []string{
			`stages[3].rules[0].difficulty.of is "said", whose responses nobody judges; valid: one of a stage with judge: true or keep: correct`}},
		{[]string{"stages.levels.rules=[{difficulty: {of: programs, keep: majority}}]"}, []string{
			`stages[3].rules[0].difficulty.keep is "majority", but programs are programs, which are no answers to vote on; valid: levels`}},
		{[]string{"stages.levels.rules=[{dedupe: {}}]"}, []string{
			`stages[4].rules[0].difficulty.of is empty, but no earlier rule writes levels on "levelled"; valid: a dataset that a stage of kind teach collects`}},
		{[]string{"stages.levels.rules=[{difficulty: {levels: {from: 0, to: 2}}}, {difficulty: {of: graded, keep: majority}}]"}, []string{
			`stages[3].rules[0].difficulty.of is empty, but no earlier rule writes levels on "math-short"; valid: a dataset that a stage of kind teach collects`}},
		{[]string{"stages.levels.rules=[{difficulty: {of: graded, keep: majority}}, {length: {below: 9, keep: 0, tokens: teacher}}]"}, []string{
			"stages[3].rules[1].length.of is empty, but tokens are the teacher's; valid: a dataset that a stage of kind teach collects"}},
		{[]string{"stages.levels.rules=[{difficulty: {of: graded, keep: majority}}, {length: {below: 9, keep: 0, of: code, tokens: server}}]"}, []string{
			`stages[3].rules[1].length.tokens is "server"; valid: policy, teacher`}},
	} {
		r := grading(t)
		for _, assignment := range test.set {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		wantLines(t, r.Validate(), test.want...)
	}
	r := grading(t)
	if !r.Tallied("graded") || !r.Tallied("said") || r.Tallied("programs") || r.Tallied("") || !r.Read("said") {
		t.Error("which responses are counted is not known")
	}
}

// TestTeacherOfProgramsNeedsNoSandbox: programs that nobody judges run nowhere.
func TestTeacherOfProgramsNeedsNoSandbox(t *testing.T) {
	r := grading(t)
	r.Evaluation.Benchmarks = nil
	for i, s := range r.Stages {
		if s.Teach != nil && s.Name == "programs" {
			r.Stages = r.Stages[i : i+1]
		}
	}
	if !r.RunsPrograms() {
		t.Error("responses that are judged need no sandbox")
	}
	r.Stages[0].Teach.Judge = false
	if r.RunsPrograms() || r.DomainOf("code") != DomainCode {
		t.Error("responses that nobody judges need a sandbox, or are asked otherwise")
	}
	r.Stages[0].Teach.Keep = KeepRight
	if !r.RunsPrograms() {
		t.Error("responses of which the right ones are kept need no sandbox")
	}
}
