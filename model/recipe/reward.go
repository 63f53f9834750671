package recipe

import (
	"fmt"
	"slices"
	"strings"
)

// Reward is an activity of the user's, in any language, that judges the responses of the
// domain "activity". temper calls it on its own task queue; what it gets and what it has to
// answer is written in package reward/domain, and deploy/examples/reward-python is one.
type Reward struct {
	// TaskQueue is where the user's worker polls.
	TaskQueue string `json:"task_queue"`
	// Activity is the name that the worker has registered it by.
	Activity string `json:"activity"`
	// Version names the rules that verdicts are given by. Every answer has to name the same.
	Version string `json:"version"`
	// Deterministic says that the same responses get the same verdicts again; otherwise
	// what is recorded is marked as something that cannot be computed again.
	Deterministic bool `json:"deterministic,omitempty"`
	// TimeoutSeconds is how long one call may take, of a shard's responses or a part of them.
	TimeoutSeconds int `json:"timeout_seconds"`
}

// String names everything that the reward's verdicts depend on.
func (r Reward) String() string {
	return fmt.Sprintf("activity %s on task queue %s, version %s", r.Activity, r.TaskQueue, r.Version)
}

// ownQueues are temper's task queues: a worker of the user's would take temper's work from them.
var ownQueues = []string{"temper", "temper-gpu", "temper-grader"}

// maxTimeout is a week, in seconds.
const maxTimeout = 7 * 24 * 3600

func (v *validator) reward(at string, domain Domain, r *Reward) {
	if domain != DomainActivity {
		v.check(at+"reward", r == nil, "is given, but the domain is %q; valid: absent, or domain: %s", domain, DomainActivity)
		return
	}
	if r == nil {
		v.fault(at+"reward", "is missing, which domain %s needs; valid: {task_queue: QUEUE, activity: NAME, version: TEXT, timeout_seconds: NUMBER}", DomainActivity)
		return
	}
	v.check(at+"reward.task_queue", strings.TrimSpace(r.TaskQueue) != "" && !slices.Contains(ownQueues, r.TaskQueue),
		"is %q; valid: the task queue of your own worker, none of %s", r.TaskQueue, strings.Join(ownQueues, ", "))
	v.check(at+"reward.activity", strings.TrimSpace(r.Activity) != "", "is empty; valid: the name that your worker has registered the activity by")
	v.check(at+"reward.version", strings.TrimSpace(r.Version) != "", "is empty; valid: a text that changes when a verdict may change, such as \"1\"")
	v.check(at+"reward.timeout_seconds", r.TimeoutSeconds >= 1 && r.TimeoutSeconds <= maxTimeout, "is %d; valid: 1 to %d", r.TimeoutSeconds, maxTimeout)
}
