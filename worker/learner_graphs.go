package main

import (
	"slices"

	"github.com/gomlx/compute/dtypes"

	"temper/activities"
	"temper/model/recipe"
	"temper/model/sampling"
	"temper/model/train"
	"temper/model/transformer"
)

// graphs keeps engines and generators, which hold compiled graphs and a copy of a
// policy's weights, by all that they are compiled for.
type graphs struct {
	machine    machine
	engines    map[engineKey]*train.Engine
	generators map[generatorKey]*generator
}

// An architecture is written as its config.json.
type (
	engineKey struct {
		architecture string
		numerics     recipe.Numerics
	}
	generatorKey struct {
		architecture string
		rows         int
		backend      string
	}
)

// generator samples from the policy whose name it holds.
type generator struct {
	*sampling.Generator
	policy string
}

func newGraphs(m machine) graphs {
	return graphs{m, map[engineKey]*train.Engine{}, map[generatorKey]*generator{}}
}

// generator returns the generator for a policy's shapes, loaded with its weights.
func (g graphs) generator(held *heldPolicy, name string, s activities.Sampling) (*generator, error) {
	key := generatorKey{string(held.config.JSON()), s.Rows, s.Backend}
	gen := g.generators[key]
	if gen == nil {
		made, err := sampling.NewGenerator(held.trainer.Weights(), sampling.Options{
			Instances: g.machine.cores, Rows: s.Rows, Backend: g.machine.backendFor(s.Backend),
		})
		if err != nil {
			return nil, err
		}
		gen = &generator{Generator: made, policy: name}
		g.generators[key] = gen
	}
	if gen.policy != name {
		gen.policy = ""
		if err := gen.SetWeights(held.trainer.Weights()); err != nil {
			return nil, err
		}
		gen.policy = name
	}
	return gen, nil
}

// engine returns the training engine for a policy's shapes.
func (g graphs) engine(config transformer.Config, n recipe.Numerics) *train.Engine {
	key := engineKey{string(config.JSON()), n.Training()}
	engine := g.engines[key]
	if engine == nil {
		engine = &train.Engine{
			Instances: g.machine.cores, MicroBatchTokens: n.MicroBatchTokens, Buckets: buckets(config.MaxPositionEmbeddings),
			Pack: n.Packing, Checkpointing: n.GradientCheckpointing, Backend: g.machine.backendFor(n.Backend),
		}
		if n.Compute == recipe.ComputeBFloat16 {
			engine.Compute = dtypes.BFloat16
		}
		g.engines[key] = engine
	}
	return engine
}

// keep frees what is compiled for an architecture that none of the policies has.
func (g graphs) keep(policies []*heldPolicy) {
	wanted := func(architecture string) bool {
		return slices.ContainsFunc(policies, func(p *heldPolicy) bool { return string(p.config.JSON()) == architecture })
	}
	for key, engine := range g.engines {
		if !wanted(key.architecture) {
			engine.Close()
			delete(g.engines, key)
		}
	}
	for key, gen := range g.generators {
		if !wanted(key.architecture) {
			gen.Close()
			delete(g.generators, key)
		}
	}
}

// buckets are the row lengths that graphs are compiled for: steps of 8 up to 128
// tokens, then steps of an eighth of the next power of two.
func buckets(longest int) []int {
	var sizes []int
	for size, power := 8, 128; ; {
		sizes = append(sizes, min(size, longest))
		if size >= longest {
			return sizes
		}
		if size >= power {
			power *= 2
		}
		size += max(8, power/8)
	}
}
