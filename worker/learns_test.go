package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"temper/model/recipe"
	"temper/workflows"
)

// TestLongExampleLearns runs the example recipe on real files, with the seed it has:
// RL raises the accuracy on problems held out by two paired standard errors.
// model/RECIPE.md has what other seeds gave.
func TestLongExampleLearns(t *testing.T) {
	long(t)
	data, err := filepath.Abs("../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(data); err != nil {
		t.Skip("../shared is absent: there are no real files")
	}
	rec, err := recipe.Named("gsm8k-stories260k")
	if err != nil {
		t.Fatal(err)
	}
	for _, assignment := range []string{
		"model.base=" + data + "/models/stories260K/hf", "tokenizer=" + data + "/models/stories260K/tok512.bin",
		"data.train=" + data + "/gsm8k/train.jsonl", "data.test=" + data + "/gsm8k/test.jsonl",
	} {
		if err := recipe.Set(&rec, assignment); err != nil {
			t.Fatal(err)
		}
	}
	s := newRealStack(t)
	var got workflows.Result
	if err := s.start("learns", rec).Get(context.Background(), &got); err != nil { // go test bounds it
		t.Fatal(err)
	}
	if len(got.Scores) != 3 {
		t.Fatalf("scores are %+v", got.Scores)
	}
	for _, score := range got.Scores {
		t.Logf("after %s: avg@%d %.4f ± %.4f, gain %s", score.After, score.Samples, score.Avg, score.AvgSE, score.GainText())
	}
	if rl := got.Scores[2]; rl.GainProblems < 500 || rl.Gain < 2*rl.GainSE {
		t.Errorf("after RL the gain is %s over %d problems, want two standard errors", rl.GainText(), rl.GainProblems)
	}
}
