package train

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/compute"
	"temper/model/transformer"
)

// Engine runs micro-batches in parallel. Its exported fields are set before
// the first use; one Engine may serve several trainers, one after the other,
// and keeps its compiled graphs between them.
type Engine struct {
	// Instances is the number of micro-batches that run at a time, and of the cores
	// that one of them may use where there are no others. Results do not depend on it.
	Instances int
	// MicroBatchTokens is the size of a micro-batch: with rows of n slots it has
	// MicroBatchTokens/n of them, and at least one.
	MicroBatchTokens int
	// Buckets are the row lengths that are compiled; a row takes the smallest that
	// holds it.
	Buckets []int
	// Pack puts several sequences into one row of a micro-batch, where each still
	// attends to itself only. Rows of equal length, which leave no room, are faster
	// without.
	Pack bool
	// Checkpointing computes the layers twice instead of keeping what the backward
	// pass needs of all of them at the same time. Results do not depend on it.
	Checkpointing bool
	// MaxLogits and MaxScores bound the logits and the attention scores (of all
	// heads of a layer) of a micro-batch that exist at a time, in elements; 0 is
	// what suits the backend: 4Mi each on a CPU; 512Mi and 1Gi with XLA, whose
	// programs grow with the number of parts and then compile for long.
	MaxLogits, MaxScores int
	// Compute is what the operands of matrix products are rounded to, see
	// transformer.Pass; 0 is Float32.
	Compute dtypes.DType
	// Backend is the GoMLX backend; "" is backend.CPU.
	Backend string

	program *program
}

func (e *Engine) validate() error {
	if e.Instances < 1 {
		return fmt.Errorf("engine: Instances is %d; it must be at least 1", e.Instances)
	}
	if e.MicroBatchTokens < 1 {
		return fmt.Errorf("engine: MicroBatchTokens is %d; it must be at least 1", e.MicroBatchTokens)
	}
	if len(e.Buckets) == 0 {
		return fmt.Errorf("engine: Buckets is empty; it needs at least one row length")
	}
	if shortest := slices.Min(e.Buckets); shortest < 2 {
		return fmt.Errorf("engine: Buckets has %d; a bucket holds at least 2 tokens", shortest)
	}
	if e.MaxLogits < 0 || e.MaxScores < 0 {
		return fmt.Errorf("engine: MaxLogits is %d and MaxScores %d; they must not be negative", e.MaxLogits, e.MaxScores)
	}
	return nil
}

// bound gives a pass over bins rows of bucket slots its chunks of logits and
// blocks of queries: multiples of 64, since with few rows matrix products are
// slow, or all there is.
func (e *Engine) bound(c transformer.Config, p *transformer.Pass, bins, bucket int) {
	const (
		least = 64
		// On a CPU, blocks gain from 512 slots on, by what they do not compute, and
		// 128 queries gain the most.
		oneBlock, queries = 256, 128
	)
	logits, scores, device := compute.CPULogits, 4<<20, strings.HasPrefix(e.Backend, "xla")
	if device {
		logits, scores = compute.DeviceLogits, 1<<30
	}
	p.Checkpointing, p.Compute = e.Checkpointing, e.Compute
	p.LogitSlots = compute.LogitSlots(c.VocabSize, bins*bucket, cmp.Or(e.MaxLogits, logits))
	block := cmp.Or(e.MaxScores, scores) / (bins * c.NumAttentionHeads * bucket)
	if e.MaxScores == 0 && bucket > oneBlock && !device {
		block = min(block, queries)
	}
	if block < bucket {
		p.QueryBlock = max(least, block/least*least)
	}
}

// run brings the weights to the backend, calls work for every micro-batch, so many
// at a time, and done with the results of every micro-batch in order, one at a
// time. Results are freed when done returns. When ctx ends, no further micro-batch
// is begun, and run returns its error.
func (e *Engine) run(ctx context.Context, w *transformer.Weights, batches []microBatch, atATime int,
	work func(p *program, m microBatch) ([]*tensors.Tensor, error), done func(i int, results []*tensors.Tensor) error) error {
	if err := e.program.load(w); err != nil {
		return err
	}
	defer e.program.unload()
	q := newQueue(min(atATime, len(batches)), done)
	return q.run(len(batches), func(i int) ([]*tensors.Tensor, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return work(e.program, batches[i])
	})
}

// open opens the backend, unless that is done.
func (e *Engine) open() error {
	if e.program != nil {
		return nil
	}
	p, err := open(e)
	e.program = p
	return err
}

// OneAtATime is the size of a network's gradients, in bytes, from which on
// micro-batches are computed one after the other, each on all cores and onto one set
// of gradients. Smaller ones go faster side by side, each with a set of its own.
const OneAtATime = 256 << 20

// oneAtATime tells whether gradients are summed on the backend itself.
func (e *Engine) oneAtATime(c transformer.Config) bool {
	return e.sums(c) && backend.Lends(e.program.backend)
}

func (e *Engine) sums(c transformer.Config) bool {
	return e.Instances == 1 || 4*c.NumParams() >= OneAtATime
}

// Shrink gives back the memory that is kept for later steps, if it is more than a little.
func (e *Engine) Shrink() {
	if e.program != nil {
		backend.Shrink(e.program.backend)
	}
}

// Close frees the engine's backend. The engine may be used again; it then opens
// a new one.
func (e *Engine) Close() {
	if e.program != nil {
		e.program.close()
		e.program = nil
	}
}
