package main

import (
	"context"
	"math/rand/v2"
	"time"

	"temper/model/rollout"
	"temper/model/sampling"
	"temper/model/transformer"
)

// generation is what one call generates; both engines do the same.
type generation struct {
	rows, prompt, response int // rows; tokens of each
}

func generationOf(c Cell) generation {
	if c.Model == "tiny" {
		return generation{rows: c.Size, prompt: 8, response: 12}
	}
	return generation{rows: c.Size, prompt: 128, response: 256}
}

// generatorOf is a generator for all rows at once: everything that depends on
// its options is here.
func generatorOf(w *transformer.Weights, config string, g generation) (*sampling.Generator, error) {
	up := func(n, step int) int { return (n + step - 1) / step * step }
	return sampling.NewGenerator(w, sampling.Options{
		Instances: 1, Rows: g.rows, PrefillRows: min(g.rows, 24),
		PromptBuckets: []int{up(g.prompt, 4)}, CacheBuckets: []int{up(g.prompt+g.response, 32)}, // sampling.Options asks for multiples of 4
		Backend: config,
	})
}

// generateCell measures sampling at temperature 1 from distinct prompts,
// prefill included. Responses have a fixed length: no token ends them.
func generateCell(c Cell, backend string) error {
	start := time.Now()
	config, g := shapes[c.Model], generationOf(c)
	generator, err := generatorOf(randomWeights(config), backend, g)
	if err != nil {
		return err
	}
	defer generator.Close()
	rng := rand.New(rand.NewPCG(4, 4))
	requests := make([]rollout.Request, g.rows)
	for i := range requests {
		requests[i] = rollout.Request{Problem: i, Seed: uint64(i), Prompt: randomTokens(rng, g.prompt, config.VocabSize)}
	}
	params := rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 3}
	if _, err := generator.Generate(context.Background(), requests, params, nil); err != nil { // compiles
		return err
	}
	r := Result{Cell: c.String(), Engine: temper, Status: statusOK, Precision: target{backend: backend}.precision(), Software: software(), SetupSeconds: time.Since(start).Seconds()}
	params.MaxResponseTokens = g.response
	start = time.Now()
	_, err = generator.Generate(context.Background(), requests, params, func(p sampling.Progress) {
		r.Steps++
		r.TokensPerSecond = float64(p.Tokens) / time.Since(start).Seconds()
		if r.Steps%8 == 0 {
			emit(r)
		}
	})
	if err != nil {
		return err
	}
	r.TokensPerSecond = float64(g.rows*g.response) / time.Since(start).Seconds()
	emit(r)
	return nil
}
