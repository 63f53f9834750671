package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"temper/model/artifact"
	"temper/model/collection"
	"temper/model/recipe"
	"temper/model/teacher"
	"temper/workflows"
)

func TestStageLine(t *testing.T) {
	taught := teacher.Stats{Responses: 8, Retries: 2, PromptTokens: 10, CompletionTokens: 40, Finish: map[string]int{"stop": 7, "length": 1}, Kept: 7}
	tests := []struct {
		stage workflows.StageProgress
		want  string
	}{
		{workflows.StageProgress{Name: "before", Kind: recipe.KindEvaluate, Done: true}, "before done"},
		{workflows.StageProgress{Name: "sft", Kind: recipe.KindSFT, Step: 50, Steps: 300, Loss: 0.61234, TokensPerSecond: 5231},
			"sft 50/300: loss 0.612 5.2k tok/s"},
		{workflows.StageProgress{Name: "math-short", Kind: recipe.KindRL, Steps: 30, Activity: "searching temperature"},
			"math-short 0/30: searching temperature"},
		{workflows.StageProgress{Name: "math-short", Kind: recipe.KindRL, Step: 12, Steps: 30, Activity: "policy step 13", Reward: 0.534,
			Entropy: 0.312, Temperature: 1.2, ResponseLength: 25.6, Truncation: 0.114, TokensPerSecond: 812},
			"math-short 12/30: reward 0.53 entropy 0.31 T 1.20 length 26 cut 11% 812 tok/s"},
		{workflows.StageProgress{Name: "round-1", Kind: recipe.KindCollect, Activity: "sampling 4 responses to each of 16 problems"},
			"round-1: sampling 4 responses to each of 16 problems"},
		{workflows.StageProgress{Name: "round-1", Kind: recipe.KindCollect, Done: true, Collected: collection.Stats{Responses: 64, Problems: 16, Solved: 12, Correct: 40, Kept: 31}, TokensPerSecond: 900},
			"round-1 done: kept 31 examples; 40 of 64 responses correct; 12 of 16 problems solved 900 tok/s"},
		{workflows.StageProgress{Name: "r1", Kind: recipe.KindTeach, Step: 2, Steps: 8, Activity: "4 responses", Taught: taught}, "r1 2/8: 8 responses (1 length, 7 stop), 10 prompt and 40 response tokens, 2 retries"},
		{workflows.StageProgress{Name: "r1", Kind: recipe.KindTeach, Step: 8, Steps: 8, Done: true, Taught: taught}, "r1 8/8 done: kept 7 examples of 8 responses (1 length, 7 stop), 10 prompt and 40 response tokens, 2 retries"},
		{workflows.StageProgress{Name: "code", Kind: recipe.KindRL, Step: 35, Steps: 35, Done: true, Activity: "done", Reward: 1, Entropy: 0.1, Temperature: 1.3, ResponseLength: 30},
			"code 35/35 done: reward 1.00 entropy 0.10 T 1.30 length 30"},
	}
	for _, test := range tests {
		if got := stageLine(test.stage); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

// TestLines: a line per change, not more often than every few seconds per stage, and each end once.
func TestLines(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	l := newLines(&out)
	l.now = func() time.Time { return clock }
	show := func(after time.Duration, sftStep int, sftDone bool, rlStep int) {
		clock = clock.Add(after)
		l.update(workflows.Progress{State: workflows.StateRunning, Stages: []workflows.StageProgress{
			{Name: "sft", Kind: recipe.KindSFT, Step: sftStep, Steps: 9, Loss: 1, Done: sftDone},
			{Name: "rl", Kind: recipe.KindRL, Step: rlStep, Steps: 3},
		}})
	}
	show(0, 1, false, 0)
	show(time.Second, 2, false, 0)   // too soon
	show(4*time.Second, 3, false, 0) // shown
	show(5*time.Second, 3, false, 0) // no change
	show(time.Second, 9, true, 0)    // the end always
	show(time.Second, 9, true, 1)
	show(time.Second, 9, true, 1)
	l.update(workflows.Progress{Run: artifact.RunID{Name: "x"}, State: workflows.StatePaused, Reason: "lunch"})
	l.update(workflows.Progress{Run: artifact.RunID{Name: "x"}, State: workflows.StatePaused, Reason: "lunch"})
	want := strings.Join([]string{
		"sft 1/9: loss 1.000",
		"sft 3/9: loss 1.000",
		"sft 9/9 done: loss 1.000",
		"rl 1/3: reward 0.00 entropy 0.00 T 0.00 length 0",
		"run x is paused: lunch",
	}, "\n") + "\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestBars(t *testing.T) {
	var out bytes.Buffer
	b := newBars(&out)
	p := workflows.Progress{State: workflows.StateRunning, Stages: []workflows.StageProgress{
		{Name: "sft", Kind: recipe.KindSFT, Step: 9, Steps: 9, Loss: 0.5, Done: true},
		{Name: "math-short", Kind: recipe.KindRL, Step: 1, Steps: 3, Reward: 0.25, Temperature: 1.2, Entropy: 0.3, ResponseLength: 30},
		{Name: "code", Kind: recipe.KindRL, Steps: 3},
	}}
	b.update(p)
	b.note("math after sft: 0.5")
	b.close()
	shown := out.String()
	for _, want := range []string{"sft", "9/9  [", "======] loss 0.500", "math-short", "1/3  [====", "reward 0.25 entropy 0.30 T 1.20 length 30", "0/3  [  ", "math after sft: 0.5"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
}

// recorder is a view that remembers.
type recorder struct {
	updates []workflows.Progress
	notes   []string
	closed  bool
}

func (r *recorder) update(p workflows.Progress) { r.updates = append(r.updates, p) }
func (r *recorder) note(line string)            { r.notes = append(r.notes, line) }
func (r *recorder) close()                      { r.closed = true }

func TestFollow(t *testing.T) {
	score := workflows.Score{After: "sft", Benchmark: "math", Samples: 4, Avg: 0.55, AvgSE: 0.04, Pass: 0.86, PassProblems: 9}
	f := &fakeRuns{
		descriptions: []description{{status: statusRunning}, {status: statusRunning}, {status: statusCompleted}},
		progresses:   []workflows.Progress{{}, {Scores: []workflows.Score{score}}, {State: workflows.StateCompleted, Scores: []workflows.Score{score}}},
		outcome:      workflows.Result{State: workflows.StateCompleted},
		delayed:      []delay{{work: "ScoreRollouts", attempts: 4, cause: "no namespaces"}},
	}
	view, checks := &recorder{}, 0
	follow := follower{runs: f, view: view, every: time.Millisecond, check: func(context.Context) error { checks++; return nil }}
	result, err := follow.follow(context.Background(), "x")
	if err != nil || result.State != workflows.StateCompleted {
		t.Fatalf("got %v, %v", result, err)
	}
	if len(view.updates) != 3 || checks != 3 || !view.closed {
		t.Errorf("%d updates, %d checks, closed %v", len(view.updates), checks, view.closed)
	}
	want := []string{"waiting: ScoreRollouts has failed 4 times and is tried again: no namespaces", "math after sft: avg@4 55.0 ± 4.0 %, pass@4 86.0"}
	if !slices.Equal(view.notes, want) {
		t.Errorf("notes are %q", view.notes)
	}
}

func TestFollowEnds(t *testing.T) {
	bad := errors.New("worker: no python3")
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		f    *fakeRuns
		err  error
		want string
	}{
		{"failed run", context.Background(), &fakeRuns{descriptions: []description{{status: statusFailed}}, outcomeErr: errors.New("run x failed: why")}, nil, "run x failed: why"},
		{"vanished run", context.Background(), &fakeRuns{}, nil, "run x is gone: Temporal does not know it any more"},
		{"stack cannot start", context.Background(), &fakeRuns{descriptions: []description{{status: statusRunning}}}, bad, "worker: no python3"},
		{"Ctrl-C", canceled, &fakeRuns{descriptions: []description{{status: statusRunning}}}, nil, context.Canceled.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			view := &recorder{}
			f := follower{runs: test.f, view: view, every: time.Millisecond, check: func(context.Context) error { return test.err }}
			if _, err := f.follow(test.ctx, "x"); err == nil || err.Error() != test.want || !view.closed {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestFollowSaysWhenItIsQuiet: one note in a long silence, and again in the next one.
func TestFollowSaysWhenItIsQuiet(t *testing.T) {
	view := &recorder{}
	f := follower{view: view, lastGood: time.Now()}
	away := errors.New("away")
	f.listen(away)
	if len(view.notes) != 0 {
		t.Fatalf("complains at once: %q", view.notes)
	}
	for range 2 {
		f.lastGood = time.Now().Add(-silence - time.Second)
		f.listen(away)
		f.listen(away)
		f.listen(nil)
	}
	if len(view.notes) != 2 || view.notes[0] != "no news for 15s, still waiting: away" {
		t.Errorf("notes are %q", view.notes)
	}
}

func TestScoreLine(t *testing.T) {
	score := workflows.Score{After: "sft", Benchmark: "math", Samples: 4, Avg: 0.2, AvgSE: 0.02, Pass: 0.5, PassProblems: 100}
	if got, want := scoreLine(score), "math after sft: avg@4 20.0 ± 2.0 %, pass@4 50.0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	score.Gain, score.GainSE, score.GainProblems = -0.05, 0.012, 100
	if got, want := scoreLine(score), "math after sft: avg@4 20.0 ± 2.0 %, pass@4 50.0, gain -5.0 ± 1.2 (paired)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWriteScores(t *testing.T) {
	score := func(benchmark, after string, avg float64) workflows.Score {
		return workflows.Score{After: after, Benchmark: benchmark, Samples: 4, Avg: avg, AvgSE: 0.04 * avg, Problems: 96}
	}
	var out bytes.Buffer
	err := writeScores(&out, []workflows.Score{
		score("math", "base-text", 0), score("code", "base-text", 0),
		score("math", "sft", 0.551), score("code", "sft", 0.366), score("math", "math-short", 0.7734),
		score("math", "math-short@10", 0.6), score("math", "math-short@20", 0.7), score("code", "math-short@10", 0.3),
	})
	want := `accuracy after each stage (avg@k in percent ± standard error over problems)
            base-text    sft         math-short
math avg@4  0.0 (≤ 3.8)  55.1 ± 2.2  77.3 ± 3.1
code avg@4  0.0 (≤ 3.8)  36.6 ± 1.5  -
math in math-short, avg@4 in percent after update 10: 60.0 ± 2.4, 20: 70.0 ± 2.8
code in math-short, avg@4 in percent after update 10: 30.0 ± 1.2
`
	if err != nil || out.String() != want {
		t.Errorf("%v, got\n%swant\n%s", err, out.String(), want)
	}
}
