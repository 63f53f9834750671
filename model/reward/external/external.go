// Package external is what temper and a reward that the user writes say to each other:
// JSON that any language reads and writes. temper calls an activity on the user's task
// queue with one Call, and its result is one Answer.
//
//	{"schema": 1, "run": "demo", "stage": "style", "step": 3, "shard": 0, "part": 0, "version": "1", "num_rollouts": 2,
//	 "request": {"problems": [{"id": "line-7", "question": "…", "prompt": "…", "fields": {"answer": "4", "level": 3}}],
//	             "rollouts": [{"rollout": 0, "problem": 0, "sample": 0, "response": "…", "truncated": false},
//	                          {"rollout": 1, "problem": 0, "sample": 1, "response": "…", "truncated": true}]}}
//
// Where the texts of a shard are longer than Inline bytes, "stored" stands in the place of
// "request": {"key": "blobs/sha256/…", "sha256": "…", "size": 123456}, the object of temper's store that
// holds the request. Whoever answers reads it with credentials of their own: no key and no
// address that grants anything is in a call, and so in no history.
//
//	{"version": "1", "verdicts": [{"rollout": 0, "verdict": "correct", "score": 1.5, "reason": "short"},
//	                              {"rollout": 1, "verdict": "ungradable", "reason": "the model that judges is away"}]}
package external

import (
	"encoding/json"
	"fmt"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/rollout"
)

// Schema is the version of calls and answers.
const Schema = 1

const (
	// Inline is the size in bytes up to which the texts of a shard travel in its calls: they
	// stand in a history twice, which is to stay small enough to look at.
	Inline = 64 << 10
	// PerCall is how many rollouts one call has at most, so that an answer stays small too.
	PerCall = 256
)

// Call is the argument of the user's activity: some rollouts of one shard to judge.
type Call struct {
	Schema int    `json:"schema"`
	Run    string `json:"run"`
	Stage  string `json:"stage"`
	Step   int    `json:"step"`
	Shard  int    `json:"shard"`
	// Part is which part of the shard, from 0.
	Part int `json:"part"`
	// Version is that of the recipe; the answer has to name the same.
	Version string `json:"version"`
	// NumRollouts is how many verdicts are wanted.
	NumRollouts int `json:"num_rollouts"`
	// Request is what to judge, or Stored where it lies in the store.
	Request json.RawMessage `json:"request,omitempty"`
	Stored  artifact.Ref    `json:"stored,omitzero"`
}

// Request is what to judge.
type Request struct {
	Problems []Problem `json:"problems"`
	Rollouts []Rollout `json:"rollouts"`
}

// Problem is a problem whose responses are to be judged.
type Problem struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	// Prompt is the whole text that the policy continued.
	Prompt string `json:"prompt"`
	// Fields are all other fields of the dataset's row, "answer" and "tests" among them.
	Fields map[string]json.RawMessage `json:"fields"`
}

// Rollout is a response.
type Rollout struct {
	// Rollout is the rollout's place in its shard, and Problem the place of its problem in the request.
	Rollout int `json:"rollout"`
	Problem int `json:"problem"`
	// Sample is the rollout's number among those of the problem.
	Sample int `json:"sample"`
	// Response is the text, without the token that ended it.
	Response string `json:"response"`
	// Truncated says that the response budget cut it.
	Truncated bool `json:"truncated"`
}

// Requests cuts a shard into parts of PerCall rollouts at most. decode is the text of a response.
func Requests(problems map[int]dataset.Problem, rollouts []rollout.Rollout, decode func(rollout.Rollout) string) ([]Request, error) {
	var all []Request
	for begin := 0; begin < len(rollouts); begin += PerCall {
		r, at := Request{}, map[int]int{}
		for i := begin; i < min(begin+PerCall, len(rollouts)); i++ {
			one := rollouts[i]
			if _, known := at[one.Problem]; !known {
				problem, ok := problems[one.Problem]
				if !ok {
					return nil, fmt.Errorf("rollout %d is of problem %d, which is not given", i, one.Problem)
				}
				p, err := problemOf(problem)
				if err != nil {
					return nil, err
				}
				at[one.Problem] = len(r.Problems)
				r.Problems = append(r.Problems, p)
			}
			r.Rollouts = append(r.Rollouts, Rollout{i, at[one.Problem], one.Sample, decode(one), one.Truncated()})
		}
		all = append(all, r)
	}
	return all, nil
}

func problemOf(p dataset.Problem) (Problem, error) {
	out := Problem{ID: p.ID, Question: p.Question, Prompt: p.Prompt, Fields: map[string]json.RawMessage{}}
	if p.Fields != nil {
		if err := json.Unmarshal(p.Fields, &out.Fields); err != nil {
			return out, fmt.Errorf("fields of problem %s: %w", p.ID, err)
		}
	}
	if p.Tests != nil {
		out.Fields["tests"] = p.Tests
	}
	if p.Answer == "" {
		return out, nil
	}
	answer, err := json.Marshal(p.Answer)
	out.Fields["answer"] = answer
	return out, err
}
