package recipe

import "strings"

// source says where a value of a named recipe comes from. The pattern is a path
// with members of lists by name; * stands for one key.
type source struct{ pattern, text string }

const (
	measured = "synthetic task, measured in PyTorch"
	paper10  = "AceReason-Nemotron 1.0 §3.1"
	unstated = "not printed in the paper"
	speed    = "shape: speed only"
)

// sourcesOf finds the sources of a named recipe's values: its own first, then
// those that hold for every recipe.
func sourcesOf(name string) []source {
	switch name {
	case "demo":
		return append(demoSources, commonSources...)
	case "gsm8k-tiny":
		return append(gsm8kSources, commonSources...)
	case "gsm8k-stories260k":
		return append(stories260kSources, commonSources...)
	case "smoke":
		return append(smokeSources, commonSources...)
	}
	return nil
}

// sourceOf is the text of the most specific pattern that matches a path, the
// first of equals; "" if none does.
func sourceOf(sources []source, path string) string {
	best, text := -1, ""
	for _, s := range sources {
		if wildcards := strings.Count(s.pattern, "*"); matches(s.pattern, path) && (best < 0 || wildcards < best) {
			best, text = wildcards, s.text
		}
	}
	return text
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "."), strings.Split(path, ".")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != got[i] {
			return false
		}
	}
	return true
}

// commonSources hold for every named recipe that says nothing else.
var commonSources = []source{
	{"model.rms_norm_eps", "Qwen2.5 config.json"},
	{"model.tie_word_embeddings", "Qwen2.5's small models tie; its 7B does not"},
	{"model.init.*", measured},
	{"model.*", measured},
	{"sft.*.optimizer.schedule", unstated + "; OpenThoughts2 on the same base: cosine"},
	{"sft.*.optimizer.state", unstated + "; each stage begins anew"},
	{"sft.*.checkpoint_every", "at most this many updates are redone"},
	{"rl.*.objective.overlong.handling", "AceReason-Nemotron 1.1: on in the short stages, off in the last"},
	{"rl.*.temperature", "AceReason-Nemotron 1.1 §3: entropy about 0.3 when a stage begins"},
	{"rl.*.objective.advantage.std", "divided by the group's std: " + paper10 + "; veRL: sample"},
	{"rl.*.objective.denominator", "token level: " + paper10 + "; over the batch as veRL"},
	{"rl.*.objective.kind", paper10 + ": GRPO, one update per batch, no KL term"},
	{"rl.*.optimizer.schedule", unstated + "; veRL default"},
	{"rl.*.optimizer.final_fraction", "unused by a constant schedule"},
	{"rl.*.optimizer.state", unstated + "; fresh moments, as measured"},
	{"*.*.optimizer.beta1", unstated + "; usual AdamW"},
	{"*.*.optimizer.beta2", unstated + "; " + measured},
	{"*.*.optimizer.epsilon", unstated + "; PyTorch default"},
	{"*.*.optimizer.weight_decay", unstated + "; " + measured},
	{"*.*.optimizer.max_grad_norm", unstated + "; veRL default"},
	{"rl.*.shards", "parts of a step that may run at once"},
	{"rl.*.checkpoint_every", "at most this many policy steps are redone, without sampling again"},
	{"temperature_search.target_entropy", "AceReason-Nemotron 1.1, abstract: around 0.3 nats"},
	{"temperature_search.max_truncation", unstated + "; cut responses' entropy says little"},
	{"guard.action", "what follows where there is nothing to learn from; ours"},
	{"guard.empty_steps", "policy steps in a row; ours"},
	{"evaluation.benchmarks.*.temperature", "AceReason-Nemotron 1.1 model card: 0.6"},
	{"evaluation.benchmarks.*.top_p", "AceReason-Nemotron 1.1 model card: 0.95"},
	{"evaluation.benchmarks.*.shards", "parts that may run at once"},
	{"prompt.format", "what the tokenizer has"},
	{"numerics.packing", "speed; each sequence attends to itself only"},
	{"numerics.gradient_checkpointing", "memory against speed"},
	{"numerics.*", speed + ", but it fixes the order of sums"},
}

var demoSources = []source{
	{"seed", "any; the spread over seeds is larger than a standard error"},
	{"model.rope_theta", measured + ": 100 learns faster than 10000 at these lengths"},
	{"model.tie_word_embeddings", measured},
	{"model.max_position_embeddings", "longest prompt 20 + longest response 80, rounded up"},
	{"data.base-text.synthetic.count", "three seeds of this recipe, model/RECIPE.md: 400 updates x 16"},
	{"data.demonstrations.synthetic.count", "three seeds of this recipe, model/RECIPE.md: 450 updates x 16"},
	{"data.demonstrations.synthetic.responses_per_prompt", measured + ": prompts teach more than responses"},
	{"data.math-short.synthetic.count", "30 steps x 16: no problem twice"},
	{"data.math-longer.synthetic.count", "15 steps x 16: no problem twice"},
	{"data.code.synthetic.count", "35 steps x 16"},
	{"data.math-last.synthetic.count", "15 steps x 16: no problem twice"},
	{"data.code-held-out.synthetic.count", "all held-out code prompts"},
	{"data.*.synthetic.seed", measured + ": fixed test sets"},
	{"data.*.synthetic.*", measured},
	{"data.*.synthetic.styles.*", measured},
	{"sft.*.max_tokens", "longest example 95 tokens, rounded up"},
	{"sft.*.optimizer.schedule", measured},
	{"sft.*.optimizer.beta1", measured},
	{"sft.*.optimizer.learning_rate", measured},
	{"sft.*.optimizer.warmup_steps", measured},
	{"sft.*.optimizer.final_fraction", measured},
	{"sft.*.*", measured + "; paper: batch not printed, 5 epochs"},
	{"temperature_search.min", "above the temperatures at which entropy collapsed"},
	{"temperature_search.max", "above the highest temperature measured, 1.6"},
	{"temperature_search.start", "the untempered policy; the search came out at 1.1 to 1.4"},
	{"temperature_search.tolerance", "paper's band is about 0.2 to 0.4; 128 prompts give about 0.012"},
	{"temperature_search.problems", measured + ": 48 give ±0.02, 128 or more are better"},
	{"temperature_search.max_response_tokens", measured},
	{"temperature_search.max_measurements", "bounds the cost of a search"},
	{"rl.*.objective.overlong.handling", "off: measured, no clear effect here; paper: on in its short stages"},
	{"rl.*.objective.advantage.std", measured + "; paper: divided by the group's std, veRL: sample"},
	{"rl.*.optimizer.learning_rate", measured + "; paper: 1e-6 math, 5e-6 code (1.0 §3.1)"},
	{"rl.*.optimizer.warmup_steps", measured},
	{"rl.*.optimizer.beta1", measured},
	{"rl.*.problems_per_step", measured + "; paper: 128 (1.0 §3.1)"},
	{"rl.*.group_size", "AceReason-Nemotron 1.0 §3.1: 8 in the shortest stage, 16 later; " + measured + " at 8"},
	{"rl.math-short.max_response_tokens", measured + ": shorter than verbose answers, as 8K is for the paper"},
	{"rl.*.max_response_tokens", measured + "; paper: 16K, 24K, 32K"},
	{"rl.*.steps", measured + "; paper: not printed"},
	{"evaluation.benchmarks.*.samples", measured + "; paper: avg@64 and avg@8"},
	{"evaluation.benchmarks.*.max_response_tokens", measured + "; paper: 32768"},
}

var gsm8kSources = []source{
	{"seed", "any"},
	{"model.rope_theta", "Qwen2 default before the paper's 1000000"},
	{"model.max_position_embeddings", "longest GSM8K question and response in bytes, rounded up"},
	{"model.*", "the demo's model, so that ten minutes suffice"},
	{"data.*.limit", "sized for ten minutes on four cores"},
	{"sft.sft.max_tokens", "longer than about 88 % of GSM8K's examples in bytes"},
	{"sft.sft.optimizer.learning_rate", "as the demo, which was measured in PyTorch"},
	{"sft.sft.optimizer.warmup_steps", "as the demo, which was measured in PyTorch"},
	{"sft.sft.optimizer.final_fraction", "as the demo, which was measured in PyTorch"},
	{"sft.sft.*", "sized for ten minutes; paper: 5 epochs, batch not printed"},
	{"temperature_search.min", "a hardly trained model meets the target only at low temperatures"},
	{"temperature_search.max", "the paper's candidates end at 1.0"},
	{"temperature_search.start", "a hardly trained model meets the target only at low temperatures"},
	{"temperature_search.tolerance", "paper's band is about 0.2 to 0.4"},
	{"temperature_search.*", "sized for ten minutes"},
	{"rl.*.objective.overlong.handling", "AceReason-Nemotron 1.1: on where a short budget cuts many responses"},
	{"rl.*.optimizer.learning_rate", "as the demo's last stages; paper: 1e-6 (1.0 §3.1)"},
	{"rl.*.optimizer.warmup_steps", "shorter than the stage"},
	{"rl.*.*", "sized for ten minutes; paper: 128 problems x 8, 8K tokens"},
	{"evaluation.benchmarks.*.samples", "sized for ten minutes"},
	{"evaluation.benchmarks.*.max_response_tokens", "longer than 75 % of GSM8K's solutions in bytes"},
}

const tried = "trials of this recipe, model/RECIPE.md"

var stories260kSources = []source{
	{"seed", "any"},
	{"model.max_position_embeddings", "stories260K's config.json"},
	{"data.*.calculations.max_number", "small numbers: three quarters of GSM8K's calculations of two whole numbers"},
	{"data.train.calculations.answer_only", "half of the examples show the worse way to answer: what RL can find out"},
	{"sft.*.max_tokens", "longer than nearly all of its examples"},
	{"sft.*.batch_size", "as the demo"},
	{"sft.*.epochs", tried + "; paper: 5 epochs"},
	{"sft.*.optimizer.learning_rate", tried},
	{"sft.*.optimizer.warmup_steps", "as the demo"},
	{"sft.*.optimizer.final_fraction", "as the demo"},
	{"temperature_search.target_entropy", "paper: around 0.3 nats; here 17 of 27 tokens are the frame's, which are certain"},
	{"temperature_search.tolerance", "as the demo"},
	{"temperature_search.start", "the untempered policy"},
	{"temperature_search.*", "as the demo, which costs a fraction of a policy step per measurement"},
	{"rl.*.objective.overlong.handling", "AceReason-Nemotron 1.1: on in the short stages"},
	{"rl.*.max_response_tokens", "longer than any right answer in this vocabulary's tokens"},
	{"rl.*.optimizer.learning_rate", tried + "; paper: 1e-6 (1.0 §3.1)"},
	{"rl.*.optimizer.warmup_steps", "as the demo"},
	{"rl.*.*", tried + "; paper: 128 problems x 8"},
	{"evaluation.benchmarks.*.samples", "as the demo; paper: avg@64"},
	{"evaluation.benchmarks.*.max_response_tokens", "as in RL"},
}

var smokeSources = []source{
	{"seed", "any"},
	{"model.init.*", measured},
	{"model.*", "as small as it gets, for tests"},
	{"data.*.synthetic.*", "as small as it gets, for tests"},
	{"data.*.synthetic.styles.*", "as small as it gets, for tests"},
	{"temperature_search.*", "as small as it gets, for tests"},
	{"sft.*.*", "as small as it gets, for tests"},
	{"sft.*.optimizer.*", "as small as it gets, for tests"},
	{"rl.*.*", "as small as it gets, for tests"},
	{"rl.*.optimizer.*", "as small as it gets, for tests"},
	{"evaluation.benchmarks.*.*", "as small as it gets, for tests"},
}
