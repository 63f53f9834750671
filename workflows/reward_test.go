package workflows

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/external"
)

// userReward is an activity of the user's in a test: it answers, and notes what it was asked.
type userReward struct {
	mu    sync.Mutex
	calls []external.Call
	// answer makes the nth answer, from 1; nil gives every response its length as its score.
	answer func(nth int, call external.Call, right external.Answer) (converter.RawValue, error)
}

func (u *userReward) judge(_ context.Context, call external.Call) (converter.RawValue, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls = append(u.calls, call)
	var r external.Request
	if call.Request != nil {
		if err := json.Unmarshal(call.Request, &r); err != nil {
			return converter.RawValue{}, err
		}
	}
	right := external.Answer{Version: call.Version}
	for _, one := range r.Rollouts {
		score := float64(len(one.Response))
		v := external.Verdict{Rollout: &one.Rollout, Verdict: reward.Incorrect, Score: &score, Reason: r.Problems[one.Problem].ID}
		if !one.Truncated {
			v.Verdict = reward.Correct
		}
		right.Verdicts = append(right.Verdicts, v)
	}
	if u.answer != nil {
		return u.answer(len(u.calls), call, right)
	}
	return raw(right), nil
}

// raw is a value as a payload.
func raw(value any) converter.RawValue {
	text, isText := value.(string)
	data := []byte(text)
	if !isText {
		data, _ = json.Marshal(value)
	}
	return converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data})
}

// rewarded is the smoke recipe with a stage and a benchmark that the user's activity judges.
func rewarded(t *testing.T) recipe.Recipe {
	t.Helper()
	r := smoke(t)
	for _, set := range []string{
		"stages.math.domain=activity", "stages.math.reward={task_queue: mine, activity: judge, version: v7, timeout_seconds: 60}",
		"stages.math.steps=2",
	} {
		if err := recipe.Set(&r, set); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	return r
}

// rewardPlace is a place with the user's activity.
func rewardPlace(t *testing.T, u *userReward) *place {
	t.Helper()
	p := newPlace(t, nil)
	p.env.RegisterActivityWithOptions(u.judge, activity.RegisterOptions{Name: "judge"})
	return p
}

// verdictsOf are the manifests of a stage's verdicts, with their records.
func verdictsOf(t *testing.T, p *place, run artifact.RunID, stage string) (manifests []artifact.Manifest, all []reward.Record) {
	t.Helper()
	keys, err := p.store.List(t.Context(), run.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		m, err := records.Read(t.Context(), p.store, key)
		if err != nil || m.Kind != artifact.KindVerdicts || m.Stage != stage {
			continue
		}
		data, err := p.store.Get(t.Context(), m.Outputs["verdicts"])
		if err != nil {
			t.Fatal(err)
		}
		part, err := reward.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		manifests, all = append(manifests, m), append(all, part...)
	}
	return manifests, all
}

// TestRewardOfTheUser: a stage is judged by the user's activity, on its queue, and what it says is recorded.
func TestRewardOfTheUser(t *testing.T) {
	u := &userReward{}
	p := rewardPlace(t, u)
	var options workflow.ActivityOptions
	p.options = func(name string, o workflow.ActivityOptions) {
		if name == "judge" {
			options = o
		}
	}
	got := p.mustRun(rewarded(t))
	if options.TaskQueue != "mine" || options.StartToCloseTimeout.Seconds() != 60 || options.HeartbeatTimeout == 0 {
		t.Errorf("the activity is begun with %+v", options)
	}
	manifests, all := verdictsOf(t, p, got.Run, "math")
	if len(manifests) == 0 || len(manifests) != len(u.calls) {
		t.Fatalf("%d manifests of %d calls", len(manifests), len(u.calls))
	}
	for _, m := range manifests {
		if m.Grader != "activity judge on task queue mine, version v7" || !m.Unrepeatable {
			t.Errorf("manifest %+v", m)
		}
	}
	scores := map[float64]bool{}
	for _, r := range all {
		scores[r.Score] = true
		if r.Reason != r.ID {
			t.Errorf("the verdict %+v is on the problem %s", r, r.Reason)
		}
	}
	if len(scores) < 2 {
		t.Errorf("the scores are %v", scores)
	}
	for _, c := range u.calls {
		if c.Schema != external.Schema || c.Run != testRunName || c.Stage != "math" || c.Version != "v7" || c.NumRollouts == 0 || !c.Stored.IsZero() {
			t.Errorf("call %+v", c)
		}
	}
	if p.completed["ScoreRollouts"] == 0 || p.completed["RecordVerdicts"] != len(u.calls) { // benchmarks are graded as ever
		t.Errorf("work %v", p.completed)
	}
}

// TestRewardSaysItIsDeterministic: then its verdicts can be computed again.
func TestRewardSaysItIsDeterministic(t *testing.T) {
	r := rewarded(t)
	r.Stages[2].RL.Reward.Deterministic = true
	p := rewardPlace(t, &userReward{})
	manifests, _ := verdictsOf(t, p, p.mustRun(r).Run, "math")
	for _, m := range manifests {
		if m.Unrepeatable {
			t.Errorf("manifest %+v", m)
		}
	}
}

// TestWrongAnswers fail the run with a line that says what is wrong.
func TestWrongAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		spoil   func(*external.Answer) any
		message string
	}{
		"count":   {func(a *external.Answer) any { a.Verdicts = a.Verdicts[1:]; return a }, "verdicts; valid: 8, one per rollout of the request"},
		"order":   {func(a *external.Answer) any { a.Verdicts[0].Rollout = a.Verdicts[1].Rollout; return a }, "verdicts[0].rollout is 1; valid: 0, in the order of the request"},
		"version": {func(a *external.Answer) any { a.Version = "v6"; return a }, `version is "v6"; valid: "v7", which the recipe has`},
		"word":    {func(a *external.Answer) any { a.Verdicts[0].Verdict = "yes"; return a }, `verdicts[0].verdict is "yes"; valid: "correct", "incorrect", "ungradable"`},
		"NaN": {func(*external.Answer) any {
			return `{"version": "v7", "verdicts": [{"rollout": 0, "verdict": "correct", "score": NaN}]}`
		}, "it is not JSON: byte "},
		"nothing": {func(*external.Answer) any { return "" }, "it is empty; valid: an object with version and verdicts"},
		"reason":  {func(a *external.Answer) any { a.Verdicts[0].Reason = strings.Repeat("because ", 1<<17); return a }, "to one shard have"},
		"no JSON": {func(*external.Answer) any { return "fine" }, "it is not JSON: byte "},
	} {
		t.Run(name, func(t *testing.T) {
			p := rewardPlace(t, &userReward{answer: func(_ int, _ external.Call, right external.Answer) (converter.RawValue, error) {
				return raw(test.spoil(&right)), nil
			}})
			_, err := p.run(rewarded(t))
			cause := causeOf(t, err)
			who := "the answer of activity judge on task queue mine, version v7 to verdicts of math step 1 shard "
			if name == "reason" {
				who = "the answers of activity judge on task queue mine, version v7 to one shard have "
			}
			if cause.Type() != activities.UserErrorType || !strings.HasPrefix(cause.Message(), who) || !strings.Contains(cause.Message(), test.message) || strings.Contains(cause.Message(), "\n") {
				t.Errorf("%s: %s", cause.Type(), cause.Message())
			}
		})
	}
}

// TestAbsentWorker: the run waits for the user's worker, says so, and goes on when it is there.
func TestAbsentWorker(t *testing.T) {
	u := &userReward{}
	p := newPlace(t, nil)
	var said string
	judge := func(ctx context.Context, call external.Call) (converter.RawValue, error) {
		u.mu.Lock()
		nth := len(u.calls) + 1
		u.mu.Unlock()
		if nth == 1 && said == "" {
			said = "-"
			return converter.RawValue{}, temporal.NewTimeoutError(enums.TIMEOUT_TYPE_SCHEDULE_TO_START, nil)
		}
		return u.judge(ctx, call)
	}
	p.env.RegisterActivityWithOptions(judge, activity.RegisterOptions{Name: "judge"})
	p.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name != "judge" {
			return
		}
		for _, stage := range p.progress().Stages {
			if strings.Contains(stage.Activity, "nobody") {
				said = stage.Activity
			}
		}
	})
	if got := p.mustRun(rewarded(t)); got.State != StateCompleted {
		t.Errorf("the run is %s", got.State)
	}
	if want := "nobody takes up activity judge on task queue mine: the run waits for your worker there"; said != want {
		t.Errorf("the run said %q, want %q", said, want)
	}
	for _, stage := range p.progress().Stages {
		if strings.Contains(stage.Activity, "nobody") {
			t.Errorf("it says it still: %q", stage.Activity)
		}
	}
}

// TestUngradableAnswers are asked for again; what stays ungradable is counted, unless nothing can be judged.
func TestUngradableAnswers(t *testing.T) {
	p := rewardPlace(t, &userReward{answer: func(nth int, call external.Call, right external.Answer) (converter.RawValue, error) {
		for i := range right.Verdicts {
			if call.Shard == 0 && (nth < 20 || i == 0) { // all of them first, then one
				right.Verdicts[i] = external.Verdict{Rollout: right.Verdicts[i].Rollout, Verdict: reward.Ungradable, Reason: "away"}
			}
		}
		return raw(right), nil
	}})
	r := rewarded(t)
	r.Stages[2].RL.Shards, r.Stages[2].RL.Steps = 2, 1
	got := p.mustRun(r)
	manifests, all := verdictsOf(t, p, got.Run, "math")
	n := 0
	for _, one := range all {
		if one.Verdict == reward.Ungradable {
			n++
		}
	}
	if len(manifests) != 2 || n != 1 {
		t.Errorf("%d of %d are ungradable, in %d shards", n, len(all), len(manifests))
	}
}
