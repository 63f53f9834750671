package plan

import (
	"cmp"
	"math"

	"temper/model/compute"
	"temper/model/recipe"
)

// stage plans stage i and what follows it: its evaluation.
func (b *builder) stage(i int) {
	s := b.recipe.Stages[i]
	switch s.Kind {
	case recipe.KindSFT:
		b.sft(s)
	case recipe.KindRL:
		b.rl(s)
	case recipe.KindCollect:
		b.collect(s)
	case recipe.KindCurate:
		b.curate(s)
	case recipe.KindTeach:
		b.teach(s)
	}
	if s.Into() == "" {
		b.evaluate(s.Name, "evaluation-after-"+s.Name, 1, b.recipe.Evaluation.Benchmarks)
	}
}

// bf16 says whether training rounds its factors to bfloat16.
func (b *builder) bf16() bool { return b.recipe.Numerics.Compute == recipe.ComputeBFloat16 }

// training is an activity that trains rows of a mean length with so many targets each.
func (b *builder) training(a Activity, rows, length, targets, most float64) Activity {
	a.Tokens.Trained, a.Most.Trained = rows*length, rows*most
	a.FLOPs += b.in.Shape.Training(compute.Row(length, targets).Times(rows), b.recipe.Numerics.GradientCheckpointing)
	a.Seconds += b.in.Machine.training(a.FLOPs, b.bf16())
	return a
}

// checkpointBytes is a checkpoint's: weights and two moments, each in float32.
func (b *builder) checkpointBytes() float64 {
	return 3*weightBytes*b.in.Shape.Parameters() + recordBytes
}

func (b *builder) sft(s recipe.Stage) {
	d, set := b.data[s.SFT.Data], s.SFT
	rows := d.Examples * float64(set.Epochs)
	segments := math.Ceil(math.Ceil(rows/float64(max(1, set.BatchSize))) / float64(max(1, set.CheckpointEvery)))
	length := min(d.ExampleTokens, float64(set.MaxTokens))
	response := max(0, length-d.PromptTokens)
	a := Activity{Stage: s.Name, Name: "TrainSFT", Count: segments, Bytes: segments * b.checkpointBytes()}
	b.act(b.training(a, rows, length, response, float64(set.MaxTokens)))
	inside := 0.0
	if every := float64(set.EvaluateEvery); every > 0 { // not after the last epoch, whose evaluation is the stage's
		inside = b.inside(s, math.Ceil(float64(set.Epochs)/every)-1+b.handsOn(s))
	}
	b.stageChild(s.Name, "SFT", segments+inside, segments+1, 0, 0, inside)
}

// sampling is what rollouts of one kind need.
type sampling struct {
	// stage is that which the work belongs to, of what it is for there, prompts the number of prompts read and each the responses to one.
	stage, of     string
	prompts, each float64
	// prompt is the mean prompt, budget the longest response.
	prompt, budget float64
	// shards is the number of activities in all, atATime how many of them there are at a time.
	shards, atATime float64
	domain          recipe.Domain
}

// sample plans rollouts and, unless nothing judges them, their verdicts. It returns the mean response.
func (b *builder) sample(w sampling, judged bool) float64 {
	responses := w.prompts * w.each
	response := max(1, b.in.Assume.Share*w.budget)
	tokens, most := Tokens{Sampled: responses * response, Read: w.prompts * w.prompt}, Tokens{Sampled: responses * w.budget, Read: w.prompts * w.prompt}
	read, drawn := compute.Prompt(w.prompt).Times(w.prompts), compute.Response(w.prompt, response).Times(responses)
	m, shape := b.in.Machine, b.in.Shape
	devices := max(1, min(m.Devices, w.atATime))
	rows := max(1, min(b.generationRows(), responses/max(1, w.shards)))
	seconds := m.prefill(shape.Forward(read), devices) + m.decode(shape, tokens.Sampled, rows, w.prompt+response/2, devices)
	b.act(Activity{Stage: w.stage, Of: w.of, Name: "GenerateRollouts", Count: w.shards, Tokens: tokens, Most: most, FLOPs: shape.Forward(read.Plus(drawn)), Seconds: seconds,
		Bytes: rolloutTokenBytes*tokens.Sampled + 6*responses*w.prompt + w.shards*recordBytes})
	if judged {
		b.judge(w, responses)
	}
	return response
}

// buy plans the responses of a model that a server holds, and their verdicts.
func (b *builder) buy(w sampling) {
	responses := w.prompts * w.each
	response := max(1, b.in.Assume.Share*w.budget)
	tokens := Tokens{Bought: responses * response}
	// Raw answers and their records are stored one by one.
	b.act(Activity{Stage: w.stage, Of: w.of, Name: "AskTeacher", Count: w.shards, Tokens: tokens, Most: Tokens{Bought: responses * w.budget},
		Bytes: responses*(2*tokenBytes*response+recordBytes) + w.shards*recordBytes, Seconds: over(tokens.Bought, b.in.Assume.TeacherSpeed)})
	b.judge(w, responses)
}

// judge plans verdicts: three activities of which one is the user's where that judges.
func (b *builder) judge(w sampling, responses float64) {
	bytes := responses*verdictBytes + w.shards*recordBytes
	if w.domain == recipe.DomainActivity {
		for _, name := range []string{"RequestVerdicts", "the reward's activity"} {
			b.act(Activity{Stage: w.stage, Of: w.of, Name: name, Count: w.shards})
		}
		b.act(Activity{Stage: w.stage, Of: w.of, Name: "RecordVerdicts", Count: w.shards, Bytes: bytes})
		return
	}
	each := b.in.Assume.AnswerSeconds
	if recipe.RunsPrograms(w.domain) {
		each = b.in.Assume.ProgramSeconds
	}
	name := "ScoreRollouts"
	if b.recipe.Model.Served != nil {
		name = "JudgeTaught"
	}
	b.act(Activity{Stage: w.stage, Of: w.of, Name: name, Count: w.shards, Bytes: bytes, Seconds: over(responses*each, b.in.Assume.Graders)})
}

// judging is how many activities a shard's verdicts take.
func judging(d recipe.Domain) float64 {
	if d == recipe.DomainActivity {
		return 3
	}
	return 1
}

// generationRows is the number of responses that one device draws together.
func (b *builder) generationRows() float64 {
	if rows := b.recipe.Numerics.GenerationRows; rows > 0 {
		return float64(rows)
	}
	return 16 // sampling.DefaultRows
}

// evaluate plans so many evaluations of the policy of a stage on some benchmarks, each a workflow of its own.
func (b *builder) evaluate(stage, id string, times float64, benches []recipe.Benchmark) {
	acts := 0.0
	for _, bench := range benches {
		d := b.data[bench.Data]
		shards := max(1, min(float64(bench.Shards), d.Problems))
		if b.recipe.Model.Served != nil {
			shards = max(1, min(float64(bench.ServedShards(int(d.Problems))), d.Problems))
		}
		w := sampling{stage: stage, of: bench.Name, prompts: times * d.Problems, each: float64(bench.Samples), prompt: d.PromptTokens, budget: float64(bench.MaxResponseTokens),
			shards: times * shards, atATime: shards, domain: bench.Domain}
		if b.recipe.Model.Served != nil {
			b.buy(w)
		} else {
			b.sample(w, true)
		}
		if also, twice := bench.Also(); twice {
			b.judge(w, w.prompts*w.each)
			b.act(Activity{Stage: stage, Of: also.Name, Name: "SummarizeEvaluation", Count: times, Bytes: times * recordBytes})
			acts += shards*judging(bench.Domain) + 1
		}
		b.act(Activity{Stage: stage, Of: bench.Name, Name: "SummarizeEvaluation", Count: times, Bytes: times * recordBytes})
		acts += shards*(1+judging(bench.Domain)) + 1
	}
	if acts > 0 {
		b.ledgers(stage, times)
		b.child(id, "Evaluation", acts, 0, 0, 0)
	}
}

// handsOn plans the choice of the policy that a stage hands on, where there is one, and returns how many more evaluations it
// takes: that of the last policy, which is a candidate too.
func (b *builder) handsOn(s recipe.Stage) float64 {
	if !s.HandOn().Chooses() {
		return 0
	}
	b.act(Activity{Stage: s.Name, Of: "what it hands on", Name: "RecordDecision", Count: 1, Bytes: recordBytes})
	return 1
}

// inside plans the evaluations in a stage, so many at the most, and returns how many there are.
func (b *builder) inside(s recipe.Stage, times float64) float64 {
	benches := b.recipe.BenchmarksInside(s)
	if len(benches) == 0 || times < 1 {
		return 0
	}
	b.evaluate(s.Name, s.Name+"/evaluation-N", times, benches)
	return times
}

func (b *builder) collect(s recipe.Stage) {
	set := s.Collect
	d := b.data[set.Data]
	problems := d.Problems
	if set.Limit > 0 {
		problems = min(problems, float64(set.Limit))
	}
	shards := max(1, min(float64(set.Shards), problems))
	response := b.sample(sampling{stage: s.Name, prompts: problems, each: float64(set.Samples), prompt: d.PromptTokens, budget: float64(set.MaxResponseTokens),
		shards: shards, atATime: shards, domain: set.Domain}, true)
	kept := float64(set.Samples)
	switch {
	case set.Keep == recipe.KeepUnsolved:
		kept = 1
	case set.PerProblem > 0:
		kept = min(kept, float64(set.PerProblem))
	}
	made := b.added(Data{Name: set.Into, Examples: problems * kept, Questions: problems, PromptTokens: d.PromptTokens, ExampleTokens: d.PromptTokens + response, From: "stage " + s.Name}, set.AddTo)
	b.make(made)
	b.act(Activity{Stage: s.Name, Name: "CollectExamples", Count: 1, Bytes: tokenBytes*made.Examples*made.ExampleTokens + recordBytes})
	b.child(s.Name, "Collect", shards*(1+judging(set.Domain))+1, 1, 0, 0)
}

// make notes a dataset that a stage makes.
func (b *builder) make(d Data) {
	b.data[d.Name] = d
	b.plan.Data = append(b.plan.Data, d)
}

func (b *builder) curate(s recipe.Stage) {
	set := s.Curate
	d := b.data[set.Data]
	acts := 0.0
	for _, rule := range set.Rules {
		if p := rule.PassRate; p != nil && d.Problems > 0 {
			shards := max(1, min(float64(p.Shards), d.Problems))
			b.sample(sampling{stage: s.Name, of: rule.Name(), prompts: d.Problems, each: float64(p.Samples), prompt: d.PromptTokens, budget: float64(p.MaxResponseTokens),
				shards: shards, atATime: shards, domain: p.Domain}, true)
			acts += shards * (1 + judging(p.Domain))
		}
		if sub := rule.Subset; sub != nil {
			d = subset(d, *sub)
		}
		acts++
		b.act(Activity{Stage: s.Name, Of: rule.Name(), Name: "CurateData", Count: 1, Bytes: tokenBytes*(d.Problems*d.PromptTokens+d.Examples*d.ExampleTokens) + recordBytes})
	}
	d.Name, d.From = set.Into, "stage "+s.Name
	b.make(d)
	b.child(s.Name, "Curate", acts, float64(len(set.Rules)), 0, 0)
}

// subset is what a rule of that kind leaves at the most.
func subset(d Data, s recipe.Subset) Data {
	asked := max(1, cmp.Or(d.Questions, max(d.Problems, d.Examples)))
	kept := asked
	if s.Prompts > 0 {
		kept = min(asked, float64(s.Prompts))
		d.Problems, d.Examples = math.Ceil(d.Problems*kept/asked), math.Ceil(d.Examples*kept/asked)
	}
	if s.Responses > 0 {
		d.Problems, d.Examples = min(d.Problems, math.Ceil(kept*s.Responses)), min(d.Examples, math.Ceil(kept*s.Responses))
	}
	d.Questions = kept
	return d
}

// added is a dataset that a stage adds to what an earlier one has collected under its name.
func (b *builder) added(d Data, add bool) Data {
	before, ok := b.data[d.Name]
	if !add || !ok || before.Examples == 0 {
		return d
	}
	whole := before.Examples + d.Examples
	d.PromptTokens = over(before.Examples*before.PromptTokens+d.Examples*d.PromptTokens, whole)
	d.ExampleTokens = over(before.Examples*before.ExampleTokens+d.Examples*d.ExampleTokens, whole)
	d.Examples, d.Questions = whole, before.Questions+d.Questions
	return d
}

func (b *builder) teach(s recipe.Stage) {
	set := s.Teach
	d := b.data[set.Data]
	problems := d.Problems
	if set.Limit > 0 {
		problems = min(problems, float64(set.Limit))
	}
	shards := max(1, min(float64(set.Shards), problems))
	responses := problems * set.Mean()
	response := b.in.Assume.Share * float64(set.MaxTokens)
	tokens := Tokens{Bought: responses * response}
	// Raw answers and their records are stored one by one.
	b.act(Activity{Stage: s.Name, Name: "AskTeacher", Count: shards, Tokens: tokens, Most: Tokens{Bought: responses * float64(set.MaxTokens)},
		Bytes: responses*(2*tokenBytes*response+recordBytes) + shards*recordBytes, Seconds: over(tokens.Bought, b.in.Assume.TeacherSpeed)})
	acts := shards + 1
	if set.Keep == recipe.KeepRight {
		b.act(Activity{Stage: s.Name, Name: "JudgeTaught", Count: shards, Bytes: responses*verdictBytes + shards*recordBytes})
		acts += shards
	}
	made := b.added(Data{Name: set.Into, Examples: responses, Questions: problems, PromptTokens: d.PromptTokens, ExampleTokens: d.PromptTokens + response, From: "stage " + s.Name}, set.AddTo)
	b.make(made)
	b.act(Activity{Stage: s.Name, Name: "KeepTaught", Count: 1, Bytes: tokenBytes*made.Examples*made.ExampleTokens + recordBytes})
	b.child(s.Name, "Teach", acts, shards+1, 0, 0)
}
