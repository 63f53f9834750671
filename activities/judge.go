package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"temper/activities/liveness"
	"temper/activities/sandbox"
	"temper/model/dataset"
	"temper/model/library/jsonkind"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
	"temper/model/reward/math"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// judge grades the responses of one shard.
type judge struct {
	sandbox Sandbox
	tok     tokenizer.Tokenizer
	domain  string
	lenient bool
}

// program is one distinct program with its problem: a group often writes the same one several times.
type program struct {
	problem int
	source  string
}

// grade returns one result per rollout, in order. The error is ctx's, or a
// problem that cannot be graded whatever the response.
func (j judge) grade(ctx context.Context, problems []dataset.Problem, rollouts []rollout.Rollout) ([]reward.Result, error) {
	results := make([]reward.Result, len(rollouts))
	waiting := map[program][]int{}
	var programs []program
	for i, r := range rollouts {
		if r.Problem < 0 || r.Problem >= len(problems) {
			return nil, fmt.Errorf("rollout %d is of problem %d, which is not in a dataset of %d", i, r.Problem, len(problems))
		}
		// A response that its budget cut is incorrect whatever it says: it did not come to its end.
		if r.Truncated() {
			results[i] = reward.Result{Verdict: reward.Incorrect, Reason: "cut by the response budget"}
			continue
		}
		response := j.tok.Decode(r.Response[:len(r.Response)-1]) // without the end-of-sequence token
		if !recipe.RunsPrograms(j.domain) {
			results[i] = j.answer(response, problems[r.Problem].Answer)
			liveness.Done(ctx)
			continue
		}
		source, ok := code.Extract(response)
		if !ok {
			results[i] = reward.Result{Verdict: reward.Incorrect, Reason: "no program after </think>"}
			continue
		}
		p := program{r.Problem, source}
		if waiting[p] == nil {
			programs = append(programs, p)
		}
		waiting[p] = append(waiting[p], i)
	}
	verdicts, err := j.run(ctx, problems, programs)
	if err != nil {
		return nil, err
	}
	for k, p := range programs {
		for _, i := range waiting[p] {
			results[i] = verdicts[k]
		}
	}
	return results, ctx.Err()
}

// answer grades a response to a math problem.
func (j judge) answer(response, gold string) reward.Result {
	if j.lenient {
		return math.GradeLenient(response, gold)
	}
	return math.Grade(response, gold)
}

// version names the rules that verdicts are given by.
func (j judge) version() string {
	switch {
	case recipe.RunsPrograms(j.domain):
		return j.sandbox.Version()
	case j.lenient:
		return math.Version + " " + recipe.AnswersLenient
	default:
		return math.Version
	}
}

// longestGrade is how long one program may take: its limits, on a CPU that it
// shares with another one.
func longestGrade() time.Duration {
	limits := sandbox.Default()
	return time.Duration(2 * (limits.TotalCPUSeconds + limits.WallSeconds) * float64(time.Second))
}

// run judges distinct programs side by side.
func (j judge) run(ctx context.Context, problems []dataset.Problem, programs []program) ([]reward.Result, error) {
	verdicts := make([]reward.Result, len(programs))
	defer liveness.Expect(ctx, longestGrade())()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0)) // starting a cell is mostly waiting
	for k, p := range programs {
		group.Go(func() error {
			tests, err := testsOf(problems[p.problem])
			if err != nil {
				return err
			}
			result, err := j.sandbox.Grade(ctx, p.source, tests, sandbox.Default())
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				result = reward.Result{Verdict: reward.Ungradable, Extracted: p.source, Reason: err.Error()}
			}
			verdicts[k] = result
			liveness.Done(ctx)
			return nil
		})
	}
	return verdicts, group.Wait()
}

// canary is a program that is right, with its tests.
const canary = "def f(x):return 2*x+3"

var canaryTests = code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: json.RawMessage("[4]"), Expect: json.RawMessage("11")}}}

// alive tells a program that cannot be judged from a judge that is broken: then
// nothing is counted and the work waits, since another attempt would say no more
// about the responses.
func (j judge) alive(ctx context.Context) error {
	if !recipe.RunsPrograms(j.domain) { // nothing runs that could be broken
		return nil
	}
	result, err := j.sandbox.Grade(ctx, canary, canaryTests, sandbox.Default())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil && result.Verdict == reward.Correct:
		return nil
	case err == nil:
		err = fmt.Errorf("a right program is %s: %s", result.Verdict, result.Reason)
	}
	return temporal.NewApplicationErrorWithOptions(
		fmt.Sprintf("the judge is broken, and verdicts wait for it (`bin/starter doctor` on the grader's machine says more): %v", err),
		BrokenJudgeType, temporal.ApplicationErrorOptions{Cause: err})
}

// testsOf reads a problem's tests.
func testsOf(p dataset.Problem) (code.Tests, error) {
	var tests code.Tests
	if err := jsonkind.DecodeKnown(p.Tests, &tests); err != nil {
		return tests, fmt.Errorf("problem %s: %w", p.ID, jsonkind.In("tests", err))
	}
	if err := tests.Validate(); err != nil {
		return tests, fmt.Errorf("tests of problem %s: %w", p.ID, err)
	}
	return tests, nil
}
