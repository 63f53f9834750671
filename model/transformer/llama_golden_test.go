package transformer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// llamaGolden is one line of logit_goldens.jsonl: what the original C program
// computes at every token of a text, printed with six decimals.
type llamaGolden struct {
	Text      string  `json:"text"`
	Tokens    []int32 `json:"tokens"`
	SumNLL    float64 `json:"sum_nll"`
	Positions []struct {
		Argmax      int       `json:"argmax"`
		MaxLogit    float64   `json:"max_logit"`
		LogSumExp   float64   `json:"logsumexp"`
		First8      []float64 `json:"logits_first8"`
		NextLogProb *float64  `json:"next_logprob"`
	} `json:"positions"`
}

// TestGoldenLlama compares every trained Llama that lies there with the program
// that it was made for. That program sums in another order, in fp32: logits of
// about 17 differ by a few of their last places.
func TestGoldenLlama(t *testing.T) {
	const models, tolerance = "../../../shared/data/models", 3e-5
	paths, err := filepath.Glob(filepath.Join(models, "*/logit_goldens.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("../shared is absent: there is no trained Llama to compare with")
	}
	for _, path := range paths {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			w := loadWeights(t, filepath.Join("../../../../shared/data/models", filepath.Base(dir), "hf"))
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) || len(data) == 0 {
				t.Fatalf("no goldens: %v", err)
			}
			worst := 0.0
			for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
				var g llamaGolden
				if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
					t.Fatal(err)
				}
				worst = max(worst, compareLlama(t, g, forwardLogits(t, w, [][]int32{g.Tokens}), tolerance))
			}
			t.Logf("largest difference %.2g", worst)
		})
	}
}

// compareLlama returns the largest difference.
func compareLlama(t *testing.T, g llamaGolden, logits []float32, tolerance float64) (worst float64) {
	t.Helper()
	vocab, sum := len(logits)/len(g.Tokens), 0.0
	check := func(s int, what string, got, want float64) {
		t.Helper()
		worst = max(worst, math.Abs(got-want))
		if math.Abs(got-want) > tolerance {
			t.Errorf("%q, token %d: %s is %v, want %v", g.Text, s, what, got, want)
		}
	}
	for s, want := range g.Positions {
		z := logits[s*vocab:][:vocab]
		argmax := 0
		for i := range z {
			if z[i] > z[argmax] {
				argmax = i
			}
		}
		if argmax != want.Argmax {
			t.Errorf("%q, token %d: the largest logit is that of %d, want %d", g.Text, s, argmax, want.Argmax)
		}
		logprobs, _ := distribution(z, "1")
		check(s, "largest logit", float64(z[argmax]), want.MaxLogit)
		check(s, "log-sum-exp", float64(z[0])-logprobs[0], want.LogSumExp)
		for i, v := range want.First8 {
			check(s, "an early logit", float64(z[i]), v)
		}
		if want.NextLogProb != nil {
			check(s, "log-prob of the next token", logprobs[g.Tokens[s+1]], *want.NextLogProb)
			sum -= logprobs[g.Tokens[s+1]]
		}
	}
	if math.Abs(sum-g.SumNLL) > tolerance*float64(len(g.Tokens)) {
		t.Errorf("%q: negative log-likelihood %v, want %v", g.Text, sum, g.SumNLL)
	}
	return worst
}
