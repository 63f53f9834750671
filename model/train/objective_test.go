package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/transformer"
)

// objectives are settings of every kind that reach all of its terms.
var objectives = map[string]objective.Settings{
	"grpo": {
		Updates: objective.Updates{Epochs: 2}, Entropy: 0.2, Denominator: objective.SequenceTokens,
		KL: objective.KL{Coefficient: 0.4, Estimator: objective.K3},
	},
	"gspo":  {Kind: "gspo", Updates: objective.Updates{Epochs: 2}, Clip: objective.Clip{Low: 0.5, High: 0.5}},
	"cispo": {Kind: "cispo", Updates: objective.Updates{Epochs: 2}, KL: objective.KL{Coefficient: 0.4, Estimator: objective.K2}},
	"ppo":   {Kind: "ppo", Updates: objective.Updates{Epochs: 2}, Value: objective.Value{Coefficient: 0.1, Lambda: 0.95}},
	"nft":   {Kind: "nft", Updates: objective.Updates{Epochs: 2}, Denominator: objective.BatchTokens},
	"sft":   {Kind: "sft"},
	"uft":   {Kind: "uft", Updates: objective.Updates{Epochs: 2}, UFT: objective.UFT{HintCoefficient: 0.3, HintSteps: 5}},
	"srft":  {Kind: "srft"},
	"chord": {Kind: "chord", Updates: objective.Updates{Epochs: 2}, CHORD: objective.CHORD{Mu: 0.4, TokenWeight: objective.WeightUncertain}},
}

// The gradient that training follows for a batch of responses is the slope of the
// objective's loss, computed in double precision from what the network says before
// and after it is moved along a random direction: through log-probabilities,
// entropies and values, whatever the objective. (Package objective holds the
// derivatives themselves against other people's.)
func TestObjectivesGradients(t *testing.T) {
	for kind := range objective.Table {
		if _, ok := objectives[kind]; !ok {
			t.Errorf("objective %q is not tested here", kind)
		}
	}
	for kind, settings := range objectives {
		t.Run(kind, func(t *testing.T) { checkSlope(t, settings) })
	}
}

func checkSlope(t *testing.T, settings objective.Settings) {
	eng := &Engine{Instances: 1, MicroBatchTokens: 64, Buckets: []int{16, 32}}
	defer eng.Close()
	needs := settings.Needs()
	w := valuedWeights().WithValueHead(needs.Value || needs.OldValue)
	rng := rand.New(rand.NewPCG(11, 2))
	batch, examples := sampledBatch(rng)
	sampler, reference := moved(w, direction(w, 1), 0.3), moved(w, direction(w, 2), 1)
	scoreBatch(t, eng, sampler, examples, func(i int, logProbs, _, values []float64) {
		batch.Sequences[i].Old, batch.Sequences[i].OldValue = logProbs, values
	})
	scoreBatch(t, eng, reference, examples, func(i int, logProbs, _, _ []float64) { batch.Sequences[i].Reference = logProbs })
	prepared, _, err := objective.Prepare(settings, batch)
	if err != nil {
		t.Fatal(err)
	}
	scoreBatch(t, eng, w, examples, func(i int, logProbs, entropies, values []float64) {
		q := &prepared.Sequences[i]
		q.LogProb, q.Entropy, q.Value = logProbs, entropies, values
	})
	here, err := objective.Evaluate(settings, prepared)
	if err != nil {
		t.Fatal(err)
	}
	tr := newTestTrainer(t, w, eng)
	if _, err := tr.gradients(t.Context(), DerivativeRows(examples, here.DLogProb, here.DEntropy, here.DValue), 1, nil); err != nil {
		t.Fatal(err)
	}
	// linear is the loss with its derivatives held fast: its slope is the loss's here, also
	// where an objective takes a part of itself as a constant.
	linear := func(w *transformer.Weights) (sum float64) {
		scoreBatch(t, eng, w, examples, func(i int, logProbs, entropies, values []float64) {
			for _, term := range []struct {
				of [][]float64
				by []float64
			}{{here.DLogProb, logProbs}, {here.DEntropy, entropies}, {here.DValue, values}} {
				for t := 0; term.of != nil && t < len(term.of[i]); t++ {
					sum += term.of[i][t] * term.by[t]
				}
			}
		})
		return sum
	}
	for seed := range uint64(4) {
		d, predicted := direction(w, 10+seed), 0.0
		for i, g := range tr.grads {
			for j, v := range g {
				predicted += float64(v) * float64(d[i][j])
			}
		}
		const far = 0.02
		slope := (linear(moved(w, d, far)) - linear(moved(w, d, -far))) / (2 * far)
		if math.Abs(slope-predicted) > 0.002*math.Abs(slope)+5e-5 {
			t.Errorf("direction %d: the loss has slope %.6f, the gradient says %.6f", seed, slope, predicted)
		}
	}
}

// sampledBatch is random responses to three problems, with scores of which no group's are equal.
func sampledBatch(rng *rand.Rand) (objective.Batch, []dataset.Tokenized) {
	b := objective.Batch{Budget: 12}
	var examples []dataset.Tokenized
	tokens := func(n int) []int32 {
		out := make([]int32, n)
		for i := range out {
			out[i] = int32(rng.IntN(29))
		}
		return out
	}
	for group := range 3 {
		prompt := tokens(2 + rng.IntN(4))
		for k := range 4 {
			response := tokens(3 + rng.IntN(9))
			right := k%2 == group%2
			q := objective.Sequence{Group: group, Graded: true, Correct: right, Tokens: len(response), Demonstration: k == 3}
			if !q.Demonstration {
				q.Hint = k
			}
			if right {
				q.Score = 1
			}
			b.Sequences, examples = append(b.Sequences, q), append(examples, dataset.Tokenized{Prompt: prompt, Response: response})
		}
	}
	return b, examples
}

// scoreBatch tells what weights say of every token of the responses.
func scoreBatch(t *testing.T, eng *Engine, w *transformer.Weights, examples []dataset.Tokenized, tell func(i int, logProbs, entropies, values []float64)) {
	t.Helper()
	rows := make([]Row, len(examples))
	for i, e := range examples {
		rows[i] = weighted(e, 0)
	}
	scores, err := eng.LogProbs(t.Context(), w, rows, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	doubles := func(from []float32, first, n int) (out []float64) {
		for _, v := range from[first:][:n] {
			out = append(out, float64(v))
		}
		return out
	}
	for i, e := range examples {
		first, n := len(e.Prompt), len(e.Response)
		var values []float64
		if scores[i].Values != nil {
			values = doubles(scores[i].Values, first-1, n)
		}
		tell(i, doubles(scores[i].LogProbs, first, n), doubles(scores[i].Entropies, first-1, n), values)
	}
}

// direction is a random direction of length 1 in the space of weights.
func direction(w *transformer.Weights, seed uint64) [][]float32 {
	rng := rand.New(rand.NewPCG(seed, 3))
	d, sum := make([][]float32, len(w.Tensors)), 0.0
	for i, values := range w.Tensors {
		d[i] = make([]float32, len(values))
		for j := range d[i] {
			d[i][j] = float32(rng.NormFloat64())
			sum += float64(d[i][j]) * float64(d[i][j])
		}
	}
	for i := range d {
		for j := range d[i] {
			d[i][j] /= float32(math.Sqrt(sum))
		}
	}
	return d
}

// moved are weights so far along a direction.
func moved(w *transformer.Weights, d [][]float32, far float64) *transformer.Weights {
	out := &transformer.Weights{Config: w.Config, Tensors: make([][]float32, len(w.Tensors))}
	for i, values := range w.Tensors {
		out.Tensors[i] = make([]float32, len(values))
		for j, v := range values {
			out.Tensors[i][j] = v + float32(far)*d[i][j]
		}
	}
	return out
}
