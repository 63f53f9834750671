package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/recipe"
	"temper/model/reward/external"
)

const (
	// takeUpTime is how long a call waits for a worker of the user's before the run says that it does.
	takeUpTime = time.Minute
	// maxAnswers bounds the answers to one shard, in bytes: they stand in the workflow's history.
	maxAnswers = 1 << 20
	// maxAgain is the longest pause before a shard is judged again.
	maxAgain = time.Minute
)

// askReward has one shard judged by the user's activity: our activities make its calls and
// record its answers, the workflow passes them on.
func (w rolloutWork) askReward(ctx workflow.Context, in activities.ScoreRolloutsInput, summary string) (activities.VerdictSummary, error) {
	for attempt := 1; ; attempt++ {
		var asked activities.VerdictCalls
		err := workflow.ExecuteActivity(onControl(ctx, summary+", request"), acts.RequestVerdicts, in).Get(ctx, &asked)
		if err != nil {
			return activities.VerdictSummary{}, err
		}
		if asked.Recorded != nil {
			noted(ctx, asked.Recorded)
			return *asked.Recorded, nil
		}
		answers, err := w.callReward(ctx, asked.Calls, summary)
		if err != nil {
			return activities.VerdictSummary{}, err
		}
		got, err := get[activities.RecordedVerdicts](ctx, workflow.ExecuteActivity(onControl(ctx, summary+", record"), acts.RecordVerdicts, activities.RecordVerdictsInput{
			Shard: in, Answers: answers, Attempt: attempt,
		}))
		if err != nil {
			return activities.VerdictSummary{}, err
		}
		if got.Again == "" {
			if attempt > 1 {
				w.waiting(ctx, "")
			}
			return got.VerdictSummary, nil
		}
		w.waiting(ctx, fmt.Sprintf("%s: %s", w.Reward, got.Again))
		if err := workflow.Sleep(ctx, min(maxAgain, time.Duration(attempt)*5*time.Second)); err != nil {
			return activities.VerdictSummary{}, err
		}
	}
}

// callReward makes all calls of a shard side by side. The answers are left as they came: what
// is no JSON is a mistake of the user's, and is told as one where they are recorded.
func (w rolloutWork) callReward(ctx workflow.Context, calls []external.Call, summary string) ([]string, error) {
	answers, errs := make([]string, len(calls)), make([]error, len(calls))
	group := workflow.NewWaitGroup(ctx)
	for i, call := range calls {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			answers[i], errs[i] = w.callOnce(ctx, call, summary, takeUpTime)
			if !isUntaken(errs[i]) {
				return
			}
			w.waiting(ctx, fmt.Sprintf("nobody takes up activity %s on task queue %s: the run waits for your worker there", w.Reward.Activity, w.Reward.TaskQueue))
			answers[i], errs[i] = w.callOnce(ctx, call, summary, 0)
			w.waiting(ctx, "")
		})
	}
	group.Wait(ctx)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	size := 0
	for _, answer := range answers {
		size += len(answer)
	}
	if size > maxAnswers {
		return nil, temporal.NewNonRetryableApplicationError(fmt.Sprintf("the answers of %s to one shard have %d bytes; valid: at most %d: give shorter reasons, or more shards",
			w.Reward, size, maxAnswers), activities.UserErrorType, nil)
	}
	return answers, nil
}

// callOnce makes one call, which a worker has to take up within a time; 0 is any time.
func (w rolloutWork) callOnce(ctx workflow.Context, call external.Call, summary string, takeUp time.Duration) (string, error) {
	var answer converter.RawValue
	err := workflow.ExecuteActivity(onReward(ctx, *w.Reward, takeUp, summary), w.Reward.Activity, call).Get(ctx, &answer)
	if err != nil {
		return "", fmt.Errorf("%s: %w", w.Reward, err)
	}
	return string(answer.Payload().GetData()), nil
}

// isUntaken reports whether no worker took an activity up in time.
func isUntaken(err error) bool {
	var timeout *temporal.TimeoutError
	return errors.As(err, &timeout) && timeout.TimeoutType() == enums.TIMEOUT_TYPE_SCHEDULE_TO_START
}

// rewardHeartbeatTimeout is a minute: nothing else finds that a worker of the user's is gone.
const rewardHeartbeatTimeout = time.Minute

// onReward is for the user's activity, on its own task queue.
func onReward(ctx workflow.Context, r recipe.Reward, takeUp time.Duration, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              r.TaskQueue,
		ScheduleToStartTimeout: takeUp,
		StartToCloseTimeout:    time.Duration(r.TimeoutSeconds) * time.Second,
		HeartbeatTimeout:       rewardHeartbeatTimeout,
		RetryPolicy:            retry,
		Summary:                summary,
	})
}
