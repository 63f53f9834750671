package main

import (
	"strings"
	"testing"
)

// fromCollection is the recipe from a base model with stages that collect examples in the place of RL.
func fromCollection(t *testing.T) string {
	t.Helper()
	text := strings.Replace(fromBase, "data:\n", "data:\n  pairs: {uri: /pairs.jsonl, format: examples}\n", 1)
	text = strings.Replace(text, "end: <|im_end|>}", "end: <|im_end|>, labels: {correct: +, incorrect: \"-\"}}", 1)
	begin, end := strings.Index(text, "  - {name: second,"), strings.Index(text, "temperature_search:")
	if begin < 0 || end < begin {
		t.Fatal("the recipe from a base model has other stages now")
	}
	const stages = `
  - {name: one, kind: collect, domain: math, data: problems, samples: 40, temperature: 2, max_response_tokens: 12, shards: 1, keep: correct, into: solved}
  - {name: two, kind: collect, domain: math, data: problems, limit: 4, samples: 20, temperature: 1.2, max_response_tokens: 12, shards: 1, keep: correct, into: solved}
  - {name: hard, kind: collect, domain: math, data: wrong, samples: 1, temperature: 1, max_response_tokens: 12, shards: 1, keep: unsolved, demonstrations: examples, into: shown}
  - {name: second, kind: sft, data: solved, epochs: 1, batch_size: 4, max_tokens: 50, checkpoint_every: 9, optimizer: *adam}
  - {name: third, kind: sft, data: shown, epochs: 1, batch_size: 4, max_tokens: 50, checkpoint_every: 9, optimizer: *adam}
  - {name: rated, kind: curate, data: problems, into: even, rules: [{pass_rate: {domain: math, from: first, samples: 40, temperature: 2, max_response_tokens: 12, shards: 1, at_most: 39}}]}
`
	return text[:begin] + strings.TrimPrefix(stages, "\n") + text[end:]
}

// fieldsOfCollection are seen in runs that collect examples and train on them.
var fieldsOfCollection = map[string]fieldCase{
	"stages[collect].domain":                               changeWith("grader", "stages[1].domain=code", "stages[1].data=code"),
	"stages[collect].data":                                 change("verdicts", "stages[1].data=wrong"),
	"stages[collect].limit":                                change("responses of two", "stages[2].limit=3"),
	"stages[collect].samples":                              change("responses of one", "stages[1].samples=5"),
	"stages[collect].temperature":                          change("responses of one", "stages[1].temperature=0.5"),
	"stages[collect].max_response_tokens":                  change("responses of one", "stages[1].max_response_tokens=6"),
	"stages[collect].shards":                               change("shards", "stages[1].shards=2"),
	"stages[collect].keep":                                 changeWith("data", "stages[1].keep=unsolved", "stages[1].demonstrations=examples"),
	"stages[collect].demonstrations":                       change("weights", "stages[3].demonstrations=pairs"),
	"stages[collect].per_problem":                          change("data", "stages[1].per_problem=1"),
	"stages[collect].into":                                 change("weights", "stages[2].into=other-solved"),
	"stages[collect].add_to":                               change("weights", "stages[2].add_to=true"),
	"stages[collect].label":                                change("responses of one", "stages[1].label=correct"),
	"prompt.labels.correct":                                change("data", "prompt.labels.correct=!", "stages[1].keep=labelled"),
	"prompt.labels.incorrect":                              change("data", "prompt.labels.incorrect=!", "stages[1].keep=labelled"),
	"stages[curate].rules[].pass_rate.domain":              changeWith("grader", "stages[6].rules[0].pass_rate.domain=code", "stages[6].data=code"),
	"stages[curate].rules[].pass_rate.from":                change("responses of rated", "stages[6].rules[0].pass_rate.from=base"),
	"stages[curate].rules[].pass_rate.samples":             change("responses of rated", "stages[6].rules[0].pass_rate.samples=41"),
	"stages[curate].rules[].pass_rate.temperature":         change("responses of rated", "stages[6].rules[0].pass_rate.temperature=0.5"),
	"stages[curate].rules[].pass_rate.max_response_tokens": change("responses of rated", "stages[6].rules[0].pass_rate.max_response_tokens=6"),
	"stages[curate].rules[].pass_rate.shards":              change("shards", "stages[6].rules[0].pass_rate.shards=2"),
	"stages[curate].rules[].pass_rate.at_least":            change("curated", "stages[6].rules[0].pass_rate.at_least=3"),
	"stages[curate].rules[].pass_rate.at_most":             change("curated", "stages[6].rules[0].pass_rate.at_most=2"),
	"stages[sft].from":                                     change("weights", "stages[5].from=base"),
	"programs.extract":                                     change("grader", "programs.extract=first", "stages[1].domain=code", "stages[1].data=code"),
	"programs.without_reasoning":                           change("grader", "programs.without_reasoning=true", "stages[1].domain=code", "stages[1].data=code"),
	"programs.time_factor":                                 change("grader", "programs.time_factor=2", "stages[1].domain=code", "stages[1].data=code"),
	"programs.memory_factor":                               change("grader", "programs.memory_factor=2", "stages[1].domain=code", "stages[1].data=code"),
	"evaluation.benchmarks[].extract":                      change("grader", "evaluation.benchmarks[0].extract=first", "evaluation.benchmarks[0].domain=code", "evaluation.benchmarks[0].data=code"),
}
