package recipe

import (
	"testing"
)

// TestValidate changes one thing of a good recipe at a time.
func TestValidate(t *testing.T) {
	tests := []struct {
		set  []string
		want []string
	}{
		{[]string{"name=My Run"}, []string{`name is "My Run"; valid: 1 to 63 of a-z, 0-9, - and ., not beginning or ending with - or .`}},
		{[]string{"model.num_key_value_heads=3"}, []string{"model.num_key_value_heads is 3, which does not divide num_attention_heads 4; valid: 1, 2, 4"}},
		{[]string{"model.num_attention_heads=5", "model.num_key_value_heads=1"},
			[]string{"model.num_attention_heads is 5, which does not divide hidden_size 96; valid: 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 96"}},
		{[]string{"model.num_attention_heads=32"},
			[]string{"model.num_attention_heads is 32, which makes heads of 3; rotary positions need an even head size"}},
		{[]string{"model.init.embedding_std=0"}, []string{"model.init.embedding_std is 0; valid: above 0"}},
		{[]string{"model.max_position_embeddings=90"}, []string{
			"stages[0].max_tokens is 96; valid: at most max_position_embeddings 90",
			"stages[1].max_tokens is 96; valid: at most max_position_embeddings 90",
			"evaluation.benchmarks[0].max_response_tokens is 80, which with the longest prompt of 17 tokens exceeds max_position_embeddings 90; valid: 1 to 73",
			"evaluation.benchmarks[1].max_response_tokens is 80, which with the longest prompt of 20 tokens exceeds max_position_embeddings 90; valid: 1 to 70",
			"evaluation.benchmarks[2].max_response_tokens is 80, which with the longest prompt of 16 tokens exceeds max_position_embeddings 90; valid: 1 to 74",
		}},
		{[]string{"stages[1].data=base-text", "stages[1].max_tokens=95"}, []string{
			"stages[1].max_tokens is 95, but stages[0] has 96 and the same data; valid: one number, or two names in data for the file"}},
		{[]string{"stages[1].name=math-short"}, []string{`stages[2].name is "math-short", which an earlier stage has; valid: different names`}},
		{[]string{"evaluation.benchmarks.hard.name=math"}, []string{`evaluation.benchmarks[1].name is "math", which another benchmark has; valid: different names`}},
		{[]string{"stages.sft.data=math-short"}, []string{`stages[1].data is "math-short", which holds problems; valid: a dataset of base-text or demonstrations`}},
		{[]string{"stages.code.data=demonstrations"}, []string{
			`stages[4].data is "demonstrations", which holds demonstrations; valid: a dataset of problems`,
			`stages[4].data is "demonstrations", whose code_fraction is 0.45; valid for domain code: 1`}},
		{[]string{"stages.code.domain=math"}, []string{`stages[4].data is "code", whose code_fraction is 1; valid for domain math: 0`}},
		{[]string{"stages[2].data=math"}, []string{
			`stages[2].data is "math", which data does not have; valid: base-text, code, code-held-out, demonstrations, hard-held-out, math-held-out, math-last, math-longer, math-short`}},
		{[]string{"stages[2].data=math-held-out"}, []string{`stages[2].data is "math-held-out", which is held out for evaluation; valid: a dataset without held_out`}},
		{[]string{"stages[2].temperature=0"}, []string{`stages[2].temperature is 0; valid: a number above 0, or "search"`}},
		{[]string{"stages[2].optimizer.schedule=linear"}, []string{`stages[2].optimizer.schedule is "linear"; valid: constant, cosine`}},
		{[]string{"stages[2].optimizer.beta2=1", "stages[2].optimizer.epsilon=-1"}, []string{
			"stages[2].optimizer.beta2 is 1; valid: 0 to below 1", "stages[2].optimizer.epsilon is -1; valid: above 0"}},
		{[]string{"stages[2].group_size=1"}, []string{"stages[2].group_size is 1; valid: at least 2, since an advantage compares the rollouts of a group"}},
		{[]string{"stages[2].problems_per_step=481", "stages[2].shards=1"}, []string{`stages[2].problems_per_step is 481, more than the 480 problems of "math-short"`}},
		{[]string{"data.math-short.synthetic.operations=[2,6,2]"}, []string{
			"data.math-short.synthetic.operations[1] is 6; valid: 1 to 5",
			"data.math-short.synthetic.operations[2] is 2, which stands there twice",
			"stages[2].max_response_tokens is 120, which with the longest prompt of 23 tokens exceeds max_position_embeddings 128; valid: 1 to 105"}},
		{[]string{"data.code.synthetic.depths=[0,2,5]"}, []string{
			"data.code.synthetic.depths[0] is 0; valid: 1 to 4", "data.code.synthetic.depths[2] is 5; valid: 1 to 4"}},
		{[]string{"data.code-held-out.synthetic.depths=[1,2]"}, []string{"data.code-held-out.synthetic.depths[0] is 1; valid: 2 to 4"}},
		{[]string{"data.math-short.synthetic.depths=[2]"}, []string{"data.math-short.synthetic.depths are given, but code_fraction is 0; valid: absent"}},
		{[]string{"data.demonstrations.synthetic.styles.guess=0.5"}, []string{
			"data.demonstrations.synthetic.styles add up to 1.25; valid: shares of concise, verbose, guess that add up to 1"}},
		{[]string{"data.demonstrations.synthetic.styles={terse: 1}"}, []string{
			"data.demonstrations.synthetic.styles.terse is unknown; valid: concise, verbose, guess"}},
		{[]string{"stages[2].done=30"}, []string{
			"stages[2].done is 30; valid: 0, or fewer than steps, which is 30",
			"stages[2].done is 30, but the recipe has no parent, whose steps they would be; valid: 0, or a parent (starter run --from RUN@STAGE:STEP)",
			"stages[2].done is 30, but stage base-text trains first; valid: 0, or the stage that trains first"}},
		{[]string{"data.code.source= somewhere"}, []string{`data.code.source is " somewhere"; valid: one line of at most 300 bytes, without spaces around it`}},
		{[]string{"data.code.licence=MIT\nor not"}, []string{`data.code.licence is "MIT\nor not"; valid: one line of at most 300 bytes, without spaces around it`}},
		{[]string{"data.code.shard_rows=-1"}, []string{"data.code.shard_rows is -1; valid: at least 0"}},
		{[]string{"data.code=/x.jsonl"}, []string{"data.code is both synthetic and a file; valid: either synthetic, or uri with format, limit and calculations"}},
		{[]string{"temperature_search.start=3"}, []string{"temperature_search.start is 3; valid: min to max, 0.4 to 1.8"}},
		{[]string{"temperature_search.candidates=[0.6, 0.855, 0.6, 3]"}, []string{
			"temperature_search.start is 1; valid: absent with candidates", "temperature_search.candidates[1] is 0.855; valid: a multiple of 0.01",
			"temperature_search.candidates[2] is 0.6, which stands there already; valid: different temperatures", "temperature_search.candidates[3] is 3; valid: min to max, 0.4 to 1.8"}},
		{[]string{"temperature_search.start=0", "temperature_search.candidates=[0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2]"}, []string{"temperature_search.candidates are 7; valid: at most max_measurements 6"}},
		{[]string{"temperature_search.max_standard_error=-0.01"}, []string{"temperature_search.max_standard_error is -0.01; valid: above 0, or absent"}},
		{[]string{"evaluation.benchmarks.math.shards=501"}, []string{"evaluation.benchmarks[0].shards is 501; valid: 1 to 500"}},
		{[]string{"stages.math-short.dynamic_sampling.max_batches=600"}, []string{"stages[2].dynamic_sampling.max_batches is 600, with 2 shards each; valid: 500 shards in all"}},
		{[]string{"stages.math-short.hand_on.policy=person", "stages.math-short.steps=610", "stages.math-short.evaluate_every=10"}, []string{
			"stages[2].evaluate_every is 10, which makes 61 policies to choose from; valid: at least 11, which makes 60"}},
		{[]string{"temperature_search.max_problems=500"}, []string{"temperature_search.max_problems is 500; valid: absent without max_standard_error"}},
		{[]string{"temperature_search.max_standard_error=0.01", "temperature_search.max_problems=100"}, []string{"temperature_search.max_problems is 100; valid: at least problems 128, or absent"}},
		{[]string{"temperature_search.max_standard_error=0.01", "temperature_search.problems=1"}, []string{"temperature_search.problems is 1; valid: at least 2 with max_standard_error, which is over prompts"}},
		{[]string{"temperature_search.choose=interpolate"}, []string{`temperature_search.choose is "interpolate"; did you mean interpolated? valid: measured, interpolated`}},
		{[]string{"evaluation.benchmarks[0].top_p=0"}, []string{"evaluation.benchmarks[0].top_p is 0; valid: above 0, at most 1"}},
		{[]string{"evaluation.benchmarks[0].grading=any"}, []string{`evaluation.benchmarks[0].grading is "any"; valid: strict, lenient, acereason-toolkit`}},
		{[]string{"evaluation.benchmarks[0].also_grading=strict"}, []string{`evaluation.benchmarks[0].also_grading is "strict", which grading is too; valid: another, or absent`}},
		{[]string{"evaluation.benchmarks[0].also_grading=lenient", "evaluation.benchmarks[1].name=math-lenient"}, []string{`evaluation.benchmarks[1].name is "math-lenient", which another benchmark has; valid: different names`}},
		{[]string{"evaluation.benchmarks.code.grading=acereason-toolkit", "evaluation.benchmarks.code.extract=first"}, []string{`evaluation.benchmarks[2].extract is "first", but grading is "acereason-toolkit", which has its own rule; valid: absent`}},
		{[]string{"programs.extract=lst"}, []string{`programs.extract is "lst"; did you mean last? valid: last, first, livecodebench`}},
		{[]string{"programs.time_factor=-1", "programs.memory_factor=101"}, []string{`programs.time_factor is -1; valid: 0 to 100`, `programs.memory_factor is 101; valid: 0 to 100`}},
		{[]string{"evaluation.benchmarks[0].extract=first"}, []string{`evaluation.benchmarks[0].extract is "first", but the domain is "math"; valid: absent`}},
		{[]string{"evaluation.benchmarks.code.grading=lenient"}, []string{`evaluation.benchmarks[2].grading is "lenient", but the domain is "code"; valid: strict, acereason-toolkit`}},
		{[]string{"numerics.backend=cuda"}, []string{`numerics.backend is "cuda"; valid: cpu, cpu:kernels=avx512, cpu:kernels=avx2, go`}},
		{[]string{"numerics.compute=fp8"}, []string{`numerics.compute is "fp8"; valid: float32, bfloat16`}},
		{[]string{"numerics.micro_batch_tokens=0"}, []string{"numerics.micro_batch_tokens is 0; valid: at least 2"}},
		{[]string{"seed=9007199254740992"}, []string{"seed is 9007199254740992; valid: 0 to 9007199254740991"}},
		{[]string{"stages=[]"}, []string{"stages is empty; valid: at least one stage"}},
		{[]string{"stages.code.kind=rll"}, []string{`stages[4].kind is "rll"; did you mean rl? valid: sft, rl, evaluate, collect, curate, teach`}},
		{[]string{"stages.sft.kind=evaluate", "evaluation.benchmarks=[]"}, []string{`stages[1].kind is "evaluate", but evaluation.benchmarks is empty; valid: at least one benchmark`}},
	}
	for _, test := range tests {
		t.Run(test.set[0], func(t *testing.T) {
			r := named(t, "demo")
			if test.set[0] == "data.math-short.synthetic.operations=[2,6,2]" {
				r.Stages[2].RL.MaxResponseTokens = 120
			}
			for _, assignment := range test.set {
				if err := Set(&r, assignment); err != nil {
					t.Fatal(err)
				}
			}
			wantLines(t, r.Validate(), test.want...)
		})
	}
}

func TestValidateFiles(t *testing.T) {
	tests := []struct {
		set  []string
		want []string
	}{
		{nil, []string{
			"data.test.uri is empty; give a path or s3:// URI, for instance --set data.test=…/test.jsonl",
			"data.train.uri is empty; give a path or s3:// URI, for instance --set data.train=…/train.jsonl"}},
		{[]string{"data.train=https://x/y", "data.test=s3://bucket"}, []string{
			`data.test.uri is "s3://bucket"; valid: a path, s3://BUCKET/KEY`,
			`data.train.uri is "https://x/y"; valid: a path, s3://BUCKET/KEY`}},
		{[]string{"data.train=s3://b/k", "data.test=/x", "data.train.format=parquet"}, []string{
			`data.train.format is "parquet"; valid: gsm8k, math, problems, contest, examples, rows, acereason-sft, acereason-math, openr1-math, numinamath, numinamath-1.5, openmathreasoning, dapo, openthoughts, livecodebench, taco, apps, prime, deepcoder, codecontests, humaneval, humaneval-plus, mbpp, mbpp-plus, kodcode, leetcode`,
			`stages[0].data is "train", which holds parquet; valid: a dataset of gsm8k or math or examples or rows or acereason-sft or openr1-math or numinamath or numinamath-1.5 or openmathreasoning or openthoughts`,
			`stages[1].data is "train", which holds parquet; valid: a dataset of gsm8k or math or problems or contest or rows or acereason-math or openr1-math or numinamath or numinamath-1.5 or openmathreasoning or dapo`}},
		{[]string{"data.train=/x", "data.test=/y", "stages[1].domain=code"}, []string{
			`stages[1].data is "train", which holds gsm8k; valid: a dataset of problems or rows or livecodebench or taco or apps or prime or deepcoder or codecontests or humaneval or humaneval-plus or mbpp or mbpp-plus or kodcode or leetcode`}},
		{[]string{"data.train=/x", "data.test=/y", "stages[1].max_response_tokens=2048"}, []string{
			"stages[1].max_response_tokens is 2048, which leaves no room for a prompt in max_position_embeddings 2048"}},
		{[]string{"data.train=/x", "data.test=/y", "tokenizer=synthetic"}, []string{
			`data.test.format is "gsm8k", whose text the synthetic tokenizer cannot write; valid with it: problems, examples; or tokenizer: bytes`,
			`data.train.format is "gsm8k", whose text the synthetic tokenizer cannot write; valid with it: problems, examples; or tokenizer: bytes`}},
		{[]string{"data.train=/a.jsonl", "data.test=/b.jsonl", "data.train.calculations.prompt=lines", "data.train.calculations.answer_only=1.5"}, []string{
			`data.train.calculations.prompt is "lines"; valid: sentence, question`,
			`data.train.calculations.max_number is 0; valid: at least 1`,
			`data.train.calculations.answer_only is 1.5; valid: 0 to 1`}},
		{[]string{"data.train=/a.jsonl", "data.test.file_of=trane"}, []string{`data.test.file_of is "trane"; valid: a dataset with a uri of its own`}},
		{[]string{"data.train=/a.jsonl", "data.test={uri: /b.jsonl, file_of: train, format: gsm8k}"}, []string{
			`data.test.file_of is "train", but there is a uri too; valid: one of them`}},
		{[]string{"data.train=/a.jsonl", "data.test={uri: /b.jsonl, format: problems, calculations: {prompt: question, max_number: 9}}"}, []string{
			`data.test.calculations are given, but the format is "problems"; valid: only with the format gsm8k`}},
	}
	for _, test := range tests {
		r := named(t, "gsm8k-tiny")
		for _, assignment := range test.set {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		wantLines(t, r.Validate(), test.want...)
	}
}

// TestValidateSearchUnused: without a stage that searches the section may be absent.
func TestValidateBaseModelTokenizerAndPrompt(t *testing.T) {
	tests := []struct {
		set  []string
		want []string
	}{
		{nil, nil},
		{[]string{"model.base=s3://models/qwen", "tokenizer=base", "prompt.format=chat", "prompt.system=Think."}, nil},
		{[]string{"model.base=ftp://x/y", "model.hidden_size=64"}, []string{
			`model.base is "ftp://x/y"; valid: a path, s3://BUCKET/KEY`,
			"model.base is given beside hidden_size, which the base model's config.json says; valid with it: max_position_embeddings, rope_theta; " +
				"to drop the others: --set 'model={base: ftp://x/y, max_position_embeddings: 512}'"}},
		{[]string{"model.rope_theta=0.5"}, []string{"model.rope_theta is 0.5; valid: above 1"}},
		{[]string{"tokenizer=s3://models"}, []string{`tokenizer is "s3://models"; valid: a path, s3://BUCKET/KEY`}},
		{[]string{"tokenizer=bytes", "prompt.format=chat"}, []string{
			`prompt.format is "chat", but the tokenizer bytes has no chat template; valid with it: tokens, plain`}},
		{[]string{"prompt.math=answer this"}, []string{`prompt.math is "answer this"; valid: a text with {question} in it`}},
		{[]string{"prompt.math="}, []string{
			"prompt.math is empty; valid: a text with {question} in it, since the recipe reads math problems from files"}},
		{[]string{"prompt.code_starter={question}"}, []string{`prompt.code_starter is "{question}"; valid: absent, or a text with {question} and {starter} in it`}},
		{[]string{"prompt.system=Think."}, []string{"prompt.system is given; valid: only with the format chat"}},
		{[]string{"model.base=s3://models/qwen", "tokenizer=base", "prompt.format=acereason"}, []string{
			"prompt.math is given; valid: only with the formats chat and plain"}},
		{[]string{"model.base=s3://models/qwen", "tokenizer=base", "prompt.format=acereason", "prompt.math=", "prompt.end=<|im_end|>"}, nil},
		{[]string{"tokenizer=bytes", "prompt.format=acereason", "prompt.math="}, []string{
			`prompt.format is "acereason", but the tokenizer bytes has no chat template; valid with it: tokens, plain`}},
		{[]string{"prompt.format=tokens"}, []string{"prompt.math is given; valid: only with the formats chat and plain"}},
		{[]string{"prompt.format=xml"}, []string{`prompt.format is "xml"; valid: tokens, chat, plain, acereason`}},
	}
	for _, test := range tests {
		r := named(t, "gsm8k-stories260k")
		for _, assignment := range append([]string{"data.train=/x", "data.test=/y"}, test.set...) {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Validate(); err != nil || test.want != nil {
			wantLines(t, err, test.want...)
		}
	}
	r := named(t, "demo")
	if r.Tokenizer, r.Model.Init = "base", nil; true {
		wantLines(t, r.Validate(),
			"model.init is missing; valid: embedding_std and output_gain, or a base model (model.base) to start from",
			`tokenizer is "base", but the recipe has no model.base; valid without one: synthetic, bytes, a path, s3://BUCKET/KEY`)
	}
}

func TestValidateSearchUnused(t *testing.T) {
	r := named(t, "demo")
	r.TemperatureSearch = TemperatureSearch{}
	for _, s := range r.Stages[2:] {
		s.RL.Temperature = Temperature{Value: 0.85}
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
}

// TestValidateZero: even an empty recipe gives faults, not a panic.
func TestValidateZero(t *testing.T) {
	if err := (Recipe{Stages: []Stage{{Kind: KindSFT, SFT: &SFT{}}, {Kind: KindRL, RL: &RL{}}, {Kind: KindRL}, {Kind: KindCollect, Collect: &Collect{}}, {}}, Evaluation: Evaluation{Benchmarks: make([]Benchmark, 1)}}).Validate(); err == nil {
		t.Fatal("an empty recipe is valid")
	}
}

func named(t *testing.T, name string) Recipe {
	t.Helper()
	r, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
