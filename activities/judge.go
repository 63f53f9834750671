package activities

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"temper/activities/liveness"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// judge grades the responses of one shard.
type judge struct {
	domain domain.Domain
	means  domain.Means
}

// response is a response to a problem, which is an index in its dataset.
type response struct {
	problem int
	text    string
	// cut responses did not come to their end.
	cut bool
	// bare is what is judged by itself: nothing has to be found in it.
	bare bool
}

// saidIn are rollouts as text.
func saidIn(tok tokenizer.Tokenizer, rollouts []rollout.Rollout) []response {
	responses := make([]response, len(rollouts))
	for i, r := range rollouts {
		responses[i] = response{problem: r.Problem, text: textOf(tok, r), cut: r.Truncated()}
	}
	return responses
}

// part is what is judged of a response, with its problem: the responses of a group often have the same.
type part struct {
	problem int
	text    string
}

// settled grades responses. Where some are ungradable, it is an error in the first attempts, and
// in all of them if the judge is broken.
func (j judge) settled(ctx context.Context, problems map[int]dataset.Problem, responses []response) ([]reward.Result, error) {
	results, err := j.grade(ctx, problems, responses)
	if err != nil {
		return nil, err
	}
	if n, why := ungradable(results); n > 0 {
		if err := j.alive(ctx); err != nil {
			return nil, err
		}
		if activity.GetInfo(ctx).Attempt < gradingAttempts {
			return nil, temporal.NewApplicationError(why, UngradableType)
		}
	}
	return results, nil
}

// grade returns one result per response, in order. The error is ctx's, or a
// problem that cannot be graded whatever the response.
func (j judge) grade(ctx context.Context, problems map[int]dataset.Problem, responses []response) ([]reward.Result, error) {
	if err := j.check(problems, responses); err != nil {
		return nil, err
	}
	results := make([]reward.Result, len(responses))
	waiting := map[part][]int{}
	var parts []part
	for i, r := range responses {
		text, none := j.partOf(problems[r.problem], r)
		if none != "" {
			results[i] = reward.Result{Verdict: reward.Incorrect, Reason: none}.Scored()
			continue
		}
		p := part{r.problem, text}
		if waiting[p] == nil {
			parts = append(parts, p)
		}
		waiting[p] = append(waiting[p], i)
	}
	verdicts, err := j.judge(ctx, problems, parts)
	if err != nil {
		return nil, err
	}
	for k, p := range parts {
		for _, i := range waiting[p] {
			results[i] = verdicts[k]
		}
	}
	return results, ctx.Err()
}

// check refuses responses to problems that no response can be judged by.
func (j judge) check(problems map[int]dataset.Problem, responses []response) error {
	checked := map[int]bool{}
	for _, r := range responses {
		if checked[r.problem] {
			continue
		}
		checked[r.problem] = true
		if err := j.domain.Check(problems[r.problem]); err != nil {
			return fmt.Errorf("problem %s: %w", problems[r.problem].ID, err)
		}
	}
	return nil
}

// partOf is what is judged of a response, or why there is nothing to judge.
func (j judge) partOf(p dataset.Problem, r response) (text, none string) {
	// A response that its budget cut is incorrect whatever it says: it did not come to its end.
	if r.cut && j.means.Grading != recipe.GradingToolkit {
		return "", "cut by the response budget"
	}
	if r.bare {
		return r.text, ""
	}
	return j.domain.Part(j.means, p, r.text)
}

// judge judges distinct parts side by side.
func (j judge) judge(ctx context.Context, problems map[int]dataset.Problem, parts []part) ([]reward.Result, error) {
	verdicts := make([]reward.Result, len(parts))
	defer liveness.Expect(ctx, j.longest(problems, parts))()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0)) // starting a program is mostly waiting
	for k, p := range parts {
		group.Go(func() error {
			result, err := j.domain.Judge(ctx, j.means, problems[p.problem], p.text)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				result = reward.Result{Verdict: reward.Ungradable, Extracted: p.text, Reason: err.Error()}
			}
			verdicts[k] = result
			liveness.Done(ctx)
			return nil
		})
	}
	return verdicts, group.Wait()
}

// pinned refuses work that the recipe wants a grader of another version for, by words that
// this one's version lacks. Temporal gives it to another worker, or to this one when it has
// been replaced.
func (j judge) pinned(grader string) error {
	if j.domain.Name != recipe.DomainCode {
		return nil
	}
	version := j.domain.Version(j.means)
	for _, word := range strings.Fields(grader) {
		if !slices.Contains(strings.Fields(version), word) {
			return temporal.NewApplicationError(fmt.Sprintf(
				"the verdicts wait for a grader of version %q (programs.grader of the recipe); this one is %q", grader, version), OtherGraderType)
		}
	}
	return nil
}

// longest is how long one of the verdicts may take.
func (j judge) longest(problems map[int]dataset.Problem, parts []part) (longest time.Duration) {
	seen := map[int]bool{}
	for _, p := range parts {
		if !seen[p.problem] {
			longest = max(longest, j.domain.Longest(j.means, problems[p.problem]))
		}
		seen[p.problem] = true
	}
	return longest
}

// alive tells a response that cannot be judged from a judge that is broken: then
// nothing is counted and the work waits, since another attempt would say no more
// about the responses.
func (j judge) alive(ctx context.Context) error {
	err := j.domain.Alive(ctx, j.means)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		return nil
	}
	return temporal.NewApplicationErrorWithOptions(
		fmt.Sprintf("the judge is broken, and verdicts wait for it (`bin/starter doctor` on the grader's machine says more): %v", err),
		BrokenJudgeType, temporal.ApplicationErrorOptions{Cause: err})
}
