package main

import (
	"context"
	"math/rand/v2"
	"time"

	"temper/model/train"
)

// work is the batch of one policy step; both engines do the same.
type work struct {
	rows, microRows int
	checkpointing   bool // of the layers' activations: memory for time
}

const (
	stepTokens  = 16384 // of a policy step, at least one row
	microTokens = 4096  // of a micro-batch, at least one row
	longRow     = 8192  // from here on activations are recomputed
)

func workOf(c Cell) work {
	w := work{rows: max(1, stepTokens/c.Size), microRows: max(1, microTokens/c.Size), checkpointing: c.Size >= longRow}
	if c.Model == "tiny" {
		w.rows, w.microRows = 4, 2
	}
	return w
}

// engineOf is the training engine for some work: everything that depends on its
// fields is here.
func engineOf(on target, w work, length int) *train.Engine {
	return &train.Engine{
		Instances: 1, MicroBatchTokens: w.microRows * length, Buckets: []int{length}, Backend: on.backend, Compute: on.compute, Checkpointing: w.checkpointing,
	}
}

// trainCell measures policy steps: forward, backward, gradient accumulation,
// clipping and AdamW, with fp32 master weights. The first step compiles and is
// not timed.
func trainCell(c Cell, backend string) error {
	start := time.Now()
	config, w := shapes[c.Model], workOf(c)
	// Activations are float32, of which the larger network has twice as many as
	// PyTorch under autocast.
	w.checkpointing = w.checkpointing || c.Model == "1.5b"
	weights := randomWeights(config)
	on := trainTarget(backend)
	engine := engineOf(on, w, c.Size)
	defer engine.Close()
	trainer, err := train.New(weights, train.OptimizerState{}, engine)
	if err != nil {
		return err
	}
	rows := trainRows(w.rows, c.Size, config.VocabSize)
	hyper := train.StepHyper{LearningRate: 1e-5, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, MaxGradNorm: 1}
	if _, err := trainer.Step(context.Background(), rows, 1, hyper, nil); err != nil {
		return err
	}
	r := Result{Cell: c.String(), Engine: temper, Status: statusOK, Precision: on.precision(), Software: software(), SetupSeconds: time.Since(start).Seconds()}
	for start = time.Now(); r.Steps < maxSteps && time.Since(start) < measureFor; {
		if _, err := trainer.Step(context.Background(), rows, 1, hyper, nil); err != nil {
			return err
		}
		r.Steps++
		r.TokensPerSecond = float64(r.Steps*w.rows*c.Size) / time.Since(start).Seconds()
		emit(r)
	}
	return nil
}

// A cell is measured for so long, or so many policy steps.
const (
	measureFor = 20 * time.Second
	maxSteps   = 10
)

// trainRows are full rows in which every token but the first is a target.
func trainRows(n, length, vocab int) []train.Row {
	rng := rand.New(rand.NewPCG(3, 3))
	rows := make([]train.Row, n)
	for i := range rows {
		rows[i] = train.Row{Tokens: randomTokens(rng, length, vocab), Weights: make([]float32, length)}
		for t := 1; t < length; t++ {
			rows[i].Weights[t] = 1 / float32(n*(length-1))
		}
	}
	return rows
}
