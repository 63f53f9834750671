package recipe

import "testing"

// curatingCode curates programs of several files.
func curatingCode(t *testing.T) Recipe {
	t.Helper()
	r := named(t, "demo")
	r.Tokenizer, r.Prompt = "bytes", Prompt{Format: PromptPlain, Math: "{question}", Code: "{question}"}
	file := func(format Format, fields *Fields) Dataset {
		return Dataset{URI: "/x.jsonl", Format: format, Fields: fields}
	}
	r.Data = map[string]Dataset{
		"taco": file(FormatTACO, nil), "lcb": file(FormatLiveCodeBench, nil), "prime": file(FormatPRIME, nil),
		"rows": file(FormatRows, &Fields{Question: "q", Tests: "t"}), "all": file(FormatRows, &Fields{Question: "q", Tests: "t", Golden: "g", Released: "d", URL: "u"}),
	}
	r.Stages = []Stage{{Name: "curated", Kind: KindCurate, Curate: &Curate{Data: "taco", Into: "clean", Rules: []Rule{
		{Questions: &Questions{Drop: []QuestionKind{QuestionSeveralOutputs, QuestionInteractive, QuestionImage}}},
		{Released: &Released{Until: "2024-08-01"}}, {SameSource: &SameSource{Against: []string{"lcb"}}}, {Golden: &Golden{Shards: 2}}, {WeakTests: &WeakTests{Shards: 2}},
	}}}}
	r.Evaluation.Benchmarks = nil
	return r
}

// TestValidateCodeRules changes one thing of a good recipe at a time.
func TestValidateCodeRules(t *testing.T) {
	if err := curatingCode(t).Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.curated.rules=[{released: {}}]"}, []string{"stages[0].rules[0].released.from and until are absent, with which every problem stays; valid: one of them or both"}},
		{[]string{"stages.curated.rules=[{released: {from: 2024-08, until: 1 August, undated: stay}}]"}, []string{
			`stages[0].rules[0].released.from is "2024-08"; valid: a day as 2024-08-01, or absent`,
			`stages[0].rules[0].released.until is "1 August"; valid: a day as 2024-08-01, or absent`,
			`stages[0].rules[0].released.undated is "stay"; valid: keep, drop`}},
		{[]string{"stages.curated.rules=[{released: {from: '2024-08-02', until: '2024-08-01'}}]"}, []string{
			`stages[0].rules[0].released.until is "2024-08-01", before from "2024-08-02"; valid: a day from then on`}},
		{[]string{"stages.curated.data=prime", "stages.curated.rules=[{released: {until: '2024-08-01'}}]"}, []string{
			`stages[0].rules[0].released reads the release dates of "prime", whose rows have none; valid: a dataset of livecodebench, taco, leetcode, problems, or of rows with fields.released`}},
		{[]string{"stages.curated.data=rows", "stages.curated.rules=[{golden: {shards: 1}}]"}, []string{
			`stages[0].rules[0].golden reads the golden solutions of "rows", whose rows have none; valid: a dataset of taco, apps, codecontests, deepcoder, humaneval, mbpp, kodcode, leetcode, problems, or of rows with fields.golden`}},
		{[]string{"stages.curated.rules=[{same_source: {}}]"}, []string{"stages[0].rules[0].same_source.against is empty, as are urls and ids; valid: at least one dataset, URL or ID"}},
		{[]string{"stages.curated.rules=[{same_source: {against: [prime]}}]"}, []string{
			`stages[0].rules[0].same_source.against reads the source URLs of "prime", whose rows have none; valid: a dataset of livecodebench, taco, apps, codecontests, leetcode, problems, or of rows with fields.url`}},
		{[]string{"stages.curated.rules=[{golden: {shards: 0, missing: fail}}]"}, []string{
			"stages[0].rules[0].golden.shards is 0; valid: 1 to 500", `stages[0].rules[0].golden.missing is "fail"; valid: keep, drop`}},
		{[]string{"stages.curated.rules=[{weak_tests: {shards: 501, programs: [echo, sleep]}}]"}, []string{
			"stages[0].rules[0].weak_tests.shards is 501; valid: 1 to 500", `stages[0].rules[0].weak_tests.programs[1] is "sleep"; valid: nothing, echo, constant`}},
	} {
		r := curatingCode(t)
		for _, assignment := range test.set {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		wantLines(t, r.Validate(), test.want...)
	}
	r := curatingCode(t)
	if err := Set(&r, "stages.curated.data=all"); err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	if got, of := r.SaidOf("all"), r.SaidOf("lcb"); got != (Said{Golden: true, Released: true, URL: true}) || of != (Said{URL: true}) || r.SaidOf("taco") != (Said{}) {
		t.Errorf("rules read %+v and %+v", got, of)
	}
	if r.DomainOf("all") != DomainCode || !r.RunsPrograms() {
		t.Error("a recipe whose rules run programs does not say so")
	}
}
