package sampling

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"

	"temper/model/backend"
	"temper/model/rollout"
	"temper/model/transformer"
)

// DefaultRows is the number of responses of a batch where Options names none.
const DefaultRows = 16

// Options are the fixed shapes of a Generator. They affect speed and memory, not
// results. Zero values mean the defaults.
type Options struct {
	// Instances is the number of batches that are decoded in parallel, and of the
	// cores that one of them may use where there are no others. Default: the number
	// of usable cores.
	Instances int
	// Rows is the number of responses of a batch. Default DefaultRows.
	Rows int
	// PrefillRows is the number of prompts that are read together. Default 4.
	PrefillRows int
	// PromptBuckets and CacheBuckets are the numbers of slots, rising multiples
	// of 4, to which prompts and caches (prompt and response) are padded;
	// programs compile once per bucket. Sequences longer than the last bucket are
	// refused. Default: see bucket.
	PromptBuckets, CacheBuckets []int
	// Backend is the GoMLX backend, which several goroutines share. Default:
	// backend.CPU.
	Backend string
	// Consume makes the policy's weights the generator's, which lets go of matrices as
	// it transposes them: Weights.Tensors is empty afterwards.
	Consume bool
}

func (o Options) withDefaults() (Options, error) {
	if o.Instances == 0 {
		o.Instances = runtime.GOMAXPROCS(0)
	}
	if o.Rows == 0 {
		o.Rows = DefaultRows
	}
	if o.PrefillRows == 0 {
		o.PrefillRows = 4
	}
	if o.Backend == "" {
		o.Backend = backend.CPU
	}
	var faults []error
	if o.Instances < 0 {
		faults = append(faults, fmt.Errorf("instances %d: want at least 1", o.Instances))
	}
	if o.Rows < 0 {
		faults = append(faults, fmt.Errorf("rows %d: want at least 1", o.Rows))
	}
	if o.PrefillRows < 0 {
		faults = append(faults, fmt.Errorf("prefill rows %d: want at least 1", o.PrefillRows))
	}
	for _, b := range []struct {
		name  string
		sizes []int
	}{{"prompt buckets", o.PromptBuckets}, {"cache buckets", o.CacheBuckets}} {
		for i, size := range b.sizes {
			if size < 1 || size%4 != 0 || i > 0 && size <= b.sizes[i-1] {
				faults = append(faults, fmt.Errorf("%s %v: want rising multiples of 4", b.name, b.sizes))
				break
			}
		}
	}
	return o, errors.Join(faults...)
}

// Generator samples responses from a policy. Its methods may be called from any
// goroutine; calls wait for one another.
//
// A rollout is a function of the weights, its prompt, the rollout.Sampling and its seed: on
// one machine it is the same to the last bit whatever else is generated beside
// it, in whatever order, row and instance.
type Generator struct {
	mu      sync.Mutex
	options Options
	config  transformer.Config
	decoder *decoder // nil when it is closed
}

// NewGenerator prepares the generation with the given policy.
func NewGenerator(w *transformer.Weights, options Options) (*Generator, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("new generator: %w", err)
	}
	b, err := backend.Open(backend.WithThreads(options.Backend, options.Instances))
	if err != nil {
		return nil, fmt.Errorf("new generator: %w", err)
	}
	d, err := newDecoder(b, w.Config)
	if err != nil {
		b.Finalize()
		return nil, fmt.Errorf("new generator: %w", err)
	}
	if !backend.RowsAreAlike(b) {
		// These kernels treat rows four or (without SIMD) three at a time and the rest
		// one by one, with sums in another order. With these multiples, and prompts
		// padded to a multiple of 4, there is no rest and no row is special.
		options.Rows, options.PrefillRows = (options.Rows+11)/12*12, (options.PrefillRows+2)/3*3
	}
	g := &Generator{options: options, config: w.Config, decoder: d}
	if err := g.SetWeights(w); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

// SetWeights changes the policy to another with the same Config; compiled
// programs stay. Matrices but the embedding are copied, the other weights stay the
// policy's own memory: they must not change before Unload. After an error the generator is
// of no use until SetWeights succeeds.
func (g *Generator) SetWeights(w *transformer.Weights) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !sameShapes(w.Config, g.config) {
		return errors.New("set weights: the new policy has another config than the generator's")
	}
	g.decoder.unload()
	if err := g.decoder.setWeights(w, g.options.Consume); err != nil {
		return fmt.Errorf("set weights: %w", err)
	}
	return nil
}

// Unload lets go of the weights and of working memory; compiled programs stay. The
// generator is of no use until SetWeights.
func (g *Generator) Unload() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.decoder != nil {
		g.decoder.unload()
	}
}

// sameShapes reports whether programs for one config also compute the other.
func sameShapes(a, b transformer.Config) bool {
	a.Architectures, b.Architectures = nil, nil
	return reflect.DeepEqual(a, b) // also what its pointers lead to
}

// Close frees the generator's memory. It must not be used after.
func (g *Generator) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.decoder != nil {
		g.decoder.close()
		g.decoder = nil
	}
}

// Progress is what Generate tells after a decode step.
type Progress struct {
	// Done of the Total rollouts have ended, and there are so many response Tokens.
	Done, Total, Tokens int
	// Finished are the rollouts that have ended since the last call, in any order.
	Finished []rollout.Rollout
}

// Generate samples one rollout per request and returns them in the order of the
// requests. Requests with the same prompt should be neighbours: their prompt is
// then read once.
//
// progress, if not nil, is told of every decode step; it is called
// by one goroutine at a time and should return quickly. When ctx ends, Generate
// returns its error after at most one decode step.
func (g *Generator) Generate(ctx context.Context, requests []rollout.Request, p rollout.Sampling, progress func(Progress)) ([]rollout.Rollout, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(requests) == 0 {
		return nil, nil
	}
	if g.decoder == nil || g.decoder.weights == nil {
		return nil, errors.New("generate: the generator holds no weights")
	}
	plan, err := newPlan(requests, p, g.options, g.config)
	if err != nil {
		return nil, fmt.Errorf("generate: %w", err)
	}
	plan.progress = progress
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var working sync.WaitGroup
	for range g.options.Instances {
		working.Go(func() {
			if err := newBatch(g.decoder, plan).run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	working.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("generate: %w", err)
	}
	return plan.results, nil
}
