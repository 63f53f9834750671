package learner

import (
	"context"
	"strings"
	"sync"
	"time"

	"temper/activities/liveness"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/sampling"
	"temper/model/train"
	"temper/model/transformer"
	"temper/worker/machine"
)

// pace is how fast a learner was found to compute, in floating-point operations
// per second. It says how long a part of its work should take, so that one that
// hangs is told from one that is large, and decides nothing else.
type pace struct {
	cores int
	mu    sync.Mutex
	rates map[effort]float64
	// unmeasured is the rate that is assumed until one is measured.
	unmeasured float64
}

// effort is a kind of work that has a rate of its own.
type effort string

const (
	effortTraining effort = "training"
	effortScoring  effort = "scoring"
	effortSampling effort = "sampling"
)

// newPace assumes of every core, and of an accelerator, a small part of what they
// are known to do.
func newPace(m machine.Machine) *pace {
	const core, accelerator = 5e9, 1e12
	p := &pace{cores: m.Cores, rates: map[effort]float64{}, unmeasured: core * float64(m.Cores)}
	if strings.HasPrefix(m.Backend, "xla") && m.Backend != "xla:cpu" {
		p.unmeasured = accelerator
	}
	return p
}

// stretch is one piece of work, whose parts are measured as they are done.
type stretch struct {
	ctx      context.Context
	pace     *pace
	effort   effort
	perToken float64 // operations
	started  time.Time
	tokens   int
	read     map[int]bool // the problems whose prompts are counted
	end      func()
}

// training begins an update with micro-batches of so many slots. On each core one
// is under way, so that the first is done when all are.
func (p *pace) training(ctx context.Context, c transformer.Config, slots int) *stretch {
	return p.begin(ctx, effortTraining, 6*parameters(c), p.cores*slots)
}

// scoring begins forward passes over rows, in micro-batches.
func (p *pace) scoring(ctx context.Context, c transformer.Config, rows []train.Row, n recipe.Numerics) *stretch {
	return p.begin(ctx, effortScoring, 2*parameters(c), p.cores*slotsOf(rows, n))
}

// slotsOf bounds the slots of a micro-batch.
func slotsOf(rows []train.Row, n recipe.Numerics) int {
	slots := n.MicroBatchTokens
	for _, r := range rows {
		slots = max(slots, len(r.Tokens))
	}
	return slots
}

// sampling begins the sampling of requests: between two decode steps every batch
// may read prompts for all of its rows.
func (p *pace) sampling(ctx context.Context, c transformer.Config, requests []rollout.Request, rows int) *stretch {
	longest := 0
	for _, r := range requests {
		longest = max(longest, len(r.Prompt))
	}
	return p.begin(ctx, effortSampling, 2*parameters(c), p.cores*rows*(longest+1))
}

// begin says how long a part with so many tokens should take.
func (p *pace) begin(ctx context.Context, e effort, perToken float64, tokens int) *stretch {
	p.mu.Lock()
	defer p.mu.Unlock()
	rate, measured := p.rates[e]
	if !measured {
		rate = p.unmeasured
	}
	seconds := min(perToken*float64(tokens)/rate, longestPart.Seconds())
	return &stretch{
		ctx: ctx, pace: p, effort: e, perToken: perToken, started: time.Now(), read: map[int]bool{},
		end: liveness.Expect(ctx, time.Duration(seconds*float64(time.Second))),
	}
}

// longestPart keeps an estimate beyond all measure from overflowing.
const longestPart = 30 * 24 * time.Hour

// trained says that a micro-batch is done.
func (s *stretch) trained(slots int) { s.measure(s.tokens + slots) }

// sampled says that a decode step is done. A prompt counts when the first of its
// problem's responses has ended.
func (s *stretch) sampled(p sampling.Progress) {
	tokens := s.tokens
	for _, r := range p.Finished {
		tokens += len(r.Response)
		if !s.read[r.Problem] {
			s.read[r.Problem] = true
			tokens += len(r.Prompt)
		}
	}
	s.measure(tokens)
}

func (s *stretch) measure(tokens int) {
	liveness.Done(s.ctx)
	elapsed := time.Since(s.started).Seconds()
	if tokens == s.tokens || elapsed <= 0 {
		return
	}
	s.tokens = tokens
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	s.pace.rates[s.effort] = s.perToken * float64(tokens) / elapsed
}

func parameters(c transformer.Config) float64 {
	n := 0
	for _, p := range c.Params() {
		n += p.Size()
	}
	return float64(n)
}
