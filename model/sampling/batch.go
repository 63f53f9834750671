package sampling

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/rollout"
)

// batch decodes its rows during one Generate. A row whose
// response has ended takes the next waiting request, so that decode steps are
// not spent on rows that are done.
type batch struct {
	*plan
	decoder *decoder
	cache   []*tensors.Tensor
	rows    []*sequence // nil where a row is free
	free    int
	dist    distribution
	// tokens and positions are the next step's inputs; free rows compute on
	// whatever they held last, and nobody looks.
	tokens, positions []int32
	prompts           prefilled
	// Since the last report:
	finished []rollout.Rollout
	sampled  int
}

// sequence is a rollout in the making.
type sequence struct {
	index    int // of its request
	response []int32
	logProbs []float32
	entropy  float64
	random   stream
}

// prefilled is the last prefill's outcome: the prompts of later requests are
// often among them, because the rollouts of a group share their prompt.
type prefilled struct {
	prompts [][]int32
	slots   int
	logits  []float32
	cache   []*tensors.Tensor
}

func newBatch(d *decoder, pl *plan) *batch {
	return &batch{
		plan: pl, decoder: d, rows: make([]*sequence, pl.rows), free: pl.rows,
		dist:   distribution{params: pl.params},
		tokens: make([]int32, pl.rows), positions: make([]int32, pl.rows),
	}
}

// run generates until no request waits and no row is in use.
func (b *batch) run(ctx context.Context) error {
	b.cache = b.decoder.newCache(len(b.rows), b.cacheSlots)
	defer func() {
		release(b.cache)
		release(b.prompts.cache)
	}()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if b.free == len(b.rows) || b.free >= refillRows(len(b.rows)) && b.waitingFrom() < len(b.requests) {
			if err := b.refill(); err != nil {
				return err
			}
			if b.free == len(b.rows) {
				if b.waitingFrom() < len(b.requests) {
					continue
				}
				return nil
			}
		}
		if err := b.step(); err != nil {
			return err
		}
		b.report()
	}
}

// refillRows is the number of free rows for which a refill is worth its cost.
func refillRows(rows int) int { return rows / 4 }

// report tells the plan what happened since the last report.
func (b *batch) report() {
	b.advance(b.finished, b.sampled)
	b.finished, b.sampled = nil, 0
}

// refill gives the free rows to waiting requests.
func (b *batch) refill() error {
	from, to := b.take(b.free)
	for from < to {
		if b.prompts.find(b.requests[from].Prompt) < 0 {
			if err := b.prefill(from, to); err != nil {
				return err
			}
		}
		admitted, err := b.admit(from, to)
		if err != nil {
			return err
		}
		from += admitted
	}
	b.report()
	return nil
}

// find returns the prefill's row of the prompt, or -1.
func (p prefilled) find(prompt []int32) int {
	return slices.IndexFunc(p.prompts, func(have []int32) bool { return slices.Equal(have, prompt) })
}

// prefill reads the first distinct prompts of the requests [from, to) that go
// into the same bucket, and uses rows to spare for the requests that wait.
func (b *batch) prefill(from, to int) error {
	release(b.prompts.cache)
	b.prompts = prefilled{slots: b.promptSlots[from]}
	input, lengths := make([][]int32, b.prefillRows), make([]int32, b.prefillRows)
	for i := range lengths {
		input[i], lengths[i] = make([]int32, b.prompts.slots), 1 // rows that stay empty hold one token that nobody looks at
	}
	read := func(from, to int) {
		for i := from; i < to && len(b.prompts.prompts) < b.prefillRows; i++ {
			prompt := b.requests[i].Prompt
			if b.promptSlots[i] != b.prompts.slots || b.prompts.find(prompt) >= 0 {
				continue
			}
			row := len(b.prompts.prompts)
			copy(input[row], prompt)
			lengths[row] = int32(len(prompt))
			b.prompts.prompts = append(b.prompts.prompts, prompt)
		}
	}
	read(from, to)
	read(b.waitingFrom(), len(b.requests))
	var err error
	b.prompts.logits, b.prompts.cache, err = b.decoder.prefill(input, lengths)
	return err
}

// admit samples the first token of the requests [from, to), as far as their
// prompts are prefilled, and gives a row to each that goes on. It returns how
// many requests it dealt with.
func (b *batch) admit(from, to int) (int, error) {
	source := make([]int32, len(b.rows))
	for r := range source {
		source[r] = -1
	}
	i, row, changed := from, 0, false
	for ; i < to; i++ {
		prompt := b.requests[i].Prompt
		at := b.prompts.find(prompt)
		if at < 0 {
			break
		}
		s := &sequence{index: i, random: newStream(b.requests[i].Seed)}
		ended, err := b.sample(s, b.row(b.prompts.logits, at))
		if err != nil {
			return 0, err
		}
		if ended {
			continue
		}
		for b.rows[row] != nil {
			row++
		}
		b.rows[row], source[row], changed = s, int32(at), true
		b.free--
		b.tokens[row], b.positions[row] = s.response[0], int32(len(prompt))
	}
	if !changed {
		return i - from, nil
	}
	var err error
	b.cache, err = b.decoder.admit(b.cache, b.prompts.cache, source)
	return i - from, err
}

// row returns the logits of one row.
func (b *batch) row(logits []float32, row int) []float32 {
	vocab := b.decoder.config.VocabSize
	return logits[row*vocab:][:vocab]
}

// step decodes one token of every row in use.
func (b *batch) step() error {
	logits, cache, err := b.decoder.decode(b.tokens, b.positions, b.cache)
	b.cache = cache
	if err != nil {
		return err
	}
	for r, s := range b.rows {
		if s == nil {
			continue
		}
		ended, err := b.sample(s, b.row(logits, r))
		if err != nil {
			return err
		}
		if ended {
			b.rows[r] = nil
			b.free++
			continue
		}
		b.tokens[r] = s.response[len(s.response)-1]
		b.positions[r]++
	}
	return nil
}

// sample draws the next token of a sequence, and files the rollout if it ends.
func (b *batch) sample(s *sequence, logits []float32) (ended bool, err error) {
	request := b.requests[s.index]
	if err := b.dist.set(logits); err != nil {
		return false, fmt.Errorf("problem %d, sample %d, response token %d: %w", request.Problem, request.Sample, len(s.response), err)
	}
	token := b.dist.draw(s.random.uniform())
	s.response = append(s.response, token)
	s.logProbs = append(s.logProbs, float32(b.dist.logProb(token)))
	s.entropy += b.dist.entropy
	b.sampled++
	finish := rollout.FinishLength
	if b.params.Ends(token) {
		finish = rollout.FinishStop
	} else if len(s.response) < b.params.MaxResponseTokens {
		return false, nil
	}
	b.results[s.index] = rollout.Rollout{
		Problem: request.Problem, Sample: request.Sample, Seed: request.Seed,
		Prompt: slices.Clone(request.Prompt), Response: s.response, LogProbs: s.logProbs,
		EntropySum: s.entropy, Finish: finish,
	}
	b.finished = append(b.finished, b.results[s.index])
	return true, nil
}
