package recipe

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/objective"
)

func (v *validator) stages() {
	v.check("stages", len(v.recipe.Stages) > 0, "is empty; valid: at least one stage")
	for i, s := range v.recipe.Stages {
		at := fmt.Sprintf("stages[%d].", i)
		v.earlier = i
		v.name(at+"name", s.Name)
		v.unique(at+"name", i)
		if s.Approval != "" {
			v.word(at+"approval", s.Approval)
		}
		switch {
		case !s.settings().IsValid():
			v.word(at+"kind", s.Kind)
		case s.settings().IsNil():
			v.fault(at+"kind", "is %q, whose settings are missing; valid with it: %s", s.Kind, strings.Join(stageKeys(s.Kind), ", "))
		case s.Kind == KindSFT:
			v.sft(at, i, *s.SFT)
		case s.Kind == KindRL:
			v.rl(at, *s.RL)
			v.dataPosition(at+"data_position", i, *s.RL)
		case s.Kind == KindCollect:
			v.collect(at, i, *s.Collect)
		case s.Kind == KindCurate:
			v.curate(at, i, *s.Curate)
		case s.Kind == KindTeach:
			v.teach(at, i, *s.Teach)
		case s.Kind == KindEvaluate:
			v.check(at+"kind", len(v.recipe.Evaluation.Benchmarks) > 0, "is %q, but evaluation.benchmarks is empty; valid: at least one benchmark", s.Kind)
		}
	}
	v.earlier = 0
}

func (v *validator) sft(at string, index int, s SFT) {
	v.examplesFor(at+"data", s.Data, index)
	v.from(at+"from", s.From, index)
	v.atLeast(at+"epochs", s.Epochs, 1)
	v.atLeast(at+"batch_size", s.BatchSize, 1)
	v.atLeast(at+"max_tokens", s.MaxTokens, 2)
	if limit := v.recipe.Model.MaxPositionEmbeddings; limit > 0 {
		v.check(at+"max_tokens", s.MaxTokens <= limit, "is %d; valid: at most max_position_embeddings %d", s.MaxTokens, limit)
	}
	for j, other := range v.recipe.Stages[:index] { // examples are left out of a dataset, not of a stage
		if other.SFT != nil && other.SFT.Data == s.Data {
			v.check(at+"max_tokens", other.SFT.MaxTokens == s.MaxTokens, "is %d, but stages[%d] has %d and the same data; valid: one number, or two names in data for the file",
				s.MaxTokens, j, other.SFT.MaxTokens)
		}
	}
	v.optimizer(at+"optimizer.", s.Optimizer)
	v.atLeast(at+"checkpoint_every", s.CheckpointEvery, 1)
	v.inside(at, s.EvaluateEvery, s.EvaluateOn)
	v.handOn(at, s.HandOn, s.Epochs, s.EvaluateEvery, s.EvaluateOn)
}

func (v *validator) rl(at string, s RL) {
	v.word(at+"domain", s.Domain)
	v.reward(at, s.Domain, s.Reward)
	d, known := v.problems(at+"data", s.Data, s.Domain)
	if known {
		v.notHeldOut(at+"data", s.Data, d)
		v.problemCount(at+"problems_per_step", s.ProblemsPerStep, s.Data, d)
	}
	v.label(at+"label", s.Label)
	v.budget(at+"max_response_tokens", s.MaxResponseTokens, v.longestPromptOf(d, s.Label))
	v.atLeast(at+"problems_per_step", s.ProblemsPerStep, 1)
	v.objective(at, s)
	v.atLeast(at+"dynamic_sampling.max_batches", s.DynamicSampling.MaxBatches, 0)
	v.atLeast(at+"steps", s.Steps, 1)
	v.done(at, s)
	v.check(at+"temperature", s.Temperature.Search || s.Temperature.Value > 0, "is %g; valid: %s", s.Temperature.Value, temperatureValid)
	v.optimizer(at+"optimizer.", s.Optimizer)
	v.shards(at+"shards", s.Shards)
	v.check(at+"dynamic_sampling.max_batches", s.Shards*s.DynamicSampling.MaxBatches <= maxShards, "is %d, with %d shards each; valid: %d shards in all", s.DynamicSampling.MaxBatches, s.Shards, maxShards)
	if s.Shards > 0 && s.ProblemsPerStep > 0 {
		v.check(at+"shards", s.ProblemsPerStep%s.Shards == 0, "is %d, which does not divide problems_per_step %d; valid: %s",
			s.Shards, s.ProblemsPerStep, divisors(s.ProblemsPerStep))
	}
	v.atLeast(at+"checkpoint_every", s.CheckpointEvery, 1)
	v.inside(at, s.EvaluateEvery, s.EvaluateOn)
	v.handOn(at, s.HandOn, s.Steps, s.EvaluateEvery, s.EvaluateOn)
	v.stop(at+"stop.", s)
	v.band(at+"band.", s)
	v.solved(at+"solved.", s, d)
}

// besideRollouts checks the dataset that an objective reads beside problems.
func (v *validator) besideRollouts(at string, s RL, use objective.Demonstrations) {
	if use == objective.NoDemonstrations {
		v.check(at+"demonstrations", s.Demonstrations == "", "is %q, but objective.kind %q learns from rollouts alone; valid: absent", s.Demonstrations, s.Objective.WithDefaults().Kind)
	} else {
		v.examples(at+"demonstrations", s.Demonstrations)
	}
	v.atLeast(at+"demonstrations_per_step", s.DemonstrationsPerStep, 0)
	v.check(at+"demonstrations_per_step", use == objective.Drawn || s.DemonstrationsPerStep == 0,
		"is %d, but objective.kind %q draws no demonstrations; valid: absent", s.DemonstrationsPerStep, s.Objective.WithDefaults().Kind)
}

// objective checks the objective block, and what it asks of the stage.
func (v *validator) objective(at string, s RL) {
	for _, f := range s.Objective.Check() {
		v.fault(at+"objective."+f.Field, "%s", f.Problem)
	}
	o := s.Objective.WithDefaults()
	v.besideRollouts(at, s, objective.Table[o.Kind].Demonstrations)
	least, why := 1, ""
	if o.Advantage.Baseline == objective.GroupMean || o.Advantage.Baseline == objective.LeaveOneOut {
		least, why = 2, ", since an advantage compares the rollouts of a group"
	}
	v.check(at+"group_size", s.GroupSize >= least, "is %d; valid: at least %d%s", s.GroupSize, least, why)
	for i, of := range s.ByEpoch {
		v.check(fmt.Sprintf("%sby_epoch[%d].group_size", at, i), of.GroupSize == 0 || of.GroupSize >= least, "is %d; valid: absent, or at least %d%s", of.GroupSize, least, why)
		v.check(fmt.Sprintf("%sby_epoch[%d].temperature", at, i), of.Temperature >= 0, "is %g; valid: absent, or above 0", of.Temperature)
	}
	if n := o.Updates.MiniBatches; s.ProblemsPerStep > 0 {
		v.check(at+"objective.updates.mini_batches", n <= s.ProblemsPerStep, "is %d; valid: at most problems_per_step %d, since groups stay whole", n, s.ProblemsPerStep)
	}
	if o.Overlong.Handling == objective.Penalty && s.MaxResponseTokens > 0 {
		v.check(at+"objective.overlong.cache_tokens", o.Overlong.CacheTokens < s.MaxResponseTokens, "is %d; valid: fewer than max_response_tokens %d",
			o.Overlong.CacheTokens, s.MaxResponseTokens)
	}
}

// problemCount checks that one policy step can draw different problems.
func (v *validator) problemCount(field string, perStep int, data string, d Dataset) {
	count := d.Limit // of a file with fewer lines the reader complains
	if drawn, ok := d.Drawn(); ok {
		count = drawn.Count
	}
	if count > 0 {
		v.check(field, perStep <= count, "is %d, more than the %d problems of %q", perStep, count, data)
	}
}

func (v *validator) benchmarks() {
	v.before()
	for i, b := range v.recipe.Evaluation.Benchmarks {
		at := fmt.Sprintf("evaluation.benchmarks[%d].", i)
		if b.Named != "" && !slices.Contains(BenchmarkNames(), b.Named) {
			v.oneOf(at+"benchmark", b.Named, BenchmarkNames())
			continue // it would have given what is missing
		}
		v.name(at+"name", b.Name)
		for _, other := range (Evaluation{Benchmarks: v.recipe.Evaluation.Benchmarks[:i]}).Figures() {
			v.check(at+"name", other.Name != b.Name, "is %q, which another benchmark has; valid: different names", b.Name)
			also, _ := b.Also()
			v.check(at+"also_grading", other.Name != also.Name, "makes a benchmark %q, which there is; valid: different names", also.Name)
		}
		v.word(at+"domain", b.Domain)
		v.reward(at, b.Domain, b.Reward)
		v.gradings(at, b)
		if b.Extract != "" {
			v.word(at+"extract", b.Extract)
			v.check(at+"extract", b.Domain == DomainCode, "is %q, but the domain is %q; valid: absent", b.Extract, b.Domain)
		}
		d, _ := v.problems(at+"data", b.Data, b.Domain)
		v.atLeast(at+"samples", b.Samples, 1)
		v.positive(at+"temperature", b.Temperature)
		v.check(at+"top_p", b.TopP > 0 && b.TopP <= 1, "is %g; valid: above 0, at most 1", b.TopP)
		v.label(at+"label", b.Label)
		v.benchmarkPrompt(at+"prompt", b)
		v.budget(at+"max_response_tokens", b.MaxResponseTokens, v.longestPromptOf(d, b.Label))
		v.shards(at+"shards", b.Shards)
	}
}

// benchmarkPrompt checks the text that a benchmark asks with instead of the recipe's.
func (v *validator) benchmarkPrompt(field string, b Benchmark) {
	if b.Prompt == "" {
		return
	}
	v.check(field, v.recipe.Prompt.takesTexts(), "is given; valid: only with prompt.format chat and plain")
	v.check(field, v.recipe.Prompt.text(b.Domain) != nil, "is given; valid: absent with domain %s, whose questions say how to answer", b.Domain)
	v.check(field, strings.Contains(b.Prompt, QuestionPlaceholder), "is %q; valid: a text with %s in it", b.Prompt, QuestionPlaceholder)
}

// unique checks the name of stage i against those before it.
func (v *validator) unique(field string, i int) {
	name := v.recipe.Stages[i].Name
	v.check(field, !slices.ContainsFunc(v.recipe.Stages[:i], func(s Stage) bool { return s.Name == name }),
		"is %q, which an earlier stage has; valid: different names", name)
}

// RunsPrograms says whether verdicts in a domain are those of a sandbox that runs programs.
func RunsPrograms(domain Domain) bool { return domain == DomainCode }

// RunsPrograms says whether any stage or benchmark of the recipe needs a sandbox.
func (r Recipe) RunsPrograms() bool {
	return slices.ContainsFunc(r.uses(), func(u use) bool { return !u.asks && RunsPrograms(u.domain) })
}

// StageNames lists the names of all stages, in order.
func (r Recipe) StageNames() []string {
	names := make([]string, len(r.Stages))
	for i, s := range r.Stages {
		names[i] = s.Name
	}
	return names
}

func (v *validator) optimizer(at string, o Optimizer) {
	v.positive(at+"learning_rate", o.LearningRate)
	v.word(at+"schedule", o.Schedule)
	v.atLeast(at+"warmup_steps", o.WarmupSteps, 0)
	v.between(at+"final_fraction", o.FinalFraction, 0, 1)
	v.check(at+"beta1", o.Beta1 >= 0 && o.Beta1 < 1, "is %g; valid: 0 to below 1", o.Beta1)
	v.check(at+"beta2", o.Beta2 >= 0 && o.Beta2 < 1, "is %g; valid: 0 to below 1", o.Beta2)
	v.positive(at+"epsilon", o.Epsilon)
	v.check(at+"weight_decay", o.WeightDecay >= 0 && o.WeightDecay < 1e6, "is %g; valid: 0 or above", o.WeightDecay)
	v.positive(at+"max_grad_norm", o.MaxGradNorm)
	v.word(at+"state", o.State)
	v.carried(at, o)
}
