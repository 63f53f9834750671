package main

import (
	"context"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/train"
	"temper/model/transformer"
)

// target is what computes: a backend, and what it rounds the factors of products
// to (see transformer.Pass).
type target struct {
	backend string
	compute dtypes.DType
}

// quantities are what measure returns.
var quantities = []string{"logits", "log-probs", "entropies", "loss", "gradients", "AdamW's first update"}

// measure computes the quantities on one backend, from rows of several lengths
// that are padded, at temperature 0.8.
func measure(w *transformer.Weights, on target) (map[string][]float32, error) {
	rng := rand.New(rand.NewPCG(7, 7))
	rows := make([]train.Row, 5)
	for i := range rows {
		n := 9 + 5*i
		rows[i] = train.Row{Tokens: randomTokens(rng, n, w.Config.VocabSize), Weights: make([]float32, n)}
		for t := 3; t < n; t++ {
			rows[i].Weights[t] = float32(rng.NormFloat64()) / 40
		}
	}
	return measureRows(w, on, rows, 0.8)
}

func measureRows(w *transformer.Weights, on target, rows []train.Row, temperature float64) (map[string][]float32, error) {
	out := map[string][]float32{}
	var err error
	if out["logits"], err = logits(w, on, rows[len(rows)-1].Tokens); err != nil {
		return nil, err
	}
	engine := engineOf(on, work{microRows: 2}, 32)
	defer engine.Close()
	trainer, err := train.New(w.Clone(), train.OptimizerState{}, engine)
	if err != nil {
		return nil, err
	}
	scores, err := engine.LogProbs(context.Background(), w, rows, temperature, nil)
	if err != nil {
		return nil, err
	}
	for _, s := range scores {
		out["log-probs"] = append(out["log-probs"], s.LogProbs...)
		out["entropies"] = append(out["entropies"], s.Entropies...)
	}
	// A large epsilon keeps AdamW's first step from turning the rounding of tiny
	// gradients into whole steps.
	hyper := train.StepHyper{LearningRate: 1e-2, Beta1: 0.9, Beta2: 0.95, Epsilon: 1, WeightDecay: 0.1}
	stats, err := trainer.Step(context.Background(), rows, temperature, hyper, nil)
	if err != nil {
		return nil, err
	}
	out["loss"] = []float32{float32(stats.Loss)}
	// After one step from zero the first moment is (1-β1)·gradient.
	for _, m := range trainer.Optimizer().ExpAvg {
		for _, v := range m {
			out["gradients"] = append(out["gradients"], float32(float64(v)/(1-hyper.Beta1)))
		}
	}
	for i, t := range trainer.Weights().Tensors {
		for j, v := range t {
			out["AdamW's first update"] = append(out["AdamW's first update"], v-w.Tensors[i][j])
		}
	}
	return out, nil
}

// logits runs one row through the forward graph alone: [S*vocab].
func logits(w *transformer.Weights, on target, tokens []int32) ([]float32, error) {
	b, err := backend.Open(on.backend)
	if err != nil {
		return nil, err
	}
	defer b.Finalize()
	return logitsOn(b, on.compute, w, tokens)
}

func logitsOn(b compute.Backend, rounded dtypes.DType, w *transformer.Weights, tokens []int32) ([]float32, error) {
	c := w.Config
	exec, err := graph.NewExec(b, func(nodes []*graph.Node) []*graph.Node {
		p, ids := c.Inputs(nodes), nodes[len(c.Params())]
		return []*graph.Node{c.Logits(p, c.Forward(p, transformer.Pass{Tokens: ids, Compute: rounded}))}
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	var args []any
	for i, p := range c.Params() {
		args = append(args, tensors.FromFlatDataAndDimensions(w.Tensors[i], p.Shape...))
	}
	args = append(args, tensors.FromFlatDataAndDimensions(tokens, 1, len(tokens)))
	out, err := exec.Call(args...)
	if err != nil {
		return nil, err
	}
	defer out[0].FinalizeAll()
	return tensors.CopyFlatData[float32](out[0])
}
