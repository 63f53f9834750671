package objective

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"temper/model/goldentest"
)

// matrix is [24 rollouts][12 tokens], padded.
type matrix [][]float64

// inputs are the rollouts that the goldens were computed on.
type inputs struct {
	Lengths, Truncated, Group []int
	Rewards                   []float64
	MaskPlain                 matrix `json:"mask_plain"`
	MaskTruncatedOut          matrix `json:"mask_truncated_out"`
	MaskHoles                 matrix `json:"mask_holes"`
	LogProb                   matrix `json:"logprob"`
	LogProbNear               matrix `json:"logprob_near"`
	Old                       matrix `json:"old_logprob"`
	Reference                 matrix `json:"ref_logprob"`
	Entropy, Values           matrix
	ValuesOld                 matrix `json:"values_old"`
}

func readInputs(t *testing.T) (in inputs) {
	t.Helper()
	goldentest.JSON(t, "objectives/inputs.json", &in)
	return in
}

// batch is the rollouts under a mask, with the log-probs of that name.
func (in inputs) batch(mask, logProb string) Batch {
	masks := map[string]matrix{"mask_plain": in.MaskPlain, "mask_truncated_out": in.MaskTruncatedOut, "mask_holes": in.MaskHoles}[mask]
	now := map[string]matrix{"logprob": in.LogProb, "logprob_near": in.LogProbNear}[logProb]
	var b Batch
	for i, n := range in.Lengths {
		q := Sequence{
			Group: in.Group[i], Score: in.Rewards[i], Correct: in.Rewards[i] >= 0.5, Graded: true, Truncated: in.Truncated[i] == 1, Tokens: n,
			LogProb: now[i][:n], Old: in.Old[i][:n], Reference: in.Reference[i][:n], Entropy: in.Entropy[i][:n],
			Value: in.Values[i][:n], OldValue: in.ValuesOld[i][:n], Mask: make([]bool, n),
		}
		for t := range n {
			q.Mask[t] = masks[i][t] == 1
		}
		b.Sequences = append(b.Sequences, q)
	}
	return b
}

func mustPrepare(t *testing.T, s Settings, b Batch) Batch {
	t.Helper()
	prepared, _, err := Prepare(s, b)
	if err != nil {
		t.Fatal(err)
	}
	return prepared
}

func mustEvaluate(t *testing.T, s Settings, b Batch) Result {
	t.Helper()
	result, err := Evaluate(s, b)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

const goldenTolerance = 1e-9

// wantNear compares within a relative tolerance.
func wantNear(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)+1e-4*tolerance) {
		t.Errorf("%s %v, want %v", what, got, want)
	}
}

// wantMatrix compares derivatives; where the golden has padding it has 0.
func wantMatrix(t *testing.T, what string, got [][]float64, want matrix, tolerance float64) {
	t.Helper()
	for i, row := range want {
		for j, w := range row {
			var g float64
			if i < len(got) && j < len(got[i]) {
				g = got[i][j]
			}
			wantNear(t, fmt.Sprintf("%s [%d][%d]", what, i, j), g, w, tolerance)
		}
	}
}

// counted fails unless the number of golden cases that were compared, and of
// those of objectives that temper does not have, are these.
func counted(t *testing.T, file string, total, missing, wantTotal, wantMissing int) {
	t.Helper()
	if total != wantTotal || missing != wantMissing {
		t.Errorf("%s has %d cases, of which %d are of objectives that are not here; want %d and %d", file, total, missing, wantTotal, wantMissing)
	}
}

// twoUpdates makes ratios count.
var twoUpdates = Updates{MiniBatches: 2}

type trlCase struct {
	Name   string
	Config struct {
		Adv, Mask, LP, Level string
		LossType             string `json:"loss_type"`
		Eps                  float64
		EpsHigh              float64 `json:"eps_high"`
		Delta, Beta          float64
		OnPolicy             bool `json:"on_policy"`
		Quantile             float64
		OPSM                 *float64
		BiasKL               bool    `json:"bias_kl"`
		EntropyCoef          float64 `json:"entropy_coef"`
		VLLM                 []any
	}
	Loss        float64
	Grad        matrix `json:"grad_logprob"`
	GradNear    matrix `json:"grad_logprob_near"`
	GradEntropy matrix `json:"grad_entropy"`
}

// settings are the case's in temper's words; ok is false where temper has none.
func (c trlCase) settings() (s Settings, ok bool) {
	o := c.Config
	if o.Quantile < 1 || o.OPSM != nil || o.BiasKL || o.VLLM != nil {
		return s, false // top-entropy tokens, off-policy masks, sampler mismatch
	}
	s.Kind = "grpo"
	s.Clip = Clip{Low: o.Eps, High: o.EpsHigh, Dual: o.Delta}
	switch o.LossType {
	case "grpo":
		s.Denominator = SequenceTokens
	case "bnpo", "dapo":
		s.Denominator = BatchTokens
	case "dr_grpo":
		s.Denominator, s.Constant = Constant, 16
	case "cispo":
		s.Kind, s.Denominator, s.Clip = "cispo", BatchTokens, Clip{High: o.EpsHigh - 1}
	case "luspo":
		s.Denominator = Sequences
		if o.Level != "sequence" {
			return s, false // a mean over padded tokens
		}
	default:
		return s, false // sapo, vespo
	}
	if o.Level == "sequence" {
		s.Kind = "gspo"
	}
	s.Advantage = map[string]Advantage{"grpo_std": {Epsilon: 1e-4}, "grpo_no_std": {Std: NoStd}, "batch_std": {Std: BatchStd, Epsilon: 1e-4}}[o.Adv]
	s.KL.Coefficient, s.Entropy = o.Beta, o.EntropyCoef
	if !o.OnPolicy {
		s.Updates = twoUpdates
	}
	return s, true
}

func TestTRL(t *testing.T) {
	in := readInputs(t)
	var cases []trlCase
	goldentest.JSON(t, "objectives/trl_losses.json", &cases)
	var missing int
	for _, c := range cases {
		s, ok := c.settings()
		if !ok {
			missing++
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			result := mustEvaluate(t, s, mustPrepare(t, s, in.batch(c.Config.Mask, c.Config.LP)))
			wantNear(t, "loss", result.Loss, c.Loss, goldenTolerance)
			wantMatrix(t, "gradient", result.DLogProb, slices.Concat(c.Grad, c.GradNear), goldenTolerance)
			if c.GradEntropy != nil {
				wantMatrix(t, "gradient by entropy", result.DEntropy, c.GradEntropy, goldenTolerance)
			}
		})
	}
	// sapo 2, vespo 2, luspo by tokens 1, sampler mismatch 8, top entropy,
	// off-policy mask and bias-corrected KL 1 each.
	counted(t, "trl_losses.json", len(cases), missing, 63, 16)
}

type verlCase struct {
	Name   string
	Config struct {
		Agg, Adv, Mask, LP, Loss string
		Weights                  map[string]any
		Low, High, C             float64
		Info                     map[string]float64
	}
	Loss     float64
	Grad     matrix `json:"grad_logprob"`
	GradNear matrix `json:"grad_logprob_near"`
}

// verlDenominator is one of veRL's aggregations; 12 is the padded length.
func verlDenominator(s *Settings, agg string) {
	switch agg {
	case "token-mean":
		s.Denominator = BatchTokens
	case "token-sum":
		s.Denominator = Sum
	case "seq-mean-token-sum":
		s.Denominator, s.MaskedSequences = Sequences, Skip
	case "seq-mean-token-mean":
		s.Denominator, s.MaskedSequences = SequenceTokens, Skip
	case "seq-mean-token-sum-norm":
		s.Denominator, s.Constant, s.MaskedSequences = Constant, 12, Skip
	}
}

func (c verlCase) settings() (s Settings, ok bool) {
	o := c.Config
	s = Settings{Kind: "grpo", Clip: Clip{Low: o.Low, High: o.High, Dual: 3, LogRatio: 20}, Updates: twoUpdates}
	switch {
	case o.C == 1e9:
		s.Clip.Dual = 0
	case o.C != 0:
		s.Clip.Dual = o.C
	}
	switch o.Loss {
	case "vanilla":
	case "gspo":
		s.Kind, s.Clip = "gspo", Clip{Low: o.Low, High: o.High, LogRatio: 10}
		if o.Low == 0 {
			s.Clip.Low = 0.2
		}
	case "cispo":
		s.Kind, s.Clip = "cispo", Clip{Low: min(o.Low, 1), High: o.High, LogRatio: 20}
	case "gpg": // the same weights as with one update per batch
		s.Kind, s.Clip, s.Updates = "cispo", Clip{}, Updates{}
	default:
		return s, false
	}
	verlDenominator(&s, o.Agg)
	if scale := o.Info["loss_scale_factor"]; scale != 0 {
		s.Constant = scale
	}
	if tokens := o.Info["batch_num_tokens"]; tokens != 0 {
		s.Denominator, s.Constant = Sum, tokens
	}
	switch o.Adv {
	case "grpo_no_std":
		s.Advantage.Std = NoStd
	case "gae":
		s.Kind, s.Value = "ppo", Value{Lambda: 0.95}
	}
	return s, o.Weights == nil
}

// shrink does to advantages what veRL does to token means of sequences: it adds
// 1e-8 to the number of tokens.
func shrink(b Batch) {
	for i := range b.Sequences {
		q := &b.Sequences[i]
		n := float64(q.inLoss())
		for t := range q.Advantage {
			q.Advantage[t] *= n / (n + 1e-8)
		}
	}
}

func TestVeRL(t *testing.T) {
	in := readInputs(t)
	var cases []verlCase
	goldentest.JSON(t, "objectives/verl_losses.json", &cases)
	var missing int
	for _, c := range cases {
		s, ok := c.settings()
		if !ok {
			missing++
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			b := in.batch(c.Config.Mask, c.Config.LP)
			if c.Config.Info["global_batch_size"] == 32 { // 8 more, with nothing in the loss
				s.MaskedSequences = Count
				for range 8 {
					b.Sequences = append(b.Sequences, Sequence{Group: 99, Graded: true, Tokens: 1, Mask: []bool{false},
						LogProb: []float64{-1}, Old: []float64{-1}})
				}
			}
			b = mustPrepare(t, s, b)
			if s.Denominator == SequenceTokens {
				shrink(b)
			}
			result := mustEvaluate(t, s, b)
			wantNear(t, "loss", result.Loss-result.Stats.Value, c.Loss, goldenTolerance)
			wantMatrix(t, "gradient", result.DLogProb, slices.Concat(c.Grad, c.GradNear), goldenTolerance)
		})
	}
	// sapo, geo_mean, clip_cov, kl_cov, dppo_tv, dppo_kl, dro 1 each, mismatch weights 3.
	counted(t, "verl_losses.json", len(cases), missing, 46, 10)
}
