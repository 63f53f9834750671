package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/math"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// said is a response as the test writes it; cut ones lack their end.
type said struct {
	problem int
	text    string
	cut     bool
}

// scoreInput stores problems and responses.
func (p *place) scoreInput(domain recipe.Domain, problems []dataset.Problem, responses ...said) activities.ScoreRolloutsInput {
	p.t.Helper()
	tok, err := tokenizer.New("synthetic")
	if err != nil {
		p.t.Fatal(err)
	}
	var rollouts []rollout.Rollout
	for i, s := range responses {
		text, finish := s.text+tokenizer.EOSToken, rollout.FinishStop
		if s.cut {
			text, finish = s.text, rollout.FinishLength
		}
		ids, err := tok.Encode(text)
		if err != nil {
			p.t.Fatal(err)
		}
		rollouts = append(rollouts, rollout.Rollout{Problem: s.problem, Sample: i, Prompt: []int32{2}, Response: ids, LogProbs: make([]float32, len(ids)), Finish: finish})
	}
	return activities.ScoreRolloutsInput{
		Run: testRun, Stage: string(domain), Domain: domain, Vocabulary: p.vocabulary("synthetic"),
		Dataset: p.problems(problems...), Rollouts: p.put(rollout.Encode(rollouts)),
	}
}

var (
	mathProblem = dataset.Problem{ID: "m", Question: "q", Domain: recipe.DomainMath, Prompt: "<user>9a-2?<asst><think>", Answer: "7"}
	codeProblem = dataset.Problem{ID: "c", Question: "q", Domain: recipe.DomainCode, Prompt: "<user>f(2)=7,f(3)=9<asst><think>",
		Tests: []byte(`{"type":"function","name":"f","cases":[{"args":[0],"expect":3},{"args":[5],"expect":13}]}`)}
)

// verdicts reads a stored shard of verdicts.
func (p *place) verdicts(s activities.VerdictSummary) []reward.Record {
	p.t.Helper()
	results, err := reward.Decode(p.get(s.Verdicts))
	if err != nil {
		p.t.Fatal(err)
	}
	return results
}

func (p *place) checkVerdicts(s activities.VerdictSummary, want ...reward.Verdict) {
	p.t.Helper()
	counts := map[reward.Verdict]int{}
	for i, r := range p.verdicts(s) {
		counts[r.Verdict]++
		if i >= len(want) || r.Verdict != want[i] {
			p.t.Errorf("verdict %d is %+v", i, r)
		}
	}
	if s.Correct != counts[reward.Correct] || s.Incorrect != counts[reward.Incorrect] || s.Ungradable != counts[reward.Ungradable] {
		p.t.Errorf("summary %+v, counts %v", s, counts)
	}
}

// checkGrader: the lineage of verdicts says by which rules they were given.
func (p *place) checkGrader(want string) {
	p.t.Helper()
	for key, m := range p.manifests(testRun) {
		if m.Grader != want {
			p.t.Errorf("%s: graded by %q, want %q", key, m.Grader, want)
		}
	}
}

func TestScoreMath(t *testing.T) {
	p := newPlace(t, nil)
	in := p.scoreInput("math", []dataset.Problem{mathProblem},
		said{0, `soa9-2=7</think>\boxed{7}`, false},
		said{0, `</think>\boxed{8}`, false},
		said{0, `\boxed{7}`, false},        // never stops thinking
		said{0, `</think>\boxed{7}`, true}, // right, but cut
		said{0, ``, false},                 // says nothing
	)
	got := must(p, p.acts.ScoreRollouts, in)
	p.checkVerdicts(got, reward.Correct, reward.Incorrect, reward.Incorrect, reward.Incorrect, reward.Incorrect)
	if p.sandbox.Calls(learnertest.OpGrade) != 0 {
		t.Error("math went into the sandbox")
	}
	for i, r := range p.verdicts(got) {
		want := reward.Record{Schema: reward.Schema, Rollout: i, ID: "m", Sample: i, Result: r.Result}
		if r.Result = r.Scored(); r != want {
			t.Errorf("record %d is %+v, want %+v", i, r, want)
		}
	}
	for _, m := range p.manifests(testRun) {
		if m.Metrics[artifact.MetricScore] != 0.2 {
			t.Errorf("the mean score is %g, want 0.2", m.Metrics[artifact.MetricScore])
		}
	}
	p.checkGrader(math.Version)
}

// TestScoreLenient: evaluation of a policy that does not box, said in the lineage.
func TestScoreLenient(t *testing.T) {
	p := newPlace(t, nil)
	in := p.scoreInput("math", []dataset.Problem{mathProblem},
		said{0, `so9-2=7`, false},
		said{0, `7so</think>\boxed{8}`, false},
		said{0, `so9-2=7`, true}, // cut
	)
	in.Grading = recipe.GradingLenient
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Correct, reward.Incorrect, reward.Incorrect)
	p.checkGrader(math.Version + " lenient")
}

// TestScoreToolkit: as the papers' figures are made, with responses that are cut.
func TestScoreToolkit(t *testing.T) {
	p := newPlace(t, nil)
	in := p.scoreInput("math", []dataset.Problem{mathProblem}, said{0, `so\boxed{7}so`, true}, said{0, `</think>7`, false})
	in.Grading = recipe.GradingToolkit
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Correct, reward.Incorrect)
	p.checkGrader(math.Version + " acereason-toolkit")
}

func TestScoreCode(t *testing.T) {
	p := newPlace(t, nil)
	in := p.scoreInput("code", []dataset.Problem{codeProblem},
		said{0, `</think>def f(x):return 2*x+3`, false},
		said{0, `</think>def f(x):return 2*x+4`, false},
		said{0, `so</think>def f(x):return 2*x+3`, false}, // the first one's program again
		said{0, `</think>def f(x):return 2*x+3`, true},
		said{0, `soso`, false},
	)
	got := must(p, p.acts.ScoreRollouts, in)
	p.checkVerdicts(got, reward.Correct, reward.Incorrect, reward.Correct, reward.Incorrect, reward.Incorrect)
	if n := p.sandbox.Calls(learnertest.OpGrade); n != 2 {
		t.Errorf("%d programs were run, want 2 distinct ones", n)
	}
	p.checkGrader(p.sandbox.Version())
	if r := p.verdicts(got)[1]; r.Extracted != "def f(x):return 2*x+4" || r.Reason == "" {
		t.Errorf("result is %+v", r)
	}
}

// TestSameProgramOfTwoProblems is run for each: their tests differ.
func TestSameProgramOfTwoProblems(t *testing.T) {
	p := newPlace(t, nil)
	other := codeProblem
	other.ID, other.Tests = "d", []byte(`{"type":"function","name":"f","cases":[{"args":[0],"expect":4}]}`)
	in := p.scoreInput("code", []dataset.Problem{codeProblem, other},
		said{0, `</think>def f(x):return 2*x+3`, false}, said{1, `</think>def f(x):return 2*x+3`, false})
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Correct, reward.Incorrect)
}

func TestScoreRolloutsRefuses(t *testing.T) {
	p := newPlace(t, nil)
	noTests := codeProblem
	noTests.Tests = []byte(`{"type":"function"}`)
	for _, test := range []struct {
		name    string
		in      activities.ScoreRolloutsInput
		message string
	}{
		{"tests", p.scoreInput("code", []dataset.Problem{noTests}, said{0, `</think>def f(x):return 2*x+3`, false}), "problem c: tests: "},
		{"problem", p.scoreInput("math", []dataset.Problem{mathProblem}, said{1, `</think>`, false}), "problem 1 is not in a dataset of 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := do(p, p.acts.ScoreRollouts, test.in)
			if app := checkFailure(t, err, activities.UnexpectedType, true); !strings.Contains(app.Message(), test.message) {
				t.Errorf("message is %q", app.Message())
			}
		})
	}
}

// oddProblem is one whose programs the test sandbox cannot judge, while it judges others.
func oddProblem() dataset.Problem {
	odd := codeProblem
	odd.Tests = []byte(`{"type":"function","name":"f","cases":[{"args":[0,1],"expect":3}]}`)
	return odd
}

// TestUngradableProgram: what cannot be judged is tried again, then counted; it is never a verdict on the response.
func TestUngradableProgram(t *testing.T) {
	p := newPlace(t, nil)
	in := p.scoreInput("code", []dataset.Problem{oddProblem()}, said{0, `</think>def f(x):return 2*x+3`, false}, said{0, `so`, false})
	for p.attempt = 1; p.attempt < activities.GradingAttempts; p.attempt++ {
		_, err := do(p, p.acts.ScoreRollouts, in)
		app := checkFailure(t, err, activities.UngradableType, true)
		if app.Message() != "1 of 2 responses are ungradable: arguments [0,1] are not one number" {
			t.Errorf("message is %q", app.Message())
		}
		if len(p.manifests(testRun)) != 0 {
			t.Fatal("an ungraded shard has a manifest")
		}
	}
	got := must(p, p.acts.ScoreRollouts, in)
	p.checkVerdicts(got, reward.Ungradable, reward.Incorrect)
	for _, m := range p.manifests(testRun) {
		if score, graded := m.Metrics[artifact.MetricScore]; !graded || score != 0 || m.Metrics[artifact.MetricUngradable] != 1 {
			t.Errorf("the figures of what was graded are %v", m.Metrics)
		}
	}
}

// TestBrokenJudgeWaits: as long as the sandbox judges nothing, nothing is counted, and the failure says what to do.
func TestBrokenJudgeWaits(t *testing.T) {
	p := newPlace(t, nil)
	repaired := false
	p.sandbox.Use(func(context.Context, learnertest.Op, int) error {
		if repaired {
			return nil
		}
		return errors.New("no namespaces")
	})
	in := p.scoreInput("code", []dataset.Problem{codeProblem}, said{0, `</think>def f(x):return 2*x+3`, false})
	for p.attempt = 1; p.attempt < 3*activities.GradingAttempts; p.attempt++ {
		_, err := do(p, p.acts.ScoreRollouts, in)
		app := checkFailure(t, err, activities.BrokenJudgeType, true)
		if !strings.Contains(app.Message(), "the judge is broken") || !strings.Contains(app.Message(), "no namespaces") {
			t.Fatalf("message is %q", app.Message())
		}
		if len(p.manifests(testRun)) != 0 {
			t.Fatal("an ungraded shard has a manifest")
		}
	}
	repaired = true
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Correct)
}

// TestOtherGrader: a grader that is not of the version that the recipe pins leaves the work
// to others, and says both versions.
func TestOtherGrader(t *testing.T) {
	p := newPlace(t, nil)
	in := p.scoreInput("code", []dataset.Problem{codeProblem}, said{0, `</think>def f(x):return 2*x+3`, false})
	in.Programs = recipe.Programs{Grader: "learnertest python/3.12.1", TimeFactor: 2}
	_, err := do(p, p.acts.ScoreRollouts, in)
	app := checkFailure(t, err, activities.OtherGraderType, true)
	for _, version := range []string{`"learnertest python/3.12.1"`, `"learnertest time=2"`} {
		if !strings.Contains(app.Message(), version) {
			t.Errorf("message is %q", app.Message())
		}
	}
	if p.sandbox.Calls(learnertest.OpGrade) != 0 || len(p.manifests(testRun)) != 0 {
		t.Error("the work was done")
	}
	in.Programs.Grader = "time=2 learnertest"
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Correct)
	p.checkGrader("learnertest time=2")
}

// TestBrokenSandboxUnderRetries runs the attempts through Temporal's own retries.
func TestBrokenSandboxUnderRetries(t *testing.T) {
	p := newPlace(t, nil)
	suite := testsuite.WorkflowTestSuite{}
	for _, test := range []struct {
		name                         string
		problem                      dataset.Problem
		broken, ungradable, attempts int
		calls                        int // a failed attempt asks the judge for a right program too
	}{
		{"broken for two attempts", codeProblem, 4, 0, 3, 5},
		{"broken for seven", codeProblem, 14, 0, 8, 15},
		{"one program", oddProblem(), 0, 1, activities.GradingAttempts, 2 * activities.GradingAttempts},
	} {
		p.sandbox = learnertest.NewSandbox()
		p.sandbox.Use(func(_ context.Context, _ learnertest.Op, nth int) error {
			if nth <= test.broken {
				return errors.New("broken pipe")
			}
			return nil
		})
		p.acts.Sandbox = p.sandbox
		in := p.scoreInput("code", []dataset.Problem{test.problem}, said{0, `</think>def f(x):return 2*x+3`, false})
		in.Step = test.calls
		env := suite.NewTestWorkflowEnvironment()
		env.RegisterActivity(p.acts)
		env.ExecuteWorkflow(func(ctx workflow.Context) (out activities.VerdictSummary, err error) {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
				StartToCloseTimeout: time.Hour, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second},
			})
			err = workflow.ExecuteActivity(ctx, p.acts.ScoreRollouts, in).Get(ctx, &out)
			return out, err
		})
		var got activities.VerdictSummary
		if err := env.GetWorkflowResult(&got); err != nil {
			t.Fatal(err)
		}
		if got.Ungradable != test.ungradable || got.Correct+got.Ungradable != 1 {
			t.Errorf("%s: %+v", test.name, got)
		}
		if n := p.sandbox.Calls(learnertest.OpGrade); n != test.calls {
			t.Errorf("%s: %d calls, want %d", test.name, n, test.calls)
		}
		for key, m := range p.manifests(testRun) {
			if m.Step == test.calls && m.Work.Attempt != test.attempts {
				t.Errorf("%s: attempt %d, want %d", key, m.Work.Attempt, test.attempts)
			}
		}
	}
}

// TestGradingIsPreempted: what was not graded because the worker stops is not ungradable.
func TestGradingIsPreempted(t *testing.T) {
	p := newPlace(t, nil)
	hook, began := learnertest.Block(learnertest.OpGrade, 1)
	p.sandbox.Use(hook)
	in := p.scoreInput("code", []dataset.Problem{codeProblem}, said{0, `</think>def f(x):return 2*x+3`, false})
	go func() { <-began; close(p.stop) }()
	p.attempt = activities.GradingAttempts
	_, err := do(p, p.acts.ScoreRollouts, in)
	checkFailure(t, err, activities.PreemptedType, true)
}

// TestAnswerInThePrompt: an answer that stands in the prompt is the policy's only when its response says it.
func TestAnswerInThePrompt(t *testing.T) {
	p := newPlace(t, nil)
	math, code := mathProblem, codeProblem
	math.Prompt = `<user>\boxed{7}?<asst></think>\boxed{7}`
	code.Prompt = "<user>f(2)=7<asst></think>def f(x):return 2*x+3"
	in := p.scoreInput("math", []dataset.Problem{math}, said{0, `so</think>9`, false}, said{0, ``, false}, said{0, `</think>\boxed{7}`, false})
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Incorrect, reward.Incorrect, reward.Correct)
	in = p.scoreInput("code", []dataset.Problem{code}, said{0, `so</think>9`, false}, said{0, ``, false})
	p.checkVerdicts(must(p, p.acts.ScoreRollouts, in), reward.Incorrect, reward.Incorrect)
}
