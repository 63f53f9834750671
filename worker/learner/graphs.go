package learner

import (
	"slices"

	"github.com/gomlx/compute/dtypes"

	"temper/activities"
	"temper/model/recipe"
	"temper/model/sampling"
	"temper/model/train"
	"temper/model/transformer"
	"temper/worker/machine"
)

// graphs keeps engines and generators, which hold compiled graphs, by all that they
// are compiled for. Only one kind at a time has memory of its own: a generator the
// arranged weights of a policy, until that policy leaves, an engine its working memory.
type graphs struct {
	machine    machine.Machine
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

// generator samples from a policy; nil after one that is gone.
type generator struct {
	*sampling.Generator
	of *finished
}

func newGraphs(m machine.Machine) graphs {
	return graphs{m, map[engineKey]*train.Engine{}, map[generatorKey]*generator{}}
}

// generator returns the generator for a policy's shapes, loaded with its weights.
func (g graphs) generator(held *finished, s activities.Decoding) (*generator, error) {
	g.shrink()
	key := generatorKey{string(held.weights.Config.JSON()), s.Rows, s.Backend}
	g.unload(key)
	gen := g.generators[key]
	if gen == nil {
		made, err := sampling.NewGenerator(held.weights, sampling.Options{
			Instances: g.machine.Cores, Rows: s.Rows, Backend: g.machine.BackendFor(s.Backend),
		})
		if err != nil {
			return nil, err
		}
		gen = &generator{made, held}
		g.generators[key] = gen
	}
	if gen.of != held {
		gen.of = nil
		if err := gen.SetWeights(held.weights); err != nil {
			return nil, err
		}
		gen.of = held
	}
	return gen, nil
}

// unload gives back the large weights that generators hold, but for one of them.
func (g graphs) unload(kept generatorKey) {
	for key, gen := range g.generators {
		if key != kept && gen.of != nil && 4*gen.of.weights.Config.NumParams() >= train.OneAtATime {
			gen.of = nil
			gen.Unload()
		}
	}
}

// release makes generators forget a policy whose weights may change from here on,
// and gives back what they hold of it.
func (g graphs) release(gone *finished) {
	for _, gen := range g.generators {
		if gen.of == gone {
			gen.of = nil
			gen.Unload()
		}
	}
}

// engine returns the training engine for a policy's shapes.
func (g graphs) engine(config transformer.Config, n recipe.Numerics) *train.Engine {
	key := engineKey{string(config.JSON()), n.Training()}
	engine := g.engines[key]
	if engine == nil {
		engine = newEngine(g.machine, config, n)
		g.engines[key] = engine
	}
	return engine
}

func newEngine(m machine.Machine, config transformer.Config, n recipe.Numerics) *train.Engine {
	engine := &train.Engine{
		Instances: m.Cores, MicroBatchTokens: n.MicroBatchTokens, Buckets: train.Buckets(config.MaxPositionEmbeddings),
		Pack: n.Packing, Checkpointing: n.GradientCheckpointing, Backend: m.BackendFor(n.Backend),
	}
	if n.Compute == recipe.ComputeBFloat16 {
		engine.Compute = dtypes.BFloat16
	}
	return engine
}

// shrink gives back the working memory of training.
func (g graphs) shrink() {
	for _, engine := range g.engines {
		engine.Shrink()
	}
}

// keep frees what is compiled for an architecture that none of the policies has.
func (g graphs) keep(policies []*finished) {
	wanted := func(architecture string) bool {
		return slices.ContainsFunc(policies, func(p *finished) bool { return string(p.weights.Config.JSON()) == architecture })
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

// Compiled says what the graphs in memory were compiled for: the rows of
// generators, and training's engines.
func (l *Learner) Compiled() (rows []int, engines []*train.Engine) {
	for key := range l.graphs.generators {
		rows = append(rows, key.rows)
	}
	for _, engine := range l.graphs.engines {
		engines = append(engines, engine)
	}
	return rows, engines
}
