package train

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"temper/model/goldentest"
	"temper/model/goldentest/weights"
	"temper/model/transformer"
)

func goldenWeights(t *testing.T, m goldentest.Model) *transformer.Weights {
	t.Helper()
	c, err := transformer.ParseConfig(goldentest.Read(t, m.Dir+"/model_fp32/config.json"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := transformer.WeightsFrom(c, weights.Read(t, m.Dir+"/model_fp32/model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// goldenBatch is the SFT batch of a model's golden.json: right-padded rows with
// a loss mask.
type goldenBatch struct {
	Batch struct {
		InputIDs      [][]int32 `json:"input_ids"`
		AttentionMask [][]int   `json:"attention_mask"`
		LossMask      [][]int   `json:"loss_mask"`
	} `json:"batch"`
	SFT struct {
		Loss       float64            `json:"loss"`
		GradNorms  map[string]float64 `json:"grad_norms"`
		GlobalNorm float64            `json:"global_grad_norm"`
		LossTokens int                `json:"num_loss_tokens"`
	} `json:"sft"`
	AdamW map[string]adamWRun `json:"adamw"`
}

type adamWRun struct {
	LR          float64    `json:"lr"`
	Betas       [2]float64 `json:"betas"`
	Eps         float64    `json:"eps"`
	WeightDecay float64    `json:"weight_decay"`
	MaxGradNorm float64    `json:"max_grad_norm"` // 0: null, no clipping
	Losses      []float64  `json:"losses_before_each_step"`
	Losses64    []float64  `json:"losses_before_each_step_fp64"`
	GradNorms   []float64  `json:"grad_norms_before_clip"`
	LossAfter   float64    `json:"loss_after_3_steps"`
	LossAfter64 float64    `json:"loss_after_3_steps_fp64"`
	Params      map[string]struct {
		Sum     float64   `json:"sum_fp64"`
		AbsSum  float64   `json:"abs_sum_fp64"`
		First8  []float64 `json:"first8_fp64"`
		MaxDiff float64   `json:"max_abs_diff_fp32_vs_fp64"`
	} `json:"params"`
}

// rows cuts the padding off and weights every target by 1/targets.
func (g goldenBatch) rows() []Row {
	var rows []Row
	for b, ids := range g.Batch.InputIDs {
		var r Row
		for s, id := range ids {
			if g.Batch.AttentionMask[b][s] == 1 {
				r.Tokens = append(r.Tokens, id)
				r.Weights = append(r.Weights, float32(g.Batch.LossMask[b][s])/float32(g.SFT.LossTokens))
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func newTestTrainer(t *testing.T, w *transformer.Weights, eng *Engine) *Trainer {
	t.Helper()
	tr, err := New(w, OptimizerState{}, eng)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(eng.Close)
	return tr
}

func near(got, want, relative float64) bool {
	return math.Abs(got-want) <= relative*math.Max(1e-3, math.Abs(want))
}

// TestGoldenSFT compares the loss and every element of the gradients with Hugging
// Face and torch autograd.
func TestGoldenSFT(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			var g goldenBatch
			goldentest.JSON(t, m.Dir+"/golden/golden.json", &g)
			tr := newTestTrainer(t, goldenWeights(t, m), &Engine{Instances: 2, MicroBatchTokens: 40, Buckets: []int{16, 20}})
			stats, err := tr.gradients(t.Context(), g.rows(), 1, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !near(stats.Loss, g.SFT.Loss, max(1e-6, m.Tolerance)) {
				t.Errorf("loss %v, want %v", stats.Loss, g.SFT.Loss)
			}
			if stats.Targets != g.SFT.LossTokens || !near(stats.GradNorm, g.SFT.GlobalNorm, m.Tolerance) {
				t.Errorf("%d targets and gradient norm %v, want %d and %v", stats.Targets, stats.GradNorm, g.SFT.LossTokens, g.SFT.GlobalNorm)
			}
			want, err := transformer.WeightsFrom(tr.weights.Config, weights.Read(t, m.Dir+"/golden/sft_grads.safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			checkGradients(t, tr, want.Tensors, m.Tolerance)
		})
	}
}

// checkGradients compares t.grads elementwise, relative to the largest element
// of the same tensor.
func checkGradients(t *testing.T, tr *Trainer, want [][]float32, tolerance float64) {
	t.Helper()
	worst := 0.0
	for i, p := range tr.weights.Config.Params() {
		largest, diff := 0.0, 0.0
		for j := range want[i] {
			largest = max(largest, math.Abs(float64(want[i][j])))
			diff = max(diff, math.Abs(float64(tr.grads[i][j])-float64(want[i][j])))
		}
		worst = max(worst, diff/largest)
		if diff > tolerance*largest {
			t.Errorf("gradient of %s is off by %.2g; its largest element is %.2g", p.Name, diff, largest)
		}
	}
	t.Logf("largest difference, relative to the tensor's largest gradient: %.2g", worst)
}

// TestGoldenAdamW runs three steps of torch.optim.AdamW's variants. Elements
// with tiny gradients move by amounts that rounding decides, so the tolerance
// is 20 times what the reference's fp32 and fp64 runs differ by, with a floor
// of 2e-6 (a step moves an element by up to 1e-3).
func TestGoldenAdamW(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		var g goldenBatch
		goldentest.JSON(t, m.Dir+"/golden/golden.json", &g)
		for name, run := range g.AdamW {
			t.Run(m.Name+"/"+name, func(t *testing.T) {
				tr := newTestTrainer(t, goldenWeights(t, m), &Engine{Instances: 2, MicroBatchTokens: 40, Buckets: []int{20}})
				hyper := StepHyper{LearningRate: run.LR, Beta1: run.Betas[0], Beta2: run.Betas[1], Epsilon: run.Eps,
					WeightDecay: run.WeightDecay, MaxGradNorm: run.MaxGradNorm}
				for i := range tr.decays { // torch's default is to decay every tensor
					tr.decays[i] = tr.decays[i] || name != "wd_matrices_only"
				}
				for i := range run.Losses {
					stats, err := tr.Step(t.Context(), g.rows(), 1, hyper, nil)
					if err != nil {
						t.Fatal(err)
					}
					tolerance := max(1e-5, m.Tolerance, 20*math.Abs(run.Losses[i]-run.Losses64[i]))
					if !near(stats.Loss, run.Losses[i], tolerance) || !near(stats.GradNorm, run.GradNorms[i], 10*tolerance) {
						t.Errorf("step %d: loss %v and gradient norm %v, want %v and %v", i, stats.Loss, stats.GradNorm, run.Losses[i], run.GradNorms[i])
					}
				}
				after, err := tr.gradients(t.Context(), g.rows(), 1, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !near(after.Loss, run.LossAfter, max(1e-5, m.Tolerance, 20*math.Abs(run.LossAfter-run.LossAfter64))) {
					t.Errorf("loss after 3 steps %v, want %v", after.Loss, run.LossAfter)
				}
				all := paramsAfter(t, m, name, tr.weights.Config)
				for i, p := range tr.weights.Config.Params() {
					want := run.Params[p.Name]
					tolerance := max(2e-6, 20*want.MaxDiff)
					for j, v := range all[i] {
						if got := tr.weights.Tensors[i][j]; math.Abs(float64(got)-float64(v)) > tolerance {
							t.Errorf("%s[%d] is %v, want %v", p.Name, j, got, v)
						}
					}
					sum, absSum := 0.0, 0.0
					for j, v := range tr.weights.Tensors[i] {
						sum += float64(v)
						absSum += math.Abs(float64(v))
						if j < 8 && math.Abs(float64(v)-want.First8[j]) > tolerance {
							t.Errorf("%s[%d] is %v, want %v", p.Name, j, v, want.First8[j])
						}
					}
					if limit := 1e-6*want.AbsSum + tolerance; math.Abs(sum-want.Sum) > limit || math.Abs(absSum-want.AbsSum) > limit {
						t.Errorf("%s: sum %v and absolute sum %v, want %v and %v", p.Name, sum, absSum, want.Sum, want.AbsSum)
					}
				}
			})
		}
	}
}

// paramsAfter are the parameters after three steps of an AdamW variant, empty
// where the goldens hold only their sums.
func paramsAfter(t *testing.T, m goldentest.Model, variant string, c transformer.Config) [][]float32 {
	t.Helper()
	path := m.Dir + "/golden/params_after_3_adamw_" + variant + ".safetensors"
	if _, err := os.Stat(filepath.Join(goldentest.Dir(t), path)); errors.Is(err, fs.ErrNotExist) {
		return make([][]float32, len(c.Params()))
	}
	w, err := transformer.WeightsFrom(c, weights.Read(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return w.Tensors
}

// TestGoldenClipAndAdamW compares clipping and ten-step traces with torch.
func TestGoldenClipAndAdamW(t *testing.T) {
	var g struct {
		Clip []struct {
			MaxNorm   float64     `json:"max_norm"`
			Grads     [][]float32 `json:"grads"`
			TotalNorm float64     `json:"total_norm"`
			Clipped   [][]float64 `json:"clipped"`
		} `json:"clip"`
		Traces []struct {
			WeightDecay float64     `json:"weight_decay"`
			Betas       [2]float64  `json:"betas"`
			Eps         float64     `json:"eps"`
			LR          []float64   `json:"lr"`
			Param0      []float32   `json:"param0"`
			Grads       [][]float32 `json:"grads"`
			After       [][]float64 `json:"params_after_step"`
		} `json:"adamw_traces"`
	}
	goldentest.JSON(t, "optim/clip_and_adamw.json", &g)
	for i, c := range g.Clip {
		norm := gradNorm(c.Grads)
		if !near(norm, c.TotalNorm, 1e-6) {
			t.Errorf("clip %d: norm %v, want %v", i, norm, c.TotalNorm)
		}
		coefficient := clipCoefficient(norm, c.MaxNorm)
		for j := range c.Grads {
			for k, v := range c.Grads[j] {
				if got := float64(v) * coefficient; math.Abs(got-c.Clipped[j][k]) > 1e-6*math.Abs(got)+1e-9 {
					t.Errorf("clip %d: gradient %d,%d is %v, want %v", i, j, k, got, c.Clipped[j][k])
				}
			}
		}
	}
	for i, tr := range g.Traces {
		p := append([]float32{}, tr.Param0...)
		state := OptimizerState{ExpAvg: [][]float32{make([]float32, len(p))}, ExpAvgSq: [][]float32{make([]float32, len(p))}}
		for s := range tr.LR {
			state.Step++
			h := StepHyper{LearningRate: tr.LR[s], Beta1: tr.Betas[0], Beta2: tr.Betas[1], Epsilon: tr.Eps, WeightDecay: tr.WeightDecay}
			adamW([][]float32{p}, [][]float32{tr.Grads[s]}, state, []bool{true}, h, 1)
			for j, v := range p {
				if math.Abs(float64(v)-tr.After[s][j]) > 1e-6 {
					t.Errorf("trace %d, step %d: parameter %d is %v, want %v", i, s, j, v, tr.After[s][j])
				}
			}
		}
	}
}

// TestGoldenSchedules compares with Hugging Face's and verl's schedules: cosines without a
// warm-up, up to the last step (past it Hugging Face's climbs again), and constant rates,
// whose warm-up is a step ahead of theirs.
func TestGoldenSchedules(t *testing.T) {
	var g struct {
		Schedules []struct {
			Kind     string    `json:"kind"`
			Warmup   int       `json:"num_warmup_steps"`
			Total    int       `json:"num_training_steps"`
			MinRatio float64   `json:"min_lr_ratio"`
			BaseLR   float64   `json:"base_lr"`
			Steps    []int     `json:"steps"`
			LR       []float64 `json:"lr"`
		} `json:"schedules"`
	}
	goldentest.JSON(t, "optim/lr_schedules.json", &g)
	seen := 0
	for _, want := range g.Schedules {
		s, ahead := Schedule{LearningRate: want.BaseLR, WarmupSteps: want.Warmup, TotalSteps: max(1, want.Total), MinRatio: want.MinRatio}, 0
		switch {
		case want.Kind == "constant_with_warmup":
			s.MinRatio, ahead = 1, 1
		case want.Warmup > 0:
			continue
		}
		for i, step := range want.Steps {
			if want.Total > 0 && step > want.Total || step < ahead {
				continue
			}
			seen++
			if got := s.At(step - ahead); math.Abs(got-want.LR[i]) > 1e-12*want.BaseLR {
				t.Errorf("%s at step %d: %v, want %v", want.Kind, step, got, want.LR[i])
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d rates were compared", seen)
	}
}
