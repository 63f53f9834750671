package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"temper/model/reward/external"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// VerdictCalls says how a shard is judged by the user's activity.
type VerdictCalls struct {
	// Recorded are the verdicts, where there are any already: then there are no calls.
	Recorded *VerdictSummary `json:"recorded,omitempty"`
	Calls    []external.Call `json:"calls,omitempty"`
}

// RequestVerdicts makes the calls of the user's activity for one shard: with the responses
// as text, or, where these are long, with the ref of a document that has them. It records
// nothing: the same shard always has the same calls.
func (a *Activities) RequestVerdicts(ctx context.Context, in ScoreRolloutsInput) (VerdictCalls, error) {
	calls, err := alive(ctx, a.Hung, func(ctx context.Context) (VerdictCalls, error) { return a.requestVerdicts(ctx, in) })
	if err != nil {
		return VerdictCalls{}, classify(ctx, "request "+in.title(), err)
	}
	return calls, nil
}

func (a *Activities) requestVerdicts(ctx context.Context, in ScoreRolloutsInput) (VerdictCalls, error) {
	key, input, err := in.task().key()
	if err != nil {
		return VerdictCalls{}, err
	}
	free, m, err := a.recorded(ctx, in.task(), key, input)
	if err != nil {
		return VerdictCalls{}, err
	}
	if free == "" {
		recorded := summaryOf(m)
		return VerdictCalls{Recorded: &recorded}, nil
	}
	s, err := a.shard(ctx, in)
	if err != nil {
		return VerdictCalls{}, err
	}
	parts, err := external.Requests(s.problems, s.rollouts, func(r rollout.Rollout) string { return textOf(s.tok, r) })
	if err != nil {
		return VerdictCalls{}, err
	}
	documents, total := make([][]byte, len(parts)), 0
	for i, part := range parts {
		if documents[i], err = json.Marshal(part); err != nil {
			return VerdictCalls{}, fmt.Errorf("encode request: %w", err)
		}
		total += len(documents[i])
	}
	var calls VerdictCalls
	for i, document := range documents {
		call := external.Call{
			Schema: external.Schema, Run: in.Run.Name, Stage: in.Stage, Step: in.Step, Shard: in.Shard, Part: i,
			Version: in.Reward.Version, NumRollouts: len(parts[i].Rollouts),
		}
		if total <= external.Inline {
			call.Request = document
		} else if call.Stored, err = a.Store.Put(ctx, document); err != nil {
			return VerdictCalls{}, err
		}
		calls.Calls = append(calls.Calls, call)
	}
	return calls, nil
}

// textOf is a response's text, without the token that ended it.
func textOf(tok tokenizer.Tokenizer, r rollout.Rollout) string {
	answer := r.Answer()
	if r.Truncated() {
		return tok.Decode(answer)
	}
	return tok.Decode(answer[:len(answer)-1])
}
