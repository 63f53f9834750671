package main

// fieldCase changes one field of a recipe, by an assignment as --set has it, and names what has to
// change with it. Further assignments go along where the field alone would make no valid recipe.
type fieldCase struct {
	set  []string
	sees string
	// alone says that what goes along makes no run that ends without the field.
	alone bool
}

func change(sees string, set ...string) fieldCase { return fieldCase{set: set, sees: sees} }

func changeWith(sees string, set ...string) fieldCase { return fieldCase{set, sees, true} }

// namesOnly are the fields that name things and decide nothing.
var namesOnly = []string{"name", "stages[].name", "evaluation.benchmarks[].name"}

// seenElsewhere are fields whose effect needs more than one run; each names the test that shows it.
var seenElsewhere = map[string]string{
	"continue_from": "TestContinueFrom in package workflows: an earlier run's work is not done again",
}

// fieldsFromNothing are seen in a run that begins with random weights and makes its data.
var fieldsFromNothing = map[string]fieldCase{
	"seed":                                  change("initial weights", "seed=2"),
	"model.hidden_size":                     change("initial weights", "model.hidden_size=24"),
	"model.intermediate_size":               change("initial weights", "model.intermediate_size=32"),
	"model.num_hidden_layers":               change("initial weights", "model.num_hidden_layers=2"),
	"model.num_attention_heads":             change("weights", "model.num_attention_heads=4"),
	"model.num_key_value_heads":             change("initial weights", "model.num_key_value_heads=2"),
	"model.rms_norm_eps":                    change("weights", "model.rms_norm_eps=0.5"),
	"model.tie_word_embeddings":             change("initial weights", "model.tie_word_embeddings=false"),
	"model.rope_theta":                      change("weights", "model.rope_theta=10000"),
	"model.init.embedding_std":              change("initial weights", "model.init.embedding_std=0.2"),
	"model.init.output_gain":                change("initial weights", "model.init.output_gain=0.4"),
	"tokenizer":                             change("tokenizer", "tokenizer=bytes"),
	"data{}.synthetic.kind":                 changeWith("data", "data.demonstrations.synthetic.kind=base-text", "data.demonstrations.synthetic.styles={}", "data.demonstrations.synthetic.responses_per_prompt=0"),
	"data{}.synthetic.count":                change("data", "data.demonstrations.synthetic.count=7"),
	"data{}.synthetic.held_out":             change("data", "data.held-out.synthetic.held_out=false"),
	"data{}.synthetic.seed":                 change("data", "data.demonstrations.synthetic.seed=4"),
	"data{}.synthetic.styles{}":             change("data", "data.demonstrations.synthetic.styles={concise: 1}"),
	"data{}.synthetic.operations[]":         change("data", "data.demonstrations.synthetic.operations=[3]"),
	"data{}.synthetic.code_fraction":        change("data", "data.demonstrations.synthetic.code_fraction=0"),
	"data{}.synthetic.responses_per_prompt": change("data", "data.demonstrations.synthetic.responses_per_prompt=1"),
}

// fieldsFromReward are seen in a run whose responses an activity of the user's judges.
var fieldsFromReward = map[string]fieldCase{
	"prompt.activity":                                change("data", "prompt.activity=B {question}"),
	"stages[rl].reward.task_queue":                   change("grader", "stages[0].reward.task_queue=yours"),
	"stages[rl].reward.activity":                     change("grader", "stages[0].reward.activity=other"),
	"stages[rl].reward.version":                      change("grader", "stages[0].reward.version=2"),
	"stages[rl].reward.deterministic":                change("grader", "stages[0].reward.deterministic=true"),
	"stages[rl].reward.timeout_seconds":              change("limits of a reward", "stages[0].reward.timeout_seconds=90"),
	"stages[collect].reward.task_queue":              change("grader", "stages[1].reward.task_queue=yours"),
	"stages[collect].reward.activity":                change("grader", "stages[1].reward.activity=other"),
	"stages[collect].reward.version":                 change("grader", "stages[1].reward.version=2"),
	"stages[collect].reward.deterministic":           change("grader", "stages[1].reward.deterministic=true"),
	"stages[collect].reward.timeout_seconds":         change("limits of a reward", "stages[1].reward.timeout_seconds=90"),
	"evaluation.benchmarks[].reward.task_queue":      change("grader", "evaluation.benchmarks[0].reward.task_queue=yours"),
	"evaluation.benchmarks[].reward.activity":        change("grader", "evaluation.benchmarks[0].reward.activity=other"),
	"evaluation.benchmarks[].reward.version":         change("grader", "evaluation.benchmarks[0].reward.version=2"),
	"evaluation.benchmarks[].reward.deterministic":   change("grader", "evaluation.benchmarks[0].reward.deterministic=true"),
	"evaluation.benchmarks[].reward.timeout_seconds": change("limits of a reward", "evaluation.benchmarks[0].reward.timeout_seconds=90"),
}

// fieldsFromBase are seen in runs that begin with a base model, as transformers 4
// writes its config.json and as transformers 5 does.
var fieldsFromBase = map[string]fieldCase{
	"seed":                          change("responses of math", "seed=2"),
	"model.base":                    change("initial weights", "model.base=/other"),
	"model.max_position_embeddings": change("data", "model.max_position_embeddings=55"),
	"model.rope_theta":              change("weights after first", "model.rope_theta=500"),
	"tokenizer":                     change("tokenizer", "tokenizer=/another"),
	"prompt.format":                 change("data", "prompt.format=plain", "prompt.system="),
	"prompt.system":                 change("data", "prompt.system=Be brief."),
	"prompt.math":                   change("data", "prompt.math=N {question}"),
	"prompt.code":                   change("data", "prompt.code=D {question}"),
	"prompt.prefix":                 change("data", "prompt.prefix=["),
	"prompt.end":                    change("tokens that end a response", "prompt.end=<|end|>"),
	"data{}.uri":                    change("data", "data.examples.uri=/other-examples.jsonl"),
	"data{}.format":                 changeWith("data", "data.examples.format=examples", "data.examples.uri=/pairs.jsonl"),
	"data{}.file_of":                changeWith("data", "data.other.file_of=examples", "data.other.uri="),
	"data{}.limit":                  change("data", "data.examples.limit=12"),

	"data{}.calculations.prompt":      change("data", "data.steps.calculations.prompt=question"),
	"data{}.calculations.max_number":  change("data", "data.steps.calculations.max_number=5"),
	"data{}.calculations.answer_only": change("data", "data.steps.calculations.answer_only=0.25", "stages[0].data=steps"),

	"stages[].kind":                        change("segments", "stages[0].kind=evaluate"),
	"stages[sft].data":                     change("weights after first", "stages[0].data=other"),
	"stages[sft].epochs":                   change("weights after first", "stages[0].epochs=3"),
	"stages[sft].batch_size":               change("weights after first", "stages[0].batch_size=3"),
	"stages[sft].max_tokens":               changeWith("weights after first", "stages[0].max_tokens=30", "stages[1].max_tokens=30"),
	"stages[sft].checkpoint_every":         change("segments", "stages[0].checkpoint_every=2"),
	"stages[sft].optimizer.learning_rate":  change("weights after first", "stages[0].optimizer.learning_rate=0.003"),
	"stages[sft].optimizer.schedule":       change("weights after first", "stages[0].optimizer.schedule=constant"),
	"stages[sft].optimizer.warmup_steps":   change("weights after first", "stages[0].optimizer.warmup_steps=3"),
	"stages[sft].optimizer.final_fraction": change("weights after first", "stages[0].optimizer.final_fraction=0.5"),
	"stages[sft].optimizer.beta1":          change("weights after first", "stages[0].optimizer.beta1=0.5"),
	"stages[sft].optimizer.beta2":          change("weights after first", "stages[0].optimizer.beta2=0.5"),
	"stages[sft].optimizer.epsilon":        change("weights after first", "stages[0].optimizer.epsilon=0.01"),
	"stages[sft].optimizer.weight_decay":   change("weights after first", "stages[0].optimizer.weight_decay=0.5"),
	"stages[sft].optimizer.max_grad_norm":  change("weights after first", "stages[0].optimizer.max_grad_norm=0.01"),
	"stages[sft].optimizer.state":          change("weights after second", "stages[1].optimizer.state=carry"),

	"temperature_search.target_entropy":      change("decisions on temperatures", "temperature_search.target_entropy=0.01"),
	"temperature_search.tolerance":           change("measurements", "temperature_search.tolerance=9"),
	"temperature_search.min":                 change("measurements", "temperature_search.min=0.9", "temperature_search.target_entropy=0.0001"),
	"temperature_search.max":                 change("measurements", "temperature_search.max=1.1"),
	"temperature_search.start":               change("measurements", "temperature_search.start=0.9"),
	"temperature_search.problems":            change("measurements", "temperature_search.problems=3"),
	"temperature_search.max_response_tokens": change("measurements", "temperature_search.max_response_tokens=4"),
	"temperature_search.max_measurements":    change("measurements", "temperature_search.max_measurements=1"),

	"temperature_search.max_truncation": change("decisions on temperatures", "temperature_search.max_truncation=1", "temperature_search.tolerance=9", "temperature_search.max_response_tokens=4"),

	"guard.action":      change("end", "guard.action=fail", "guard.empty_steps=1", "stages[2].data=wrong", "stages[2].temperature=1"),
	"guard.empty_steps": change("policy steps", "guard.empty_steps=1", "guard.action=fail", "stages[2].data=wrong", "stages[2].temperature=1"),

	"stages[rl].domain":                          changeWith("grader", "stages[2].domain=code", "stages[2].data=code"),
	"stages[rl].data":                            change("verdicts", "stages[2].data=wrong"),
	"stages[rl].max_response_tokens":             change("responses of math", "stages[2].max_response_tokens=6"),
	"stages[rl].problems_per_step":               change("responses of math", "stages[2].problems_per_step=3"),
	"stages[rl].group_size":                      change("responses of math", "stages[2].group_size=4"),
	"stages[rl].steps":                           change("policy steps", "stages[2].steps=4"),
	"stages[rl].temperature":                     change("responses of math", "stages[2].temperature=0.7"),
	"stages[rl].objective.advantage.std":         change("weights", "stages[2].objective.advantage.std=none"),
	"stages[rl].objective.advantage.baseline":    change("weights", "stages[2].objective.advantage.baseline=leave_one_out"),
	"stages[rl].objective.advantage.epsilon":     change("weights", "stages[2].objective.advantage.epsilon=0.5"),
	"stages[rl].objective.clip.low":              change("weights", "stages[2].objective.clip.low=0.001", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.clip.high":             change("weights", "stages[2].objective.clip.high=0.001", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.clip.dual":             change("weights", "stages[2].objective.clip.dual=1.002", "stages[2].objective.clip.high=0.001", "stages[2].objective.updates.epochs=3"),
	"stages[rl].objective.clip.log_ratio":        change("weights", "stages[2].objective.clip.log_ratio=0.001", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.denominator":           change("weights", "stages[2].objective.denominator=group_tokens"),
	"stages[rl].objective.constant":              changeWith("weights", "stages[2].objective.constant=9", "stages[2].objective.denominator=constant"),
	"stages[rl].objective.masked_sequences":      change("weights", "stages[2].objective.masked_sequences=skip", "stages[2].objective.denominator=sequence_tokens"),
	"stages[rl].objective.kl.coefficient":        change("weights", "stages[2].objective.kl.coefficient=0.5"),
	"stages[rl].objective.kl.estimator":          change("weights", "stages[2].objective.kl.estimator=k1", "stages[2].objective.kl.coefficient=0.5"),
	"stages[rl].objective.kl.reference":          change("weights", "stages[2].objective.kl.reference=base", "stages[2].objective.kl.coefficient=0.5"),
	"stages[rl].objective.kl.in":                 change("weights", "stages[2].objective.kl.in=reward", "stages[2].objective.kl.coefficient=0.5"),
	"stages[rl].objective.kl.clamp_difference":   change("weights", "stages[2].objective.kl.clamp_difference=0.0001", "stages[2].objective.kl.coefficient=0.5"),
	"stages[rl].objective.kl.clamp_value":        change("weights", "stages[2].objective.kl.clamp_value=0.0000001", "stages[2].objective.kl.coefficient=0.5"),
	"stages[rl].objective.entropy":               change("weights", "stages[2].objective.entropy=0.1"),
	"stages[rl].objective.overlong.handling":     change("figures of updates", "stages[2].objective.overlong.handling=keep"),
	"stages[rl].objective.overlong.cache_tokens": changeWith("weights", "stages[2].objective.overlong.cache_tokens=11", "stages[2].objective.overlong.handling=penalty"),
	"stages[rl].objective.overlong.factor":       change("weights", "stages[2].objective.overlong.factor=0.5", "stages[2].objective.overlong.handling=penalty", "stages[2].objective.overlong.cache_tokens=11"),
	"stages[rl].objective.updates.mini_batches":  change("weights", "stages[2].objective.updates.mini_batches=2"),
	"stages[rl].objective.updates.epochs":        change("weights", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.kind":                  change("weights", "stages[2].objective.kind=gspo", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.value.coefficient":     change("weights", "stages[2].objective.value.coefficient=5", "stages[2].objective.kind=ppo", "stages[2].objective.advantage={}"),
	"stages[rl].objective.value.clip":            change("weights", "stages[2].objective.value.clip=0.0001", "stages[2].objective.kind=ppo", "stages[2].objective.advantage={}", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.value.gamma":           change("weights", "stages[2].objective.value.gamma=0.5", "stages[2].objective.kind=ppo", "stages[2].objective.advantage={}"),
	"stages[rl].objective.value.lambda":          change("weights", "stages[2].objective.value.lambda=0.5", "stages[2].objective.kind=ppo", "stages[2].objective.advantage={}"),
	"stages[rl].objective.value.whiten":          change("weights", "stages[2].objective.value.whiten=none", "stages[2].objective.kind=ppo", "stages[2].objective.advantage={}"),
	"stages[rl].objective.nft.prompt_weight":     change("weights", "stages[2].objective.nft.prompt_weight=wrong", "stages[2].objective.kind=nft", "stages[2].objective.advantage={}"),
	"stages[rl].objective.nft.negative_weight":   change("weights", "stages[2].objective.nft.negative_weight=0.5", "stages[2].objective.kind=nft", "stages[2].objective.advantage={}"),
	"stages[rl].objective.nft.positive_only":     change("weights", "stages[2].objective.nft.positive_only=true", "stages[2].objective.kind=nft", "stages[2].objective.advantage={}"),
	"stages[rl].objective.nft.clamp":             change("weights", "stages[2].objective.nft.clamp=0.5", "stages[2].objective.kind=nft", "stages[2].objective.advantage={}", "stages[2].objective.updates.epochs=3"),
	"stages[rl].objective.nft.ratio":             change("weights", "stages[2].objective.nft.ratio=sequence", "stages[2].objective.kind=nft", "stages[2].objective.advantage={}", "stages[2].objective.updates.epochs=2"),
	"stages[rl].dynamic_sampling.max_batches":    change("shards", "stages[2].dynamic_sampling.max_batches=2", "stages[2].data=wrong", "stages[2].temperature=1"),
	"stages[rl].demonstrations":                  changeWith("weights", "stages[2].demonstrations=other", "stages[2].objective.kind=chord", "stages[2].objective.chord.mu=0.5", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].demonstrations_per_step":         change("weights", "stages[2].demonstrations_per_step=1", "stages[2].objective.kind=chord", "stages[2].objective.chord.mu=0.5", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.uft.hint_coefficient":  change("weights", "stages[2].objective.uft.hint_coefficient=0.5", "stages[2].objective.kind=uft", "stages[2].objective.uft.hint_steps=3", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.uft.schedule":          change("weights", "stages[2].objective.uft.schedule=staircase", "stages[2].objective.kind=uft", "stages[2].objective.uft.hint_steps=3", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.uft.pieces":            change("weights", "stages[2].objective.uft.pieces=2", "stages[2].objective.kind=uft", "stages[2].objective.uft.hint_steps=3", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.uft.hint_steps":        changeWith("weights", "stages[2].objective.uft.hint_steps=1", "stages[2].objective.kind=uft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.uft.first":             change("weights", "stages[2].objective.uft.first=0.1", "stages[2].objective.kind=uft", "stages[2].objective.uft.hint_steps=3", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.uft.last":              change("weights", "stages[2].objective.uft.last=0.9", "stages[2].objective.kind=uft", "stages[2].objective.uft.hint_steps=3", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.srft.sft_sign":         change("weights", "stages[2].objective.srft.sft_sign=plus", "stages[2].objective.kind=srft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.srft.rl_sign":          change("weights", "stages[2].objective.srft.rl_sign=minus", "stages[2].objective.kind=srft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.srft.sft_weight":       change("weights", "stages[2].objective.srft.sft_weight=0.1", "stages[2].objective.kind=srft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.srft.rl_weight":        change("weights", "stages[2].objective.srft.rl_weight=0.5", "stages[2].objective.kind=srft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.srft.demonstration":    change("weights", "stages[2].objective.srft.demonstration=plain", "stages[2].objective.kind=srft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.srft.own":              change("weights", "stages[2].objective.srft.own=ratio", "stages[2].objective.kind=srft", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}", "stages[2].objective.updates.epochs=2"),
	"stages[rl].objective.chord.mu":              changeWith("weights", "stages[2].objective.chord.mu=0.9", "stages[2].objective.kind=chord", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.chord.last_mu":         change("weights", "stages[2].objective.chord.last_mu=0.1", "stages[2].objective.kind=chord", "stages[2].objective.chord.mu=0.5", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}", "stages[2].objective.chord.mu_steps=3"),
	"stages[rl].objective.chord.mu_steps":        changeWith("weights", "stages[2].objective.chord.mu_steps=2", "stages[2].objective.kind=chord", "stages[2].objective.chord.mu=0.5", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].objective.chord.token_weight":    change("weights", "stages[2].objective.chord.token_weight=uncertain", "stages[2].objective.kind=chord", "stages[2].objective.chord.mu=0.5", "stages[2].demonstrations=examples", "stages[2].data=examples", "stages[2].objective.advantage={}"),
	"stages[rl].shards":                          change("shards", "stages[2].shards=2"),
	"stages[rl].checkpoint_every":                change("checkpoints", "stages[2].checkpoint_every=1"),
	"stages[rl].optimizer.learning_rate":         change("weights", "stages[2].optimizer.learning_rate=0.003"),
	"stages[rl].optimizer.schedule":              change("weights", "stages[2].optimizer.schedule=constant"),
	"stages[rl].optimizer.warmup_steps":          change("weights", "stages[2].optimizer.warmup_steps=2"),
	"stages[rl].optimizer.final_fraction":        change("weights", "stages[2].optimizer.final_fraction=0.5"),
	"stages[rl].optimizer.beta1":                 change("weights", "stages[2].optimizer.beta1=0.5"),
	"stages[rl].optimizer.beta2":                 change("weights", "stages[2].optimizer.beta2=0.5"),
	"stages[rl].optimizer.epsilon":               change("weights", "stages[2].optimizer.epsilon=0.01"),
	"stages[rl].optimizer.weight_decay":          change("weights", "stages[2].optimizer.weight_decay=0.5"),
	"stages[rl].optimizer.max_grad_norm":         change("weights", "stages[2].optimizer.max_grad_norm=0.01"),
	"stages[rl].optimizer.state":                 change("weights", "stages[2].optimizer.state=carry"),

	"evaluation.benchmarks[].domain":              changeWith("grader", "evaluation.benchmarks[0].domain=code", "evaluation.benchmarks[0].data=code"),
	"evaluation.benchmarks[].data":                change("evaluations", "evaluation.benchmarks[0].data=problems"),
	"evaluation.benchmarks[].samples":             change("evaluations", "evaluation.benchmarks[0].samples=2"),
	"evaluation.benchmarks[].temperature":         change("responses of after-math-math", "evaluation.benchmarks[0].temperature=0.2"),
	"evaluation.benchmarks[].top_p":               change("responses of after-math-math", "evaluation.benchmarks[0].top_p=0.2"),
	"evaluation.benchmarks[].max_response_tokens": change("responses of after-math-math", "evaluation.benchmarks[0].max_response_tokens=3"),
	"evaluation.benchmarks[].answers":             change("grader", "evaluation.benchmarks[0].answers=lenient"),
	"evaluation.benchmarks[].shards":              change("shards", "evaluation.benchmarks[0].shards=2"),

	"numerics.micro_batch_tokens":     change("weights", "numerics.micro_batch_tokens=64"),
	"numerics.packing":                change("slots", "numerics.packing=true", "data.examples={uri: /mixed.jsonl, format: examples}"),
	"numerics.gradient_checkpointing": change("layers computed twice", "numerics.gradient_checkpointing=true"),
	"numerics.compute":                change("weights", "numerics.compute=bfloat16"),
	"numerics.backend":                change("backends", "numerics.backend=go"),
	"numerics.generation_rows":        change("rows of a generator", "numerics.generation_rows=2"),
}
