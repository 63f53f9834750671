package learnertest

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"

	"temper/activities"
	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// Sample answers the questions of the synthetic task. Whether a response is
// right, and whether it comes to its end, is a function of its seed and of the
// number of updates that the policy has had: more updates, more right answers.
func (l *Learner) Sample(ctx context.Context, p artifact.Policy, requests []rollout.Request, s activities.Decoding, finished func(rollout.Rollout)) ([]rollout.Rollout, error) {
	if err := l.begin(ctx, OpSample); err != nil {
		return nil, err
	}
	w, err := l.resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	data, err := l.store.Get(ctx, w.Tokenizer)
	if err != nil {
		return nil, err
	}
	tok, err := tokenizer.Parse(data)
	if err != nil {
		return nil, err
	}
	rollouts := make([]rollout.Rollout, len(requests))
	for i, request := range requests {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, err := l.respond(tok, request, w.Updates, s.MaxResponseTokens)
		if err != nil {
			return nil, err
		}
		r.EntropySum = l.Entropy(request.Seed, w.Updates, s.Temperature) * float64(len(r.Response))
		rollouts[i] = r
		liveness.Done(ctx)
		if finished != nil {
			finished(r)
		}
	}
	return rollouts, ctx.Err()
}

// Correct says whether a policy with this many updates answers rightly with this seed.
func Correct(seed uint64, updates int) bool {
	return uniform(seed, "correct") < min(0.9, 0.2+0.03*float64(updates))
}

// Cut says whether the response with this seed runs into its budget.
func Cut(seed uint64) bool { return uniform(seed, "cut") < 0.1 }

// respond writes one response.
func (l *Learner) respond(tok tokenizer.Tokenizer, request rollout.Request, updates, budget int) (rollout.Rollout, error) {
	r := rollout.Rollout{
		Problem: request.Problem, Sample: request.Sample, Seed: request.Seed,
		Prompt: request.Prompt, Finish: rollout.FinishStop,
	}
	prompt := tok.Decode(request.Prompt)
	known := l.Knows != nil && l.Knows(prompt)
	reasoning, text := 1+int(3*uniform(request.Seed, "length")), answer(prompt, known || l.Correct(request.Seed, updates))
	if !known && l.Cut(request.Seed) {
		reasoning = budget
	}
	response, err := tok.Encode(strings.Repeat("so", reasoning) + tokenizer.EndThinkToken + text + tokenizer.EOSToken)
	if err != nil {
		return r, err
	}
	if len(response) > budget {
		response, r.Finish = response[:budget], rollout.FinishLength
	}
	r.Response = response
	for range response {
		r.LogProbs = append(r.LogProbs, -0.25)
	}
	return r, nil
}

var (
	mathQuestion = regexp.MustCompile(`<user>(\d)((?:[a-e][-+*]\d)+)\?<asst>`)
	mathStep     = regexp.MustCompile(`[a-e]([-+*])(\d)`)
	codeQuestion = regexp.MustCompile(`f\((\d)\)=(\d),f\((\d)\)=(\d)`)
)

// answer is what stands after </think>: the right answer, or a wrong one.
func answer(prompt string, right bool) string {
	off := 1
	if right {
		off = 0
	}
	if q := mathQuestion.FindStringSubmatch(prompt); q != nil {
		value := number(q[1])
		for _, step := range mathStep.FindAllStringSubmatch(q[2], -1) {
			switch operand := number(step[2]); step[1] {
			case "+":
				value += operand
			case "-":
				value -= operand
			case "*":
				value *= operand
			}
		}
		return fmt.Sprintf(`\boxed{%d}`, (value+off)%10)
	}
	if q := codeQuestion.FindStringSubmatch(prompt); q != nil {
		slope := (number(q[4]) - number(q[2])) / (number(q[3]) - number(q[1]))
		return "def f(x):return " + linear(slope, number(q[2])-slope*number(q[1])+off)
	}
	return `\boxed{0}`
}

// linear is slope*x+constant as the synthetic task writes it.
func linear(slope, constant int) string {
	switch {
	case slope < 0:
		return fmt.Sprintf("%d-%d*x", constant, -slope)
	case constant < 0:
		return fmt.Sprintf("%d*x-%d", slope, -constant)
	}
	return fmt.Sprintf("%d*x+%d", slope, constant)
}

// number reads digits that a regular expression has matched.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err)
	}
	return n
}

// uniform is a number in [0, 1) made of a seed and a label.
func uniform(seed uint64, label string) float64 {
	h := fnv.New64a()
	var key [8]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	h.Write(key[:])
	h.Write([]byte(label))
	return float64(h.Sum64()>>11) / (1 << 53)
}
