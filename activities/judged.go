package activities

import (
	"context"
	"fmt"
	"strings"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// judged is an evaluation's responses with the verdicts of each problem, problems in order.
type judged struct {
	said      []evaluation.Response
	problems  []int           // of each response
	verdicts  []reward.Record // on each response
	byProblem map[int][]reward.Verdict
	order     []int
	// rollouts are the responses of a policy; those of a model that a server holds are counted
	// in served, by what the server calls it.
	rollouts []rollout.Rollout
	served   map[string]int
}

// answers are those of each problem.
func (j judged) answers() [][]evaluation.Answer {
	of := map[int][]evaluation.Answer{}
	for i, problem := range j.problems {
		of[problem] = append(of[problem], evaluation.Answer{Text: j.verdicts[i].Extracted, Verdict: j.verdicts[i].Verdict})
	}
	all := make([][]evaluation.Answer, len(j.order))
	for i, p := range j.order {
		all[i] = of[p]
	}
	return all
}

// matrix has the verdicts of the given problems, none for a problem that was not judged.
func (j judged) matrix(problems []int) [][]reward.Verdict {
	matrix := make([][]reward.Verdict, len(problems))
	for i, p := range problems {
		matrix[i] = j.byProblem[p]
	}
	return matrix
}

// metrics are those that a manifest has of responses beside the figures of an evaluation.
func (j judged) metrics() map[string]float64 {
	if len(j.served) == 0 {
		return rolloutMetrics(j.rollouts)
	}
	tokens := 0
	for _, r := range j.said {
		tokens += r.Tokens
	}
	return map[string]float64{artifact.MetricRollouts: float64(len(j.said)), artifact.MetricResponseTokens: float64(tokens)}
}

// judged reads scored shards. Without a vocabulary no response of a policy counts as reasoned.
func (a *Activities) judged(ctx context.Context, vocabulary artifact.Ref, shards []ScoredShard) (judged, error) {
	j := judged{byProblem: map[int][]reward.Verdict{}, served: map[string]int{}}
	for i, shard := range shards {
		first := len(j.said)
		var err error
		if shard.Responses.IsZero() {
			err = a.addRollouts(ctx, &j, vocabulary, shard.Rollouts)
		} else {
			err = a.addServed(ctx, &j, shard.Responses)
		}
		if err != nil {
			return j, err
		}
		verdicts, err := a.verdicts(ctx, shard.Verdicts)
		if err != nil {
			return j, err
		}
		if n := len(j.said) - first; len(verdicts) != n {
			return j, fmt.Errorf("shard %d has %d rollouts but %d verdicts", i, n, len(verdicts))
		}
		for k, v := range verdicts {
			problem := j.problems[first+k]
			if j.byProblem[problem] == nil {
				j.order = append(j.order, problem)
			}
			j.byProblem[problem] = append(j.byProblem[problem], v.Verdict)
			r := &j.said[first+k]
			r.Verdict, r.Answered = v.Verdict, strings.TrimSpace(v.Extracted) != ""
		}
		j.verdicts = append(j.verdicts, verdicts...)
	}
	return j, nil
}

// addRollouts adds a policy's responses.
func (a *Activities) addRollouts(ctx context.Context, j *judged, vocabulary, ref artifact.Ref) error {
	part, err := a.rollouts(ctx, ref)
	if err != nil {
		return err
	}
	var tok tokenizer.Tokenizer
	if !vocabulary.IsZero() {
		v, err := a.vocabulary(ctx, vocabulary)
		if err != nil {
			return err
		}
		tok = v.tok
	}
	for _, r := range part {
		response := evaluation.Response{Tokens: len(r.Response), Cut: r.Truncated()}
		response.Reasoned = tok != nil && strings.Contains(textOf(tok, r), tokenizer.EndThinkToken)
		j.said, j.problems = append(j.said, response), append(j.problems, r.Problem)
	}
	j.rollouts = append(j.rollouts, part...)
	return nil
}

// addServed adds what a server answered.
func (a *Activities) addServed(ctx context.Context, j *judged, ref artifact.Ref) error {
	rows, err := a.taught(ctx, ref)
	if err != nil {
		return err
	}
	for _, r := range rows {
		response := evaluation.Response{Tokens: r.CompletionTokens, Cut: r.IsCut(), Reasoned: strings.Contains(r.Text(""), tokenizer.EndThinkToken)}
		j.said, j.problems = append(j.said, response), append(j.problems, r.Problem)
		j.served[r.Model]++
	}
	return nil
}
