package train

import (
	"fmt"
	"math"
	"testing"

	"temper/model/dataset"
	"temper/model/goldentest"
)

// goldenGRPO is grpo_e2e.json: rollouts of one length of prompt, and cases of
// verl's vanilla policy loss (token mean) over them.
type goldenGRPO struct {
	PromptLen    int        `json:"prompt_len"`
	InputIDs     [][]int32  `json:"input_ids"`
	ResponseMask [][]int    `json:"response_mask"`
	Cases        []caseGRPO `json:"cases"`
}

type caseGRPO struct {
	Temperature float64            `json:"temperature"`
	Mode        string             `json:"mode"`
	ByStd       bool               `json:"norm_by_std"`
	ClipLow     float64            `json:"clip_low"`
	ClipHigh    float64            `json:"clip_high"`
	OldLogProbs [][]float64        `json:"old_log_probs"`
	NewLogProbs [][]float64        `json:"new_log_probs"`
	Advantages  [][]float64        `json:"advantages"`
	MeanEntropy float64            `json:"mean_entropy"`
	GradNorms   map[string]float64 `json:"grad_norms"`
	GlobalNorm  float64            `json:"global_grad_norm"`
}

// examples are the rollouts, and the number of their response tokens.
func (g goldenGRPO) examples() (batch []dataset.Tokenized, tokens int) {
	for b, ids := range g.InputIDs {
		n := 0
		for _, m := range g.ResponseMask[b] {
			n += m
		}
		tokens += n
		batch = append(batch, dataset.Tokenized{Prompt: ids[:g.PromptLen], Response: ids[g.PromptLen : g.PromptLen+n]})
	}
	return batch, tokens
}

// rows have the derivative of the loss by every log-probability: -advantage·ratio /
// tokens where the ratio is not clipped.
func (c caseGRPO) rows(t *testing.T, g goldenGRPO) []Row {
	t.Helper()
	batch, tokens := g.examples()
	slopes := make([][]float64, len(batch))
	for b, e := range batch {
		slopes[b] = make([]float64, len(e.Response))
		for s := range e.Response {
			a, ratio := c.Advantages[b][s], math.Exp(c.NewLogProbs[b][s]-c.OldLogProbs[b][s])
			if clipped := a > 0 && ratio > 1+c.ClipHigh || a < 0 && ratio < 1-c.ClipLow; !clipped {
				slopes[b][s] = -a * ratio / float64(tokens)
			}
		}
	}
	rows := DerivativeRows(batch, slopes, nil, nil)
	if len(rows) != len(batch) {
		t.Fatalf("%d rows for %d rollouts", len(rows), len(batch))
	}
	return rows
}

// TestGoldenGRPO compares log-probabilities, entropy and gradients of verl's
// vanilla policy loss, on and off policy.
func TestGoldenGRPO(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		var g goldenGRPO
		goldentest.JSON(t, m.Dir+"/golden/grpo_e2e.json", &g)
		for _, c := range g.Cases {
			t.Run(fmt.Sprintf("%s/%s/T%v/std=%v", m.Name, c.Mode, c.Temperature, c.ByStd), func(t *testing.T) {
				tr := newTestTrainer(t, goldenWeights(t, m), &Engine{Instances: 3, MicroBatchTokens: 54, Buckets: []int{12, 18}})
				compareGRPO(t, tr, g, c, m.Tolerance)
			})
		}
	}
}

func compareGRPO(t *testing.T, tr *Trainer, g goldenGRPO, c caseGRPO, tolerance float64) {
	t.Helper()
	batch, tokens := g.examples()
	rows := c.rows(t, g)
	stats, err := tr.gradients(t.Context(), rows, c.Temperature, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for b, r := range rows {
		for s := range batch[b].Response {
			want -= float64(r.Weights[g.PromptLen+s]) * c.NewLogProbs[b][s]
		}
	}
	tolerance = max(1e-5, 2*tolerance)
	if !near(stats.Loss, want, tolerance) {
		t.Errorf("loss %v, want %v", stats.Loss, want)
	}
	if c.Mode == "on_policy" && (stats.Targets != tokens || !near(stats.Entropy, c.MeanEntropy, tolerance)) {
		t.Errorf("%d targets and entropy %v, want %d and %v", stats.Targets, stats.Entropy, tokens, c.MeanEntropy)
	}
	if !near(stats.GradNorm, c.GlobalNorm, tolerance) {
		t.Errorf("gradient norm %v, want %v", stats.GradNorm, c.GlobalNorm)
	}
	for i, p := range tr.weights.Config.Params() {
		if got := gradNorm(tr.grads[i : i+1]); !near(got, c.GradNorms[p.Name], 10*tolerance) {
			t.Errorf("gradient norm of %s is %v, want %v", p.Name, got, c.GradNorms[p.Name])
		}
	}
	scored, err := tr.engine.LogProbs(t.Context(), tr.weights, rows, c.Temperature, nil)
	if err != nil {
		t.Fatal(err)
	}
	for b, s := range scored {
		for i := range batch[b].Response {
			if got := float64(s.LogProbs[g.PromptLen+i]); !near(got, c.NewLogProbs[b][i], tolerance) {
				t.Errorf("row %d, response token %d: log-prob %v, want %v", b, i, got, c.NewLogProbs[b][i])
			}
		}
	}
}
