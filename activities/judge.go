package activities

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

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
	tok    tokenizer.Tokenizer
}

// part is what is judged of a response, with its problem: the responses of a group often have the same.
type part struct {
	problem int
	text    string
}

// grade returns one result per rollout, in order. The error is ctx's, or a
// problem that cannot be graded whatever the response.
func (j judge) grade(ctx context.Context, problems []dataset.Problem, rollouts []rollout.Rollout) ([]reward.Result, error) {
	if err := j.check(problems, rollouts); err != nil {
		return nil, err
	}
	results := make([]reward.Result, len(rollouts))
	waiting := map[part][]int{}
	var parts []part
	for i, r := range rollouts {
		text, none := j.partOf(problems[r.Problem], r)
		if none != "" {
			results[i] = reward.Result{Verdict: reward.Incorrect, Reason: none}.Scored()
			continue
		}
		p := part{r.Problem, text}
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

// check refuses rollouts of problems that are not there, or that no response can be judged by.
func (j judge) check(problems []dataset.Problem, rollouts []rollout.Rollout) error {
	checked := map[int]bool{}
	for i, r := range rollouts {
		if r.Problem < 0 || r.Problem >= len(problems) {
			return fmt.Errorf("rollout %d is of problem %d, which is not in a dataset of %d", i, r.Problem, len(problems))
		}
		if checked[r.Problem] {
			continue
		}
		checked[r.Problem] = true
		if err := j.domain.Check(problems[r.Problem]); err != nil {
			return fmt.Errorf("problem %s: %w", problems[r.Problem].ID, err)
		}
	}
	return nil
}

// partOf is what is judged of a rollout, or why there is nothing to judge.
func (j judge) partOf(p dataset.Problem, r rollout.Rollout) (text, none string) {
	// A response that its budget cut is incorrect whatever it says: it did not come to its end.
	if r.Truncated() {
		return "", "cut by the response budget"
	}
	return j.domain.Part(j.means, p, textOf(j.tok, r))
}

// judge judges distinct parts side by side.
func (j judge) judge(ctx context.Context, problems []dataset.Problem, parts []part) ([]reward.Result, error) {
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
func (j judge) longest(problems []dataset.Problem, parts []part) (longest time.Duration) {
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
